"""The application with a ministry that needs and a centre that offers, and people who write."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.accounts.authentication import SESSION_COOKIE
from app.db import Database
from app.organizations.models import OrganizationKind
from tests.factories import create_area, create_match_run, create_organization, create_state
from tests.factories.accounts import create_login, create_user
from tests.forms.writers import HOMES, Writer
from tests.support.application import database_of, served, serving

MakeWriter = Callable[..., Writer]
OpenPage = Callable[..., Page]
# A page that was refused is noted by the browser, and so is a line that is down: both are what was asked for.
EXPECTED = ("status of 4", "ERR_INTERNET_DISCONNECTED")


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a database: what a form does with each of them is tested where the services are."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application as it is served, with what records refer to and a run to count with."""
    with served(migrated_url) as app:
        with database_of(app).unit_of_work() as session:
            for state in ("XAA", "XAB"):
                create_state(session, state)
            for area in ("IRC", "LAW"):
                create_area(session, area)
            create_match_run(session)
            create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code="XAA")
            create_organization(session, "agency", kind=OrganizationKind.STATE, state_code="XAB")
            create_organization(session, "centre", kind=OrganizationKind.PROVIDER, name="The Centre")
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database."""
    return database_of(app)


@pytest.fixture
def writer(app: Flask, database: Database) -> MakeWriter:
    """Return what gives somebody of a role, at a browser in which they are logged in."""

    def make(role: str = "recipient", *, home: str = "") -> Writer:
        with database.unit_of_work() as session:
            organization = create_organization(session, home or HOMES.get(role, "centre"))
            user = create_user(session, role, organization=organization)
            secret = create_login(session, user)
        client = app.test_client()
        client.set_cookie(SESSION_COOKIE, secret)
        return Writer(client=client, user=user)

    return make


@pytest.fixture
def served_at(app: Flask) -> Iterator[str]:
    """The address at which a browser finds the application."""
    with serving(app) as address:
        yield address


@pytest.fixture
def opened(browser: Browser, served_at: str, writer: MakeWriter) -> Iterator[OpenPage]:
    """Return what opens a window in which somebody of a role is logged in; its complaints fail the test."""
    contexts, complaints = [], []

    def open_page(role: str = "recipient", **options: object) -> Page:
        cookie = writer(role).client.get_cookie(SESSION_COOKIE)
        assert cookie is not None
        context = browser.new_context(base_url=served_at, **options)
        context.add_cookies([{"name": SESSION_COOKIE, "value": cookie.value, "url": served_at}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [told for told in complaints if not any(known in told for known in EXPECTED)] == []
