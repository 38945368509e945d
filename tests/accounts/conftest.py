"""The application with accounts on a database of the test's own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.openid_settings import OpenIdSettings
from app.sealing import Keyring, new_key_line, parse_keyring
from tests.support.openid import OpenIdProvider, running_provider


@pytest.fixture
def keyring() -> Keyring:
    """A key that was made for the test."""
    return parse_keyring(new_key_line("first"))


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    """An OpenID provider on this machine."""
    with running_provider(OpenIdProvider()) as provider:
        yield provider


@pytest.fixture
def openid() -> OpenIdSettings | None:
    """The settings for logging in elsewhere: there is none of it unless a test wants it."""
    return None


@pytest.fixture
def app(migrated_url: str, keyring: Keyring, openid: OpenIdSettings | None) -> Iterator[Flask]:
    """The application as it is served."""
    app = create_app(Settings(database_url=migrated_url, secret_key="k" * 32, keyring=keyring, openid=openid))
    database: Database = app.extensions[DATABASE_EXTENSION]
    yield app
    database.close()


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database, to put records in."""
    found: Database = app.extensions[DATABASE_EXTENSION]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A unit of work on the application's database."""
    with database.unit_of_work() as session:
        yield session
