"""`flask db`: brings the schema of the database up, takes it down, and says where it is."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app import schema
from app.cli.common import reported_errors
from app.db import Database
from app.edge import current_database

database_group = AppGroup("db", help="The schema of the database.")


@database_group.command("upgrade")
@click.argument("revision", default="head")
@reported_errors
def upgrade(revision: str) -> None:
    """Bring the schema up to REVISION, by default the newest."""
    database = current_database()
    _make_folder(database)
    schema.upgrade(database, to=revision)
    _say_revision()


@database_group.command("downgrade")
@click.argument("revision", default="-1")
@reported_errors
def downgrade(revision: str) -> None:
    """Take the schema down to REVISION, by default by one; `base` takes all tables away."""
    schema.downgrade(current_database(), to=revision)
    _say_revision()


@database_group.command("current")
@reported_errors
def current() -> None:
    """Say which migration the database is at."""
    _say_revision()


def _make_folder(database: Database) -> None:
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _say_revision() -> None:
    with current_database().reading() as session:
        revision = schema.current_revision(session.connection())
    is_newest = revision == schema.head_revision()
    click.echo(f"The database is at {revision or 'no migration'}{' (newest)' if is_newest else ''}.")
