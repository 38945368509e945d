"""A migrated database for each test of the services, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from tests.support.keys import KEYRING


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    """Return an empty database at the newest migration."""
    database = Database(migrated_url, keyring=KEYRING)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Return a session whose changes are committed at the end of the test."""
    with database.unit_of_work() as session:
        yield session
