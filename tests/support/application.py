"""The application as it is served, on a database that a test has made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from tests.support.keys import KEYRING


@contextmanager
def served(database_url: str, **settings: Any) -> Iterator[Flask]:
    """Yield the application with the keys of the tests and what else is set, and leave the database at the end."""
    app = create_app(Settings(database_url=database_url, **{"secret_key": "k" * 32, "keyring": KEYRING, **settings}))
    yield app
    database_of(app).close()


def database_of(app: Flask) -> Database:
    """Return the database of an application."""
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database
