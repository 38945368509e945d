"""A secret is good for what it was given for: not for another way in, another person, or another time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from tests.factories.accounts import create_api_token, create_link, create_login, create_user
from tests.support.people import form_token

WAYS = ("cookie", "token", "link")


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One database is enough here: what races is tested with the accounts, on both."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"


def secret_of(database: Database, way: str) -> str:
    make = {"cookie": create_login, "token": create_api_token, "link": create_link}[way]
    with database.unit_of_work() as session:
        return make(session, create_user(session, "contributor"))


def opens(client: FlaskClient, way: str, secret: str) -> bool:
    """Return whether a secret lets its holder in on one of the three ways."""
    if way == "cookie":
        client.set_cookie("tandem_session", secret)
        return client.get("/account").status_code == 200
    if way == "token":
        return client.get("/api/v1/needs", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    return client.get(f"/invitations/{secret}").status_code == 200


@pytest.mark.parametrize("given_for", WAYS)
def test_a_secret_opens_the_way_that_it_was_given_for_and_no_other(
    app: Flask, database: Database, given_for: str
) -> None:
    secret = secret_of(database, given_for)

    assert [way for way in WAYS if opens(app.test_client(), way, secret)] == [given_for]


@pytest.mark.parametrize("way", WAYS)
def test_what_the_database_keeps_of_a_secret_opens_nothing(app: Flask, database: Database, way: str) -> None:
    """Whoever has a copy of the database has the hashes."""
    secret_of(database, way)
    table = {"cookie": "login_sessions", "token": "api_tokens", "link": "single_use_links"}[way]
    with database.reading() as session:
        kept = session.connection().exec_driver_sql(f"SELECT token_hash FROM {table}").scalar_one()

    assert not any(opens(app.test_client(), other, kept) for other in WAYS)


def test_a_form_of_one_browser_is_not_sent_from_another(app: Flask, database: Database) -> None:
    mine, theirs = app.test_client(), app.test_client()
    for browser in (mine, theirs):
        browser.set_cookie("tandem_session", secret_of(database, "cookie"))
    token = form_token(mine, "/account")
    form_token(theirs, "/account")

    answer = theirs.post("/account/tokens", data={"csrf_token": token, "name": "x", "days": "1", "scope": "read"})

    assert answer.status_code == 400
