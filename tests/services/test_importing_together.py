"""Commands beside other writers, and on what is no database: one clear sentence, and nobody waits for a reader."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text, update

from app import create_app, db
from app.areas import profiles
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.needs.models import Need as NeedRow
from matching.readings import Reader
from matching.records import Need, Offer
from matching.results import Reading
from matching.suggestion import WeightedAreas
from tests.factories import create_area, create_organization, create_release, create_state
from tests.support.postgres import Cluster

NEEDS = "id,state,title,areas,visibility\nn-1,XAA,Train our team,IRC,public\n"
CHANGED = NEEDS.replace("Train our team", "Train our two teams")
UNREAD = "id,state,title\nn-2,XAA,We need an incident response team\n"


@pytest.fixture
def sqlite_app(migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application on SQLite, whose writers lose patience soon."""
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    path = tmp_path / "tandem.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    yield from app_on(f"sqlite:///{path}")


@pytest.fixture
def postgres_app(postgres_cluster: Cluster, migrated_postgres: str) -> Iterator[Flask]:
    """The application on PostgreSQL."""
    name = postgres_cluster.create_database(migrated_postgres)
    yield from app_on(postgres_cluster.url(name))
    postgres_cluster.drop_database(name)


def app_on(url: str) -> Iterator[Flask]:
    app = create_app(Settings(database_url=url, secret_key=None))
    with database_of(app).unit_of_work() as session:
        create_organization(session, "secretariat")
        create_state(session, "XAA")
        create_release(session)
        create_area(session, "IRC", terms=(("en", "incident response team"),))
    yield app
    database_of(app).close()


def database_of(app: Flask) -> Database:
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database


def imported(app: Flask, folder: Path, content: str, *options: str) -> Result:
    """Return what came of importing a file of needs."""
    path = folder / "needs.csv"
    path.write_text(content, encoding="utf-8")
    return app.test_cli_runner().invoke(args=["import", "needs", str(path), *options])


def titles(app: Flask) -> list[str]:
    with database_of(app).reading() as session:
        return list(session.scalars(select(NeedRow.title).order_by(NeedRow.external_id)))


def other_writer(app: Flask) -> sqlite3.Connection:
    """Return a connection of somebody else, which gives up at once where it has to wait."""
    return sqlite3.connect(str(database_of(app).engine.url.database), timeout=0, isolation_level=None)


def test_an_import_beside_a_writer_says_who_is_in_the_way(sqlite_app: Flask, tmp_path: Path) -> None:
    """It once answered "database is locked" with the advice to upgrade the schema."""
    with closing(other_writer(sqlite_app)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = imported(sqlite_app, tmp_path, NEEDS)
        writer.execute("ROLLBACK")

    assert result.exit_code == 1
    assert (
        result.stderr == "Error: Somebody else is writing to the database; nothing was stored, try again in a moment.\n"
    )


def test_a_dry_run_waits_for_no_writer(sqlite_app: Flask, tmp_path: Path) -> None:
    with closing(other_writer(sqlite_app)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = imported(sqlite_app, tmp_path, NEEDS, "--dry-run")
        writer.execute("ROLLBACK")

    assert result.exit_code == 0, result.output
    assert "1 new" in result.stdout


def test_a_refused_file_waits_for_no_writer(sqlite_app: Flask, tmp_path: Path) -> None:
    with closing(other_writer(sqlite_app)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = imported(sqlite_app, tmp_path, NEEDS.replace("XAA", "XXX"))
        writer.execute("ROLLBACK")

    assert result.exit_code == 2
    assert "unknown_state" in result.stderr


def test_others_can_write_while_a_file_is_read(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import of many rows once kept everybody from writing for as long as it read their texts."""
    wrote: list[bool] = []

    class SlowReader(Reader):
        def read(self, records: Sequence[Need | Offer]) -> tuple[list[Reading], list[WeightedAreas]]:
            with closing(other_writer(sqlite_app)) as writer:
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("ROLLBACK")
            wrote.append(True)
            return super().read(records)

    monkeypatch.setattr(profiles, "Reader", SlowReader)
    result = imported(sqlite_app, tmp_path, UNREAD)

    assert result.exit_code == 0, result.output
    assert wrote == [True]


def test_two_imports_of_the_same_need_end_in_one_sentence(postgres_app: Flask, tmp_path: Path) -> None:
    """The second once ended in a traceback: the row that it had read was another when it came to write."""
    imported(postgres_app, tmp_path, NEEDS)
    results: list[Result] = []
    second = threading.Thread(target=lambda: results.append(imported(postgres_app, tmp_path, CHANGED)))

    with database_of(postgres_app).unit_of_work() as first:
        first.execute(update(NeedRow).values(title="Train somebody else", version=NeedRow.version + 1))
        second.start()
        wait_for_a_waiting_writer(postgres_app)
    second.join()

    assert results[0].exit_code == 1
    assert results[0].stderr == "Error: Another change came first; nothing was stored, run it again.\n"
    assert titles(postgres_app) == ["Train somebody else"]


def wait_for_a_waiting_writer(app: Flask) -> None:
    deadline = time.monotonic() + 30
    with database_of(app).reading() as session:
        while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)


@pytest.mark.parametrize("command", [["db", "upgrade"], ["load", "sample"], ["db", "current"]], ids=" ".join)
def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear colleagues, " * 100, encoding="utf-8")
    app = create_app(Settings(database_url=f"sqlite:///{path}", secret_key=None))

    result = app.test_cli_runner().invoke(args=command)

    database_of(app).close()
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: The database cannot be used: file is not a database. Check TANDEM_DATABASE_URL;"
    )
    assert result.stderr.count("\n") == 1
