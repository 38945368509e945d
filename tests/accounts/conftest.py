"""The application with accounts on a database of the test's own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.sealing import Keyring, new_key_line, parse_keyring


@pytest.fixture
def keyring() -> Keyring:
    """A key that was made for the test."""
    return parse_keyring(new_key_line("first"))


@pytest.fixture
def app(migrated_url: str, keyring: Keyring) -> Iterator[Flask]:
    """The application as it is served."""
    app = create_app(Settings(database_url=migrated_url, secret_key="k" * 32, keyring=keyring))
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
