"""The schema of the database: which migration it is at, and moving it up or down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.config import PROJECT_FOLDER
from app.db import Database
from app.errors import ConflictError
from app.sealing import Keyring

MIGRATIONS_FOLDER: Final = PROJECT_FOLDER / "migrations"
MIGRATION_LOCK_KEY: Final = 7_846_302  # of PostgreSQL's advisory lock; any number that nothing else here uses


def head_revision() -> str:
    """Return the newest migration that this release knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise ConflictError("There are no migrations; the installation is not complete.")
    return head


def current_revision(connection: Connection) -> str | None:
    """Return the migration that the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def is_current(connection: Connection) -> bool:
    """Return whether the database is at the newest migration."""
    return current_revision(connection) == head_revision()


def upgrade(database: Database, *, to: str = "head") -> None:
    """Bring the schema up to a migration, all or nothing."""
    with _migrating(database) as config:
        command.upgrade(config, to)


def downgrade(database: Database, *, to: str = "-1") -> None:
    """Take the schema down to a migration, all or nothing."""
    with _migrating(database) as config:
        command.downgrade(config, to)


def _config(connection: Connection | None = None, keyring: Keyring | None = None) -> Config:
    config = Config()
    # A percent sign in the path would be read as the start of a placeholder.
    config.set_main_option("script_location", str(MIGRATIONS_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["keyring"] = keyring
    return config


@contextmanager
def _migrating(database: Database) -> Iterator[Config]:
    is_sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        # A table that is rebuilt is dropped for a moment: with foreign keys on, SQLite would delete the rows
        # that refer to it. The switch has no effect inside a transaction, so it comes first.
        if is_sqlite:
            _switch_foreign_keys(connection, is_on=False)
        try:
            with connection.begin():
                # Two that migrate at once would both find the tables missing: on SQLite the transaction is the lock.
                if not is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_KEY})
                yield _config(connection, database.keyring)
                if is_sqlite:
                    _refuse_orphans(connection)
        finally:
            if is_sqlite:
                _switch_foreign_keys(connection, is_on=True)


def _switch_foreign_keys(connection: Connection, *, is_on: bool) -> None:
    driver_connection = connection.connection.driver_connection
    if driver_connection is not None:
        driver_connection.execute(f"PRAGMA foreign_keys = {'ON' if is_on else 'OFF'}")


def _refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise ConflictError(
            f"The migration would leave {len(orphans)} rows of {orphans[0][0]} without what they refer to; "
            "nothing was changed."
        )
