"""An empty database, without any migration, for each test of the migrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from tests.support.keys import KEYRING


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return a database that no migration has touched."""
    database = Database(database_url, keyring=KEYRING)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """Return a SQLite database that no migration has touched, for what only SQLite does."""
    database = Database(f"sqlite:///{tmp_path / 'tandem.sqlite3'}", keyring=KEYRING)
    yield database
    database.close()
