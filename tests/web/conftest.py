"""The pages over a small site: through a client, and served to a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from app import schema
from tests.support.application import database_of, served, serving
from tests.web.keepers import KeptSite, build_kept_site
from tests.web.site import Site, build_site

A_KEY = "k" * 32


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it is served, on a database that the tests of the pages only read."""
    path = tmp_path_factory.mktemp("web") / "tandem.sqlite3"
    with served(f"sqlite:///{path}") as app:
        schema.upgrade(database_of(app))
        yield app


@pytest.fixture(scope="session")
def site(app: Flask) -> Site:
    """The records of the site."""
    with database_of(app).unit_of_work() as session:
        return build_site(session)


@pytest.fixture
def client(app: Flask, site: Site) -> FlaskClient:
    """Somebody without an account."""
    return app.test_client()


@pytest.fixture(scope="session")
def kept_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptSite]:
    """A site for who answers for records, on a database of its own that tests only read."""
    path = tmp_path_factory.mktemp("kept") / "tandem.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    with served(f"sqlite:///{path}") as app:
        yield build_kept_site(app)


@pytest.fixture(scope="session")
def kept_at(kept_site: KeptSite) -> Iterator[str]:
    """The address at which a browser finds the site for who answers for records."""
    with serving(kept_site.app) as address:
        yield address


@pytest.fixture(scope="session")
def served_at(app: Flask, site: Site) -> Iterator[str]:
    """The address at which a browser finds the site."""
    with serving(app) as address:
        yield address


@pytest.fixture
def browser_page(browser: Browser, served_at: str) -> Iterator[Page]:
    """A new window of a real browser; what it complains about fails the test."""
    context = browser.new_context(base_url=served_at, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # The browser notes the status of an error page, which is what was asked for.
    assert [complaint for complaint in complaints if "404" not in complaint] == []
