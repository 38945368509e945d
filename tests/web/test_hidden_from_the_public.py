"""A record below public changes nothing that the public can fetch: no page, no file, no list, no count, no byte."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import parse

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization
from tests.support.keys import KEYRING
from tests.web.site import SECRET, build_site

BELOW_PUBLIC = [visibility for visibility in Visibility if visibility is not Visibility.PUBLIC]
FORM_TOKEN = re.compile(rb'name="csrf_token" value="[^"]+"')
API_LISTS = ("states", "areas", "needs", "offers", "match-runs")


@pytest.fixture
def own_app(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a site of this test alone."""
    path = tmp_path / "tandem.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key="k" * 32, keyring=KEYRING))
    with database_of(app).unit_of_work() as session:
        build_site(session)
    yield app
    database_of(app).close()


def database_of(app: Flask) -> Database:
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database


def everything_public(client: FlaskClient) -> dict[str, bytes]:
    """Return all that links lead to from the start page and that the lists of the API hold, by address."""
    waiting = ["/", *(f"/api/v1/{name}" for name in API_LISTS)]
    found: dict[str, bytes] = {}
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        with client.get(address) as response:
            assert response.status_code < 500, address
            # What a form carries against other sites is new each time it is shown.
            found[address] = FORM_TOKEN.sub(b"", response.data)
            if response.mimetype == "text/html":
                waiting += links(address, response.get_data(as_text=True))
            elif response.mimetype == "application/json" and "data" in (response.json or {}):
                waiting += [
                    f"{address.partition('?')[0]}/{row.get('id') or row['code']}" for row in response.json["data"]
                ]
    return found


def links(address: str, html: str) -> list[str]:
    tree = parse(html, namespaceHTMLElements=False)
    hrefs = (urljoin(address, link.get("href", "")) for link in tree.iter("a"))
    return [href.partition("#")[0] for href in hrefs if not urlsplit(href).netloc and "lang=" not in href]


@pytest.mark.parametrize("visibility", BELOW_PUBLIC)
def test_a_record_below_public_changes_nothing_for_the_public(own_app: Flask, visibility: Visibility) -> None:
    """It names a public State and area, and has the id of a public record: what it could be told by, if anything."""
    client = own_app.test_client()
    before = everything_public(client)

    with database_of(own_app).unit_of_work() as session:
        other = create_organization(session, "other")
        texts = {"title": SECRET, "description": SECRET, "visibility": visibility, "organization": other}
        create_need(session, external_id="need-a", states=("XAA",), areas=("LAW",), is_sample=True, **texts)
        create_offer(session, external_id="offer-a", provider=SECRET, areas=("LAW",), **texts)
    after = everything_public(client)

    assert sorted(after) == sorted(before)
    assert [address for address in before if after[address] != before[address]] == []
    assert not any(SECRET.encode() in content for content in after.values())


def test_a_public_record_would_have_changed_what_is_compared(own_app: Flask) -> None:
    """The comparison above is worth something only where it sees a record that may be seen."""
    client = own_app.test_client()
    before = everything_public(client)

    with database_of(own_app).unit_of_work() as session:
        create_need(session, external_id="need-aa", states=("XAA",), areas=("LAW",))
        create_offer(session, external_id="offer-d", areas=("LAW",))
    after = everything_public(client)

    changed = {address for address in before if after.get(address) != before[address]}
    assert {"/", "/needs", "/offers", "/areas", "/areas/LAW", "/states/XAA", "/about-data"} <= changed
    assert {"/needs?format=csv", "/offers?format=csv", "/areas/LAW?table=needs&format=csv"} <= changed
    assert {"/api/v1/needs", "/api/v1/offers"} <= changed
