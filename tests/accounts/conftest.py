"""The application with accounts on a database of the test's own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db import Database
from app.openid_settings import OpenIdSettings
from app.sealing import Keyring
from tests.support.application import database_of, served
from tests.support.keys import KEYRING
from tests.support.openid import OpenIdProvider, running_provider


@pytest.fixture
def keyring() -> Keyring:
    """A key that was made for the test."""
    return KEYRING


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
    with served(migrated_url, keyring=keyring, openid=openid) as app:
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database, to put records in."""
    return database_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A unit of work on the application's database."""
    with database.unit_of_work() as session:
        yield session
