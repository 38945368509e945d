"""The commands that list the trail and print where it ends."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from tests.factories import create_area, create_audit_event, create_need, create_offer, create_scoring_profile
from tests.factories.accounts import actor_of, create_user
from tests.factories.storing import AN_INSTANT

HEAD = re.compile(r"audit trail: (\d+) entries, the last is ([0-9a-f]{64})")


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application with a need, an offer and three events."""
    app = create_app(Settings(database_url=migrated_url, secret_key=None))
    database: Database = app.extensions[DATABASE_EXTENSION]
    with database.unit_of_work() as session:
        create_scoring_profile(session)
        create_area(session)
        create_need(session)
        create_offer(session)
        user = create_user(session, email="somebody@example.org")
        create_audit_event(session, "need.registered", record_id="n-1", occurred_at=AN_INSTANT)
        create_audit_event(session, "need.updated", record_id="n-1", actor=actor_of(user), occurred_at=AN_INSTANT)
        create_audit_event(session, "secret_thing.made", record_id="x", occurred_at=AN_INSTANT)
    yield app
    database.close()


def run(app: Flask, *arguments: str) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=list(arguments))


def read_csv(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file that a command wrote."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_all_events_are_listed_the_newest_first(app: Flask) -> None:
    result = run(app, "audit", "list")

    assert result.stdout.splitlines() == [
        "3\t2026-03-02T09:30:00+00:00\tsystem\tsecret_thing.made\tsecret_thing\tx",
        "2\t2026-03-02T09:30:00+00:00\tsomebody@example.org\tneed.updated\tneed\tn-1",
        "1\t2026-03-02T09:30:00+00:00\tsystem\tneed.registered\tneed\tn-1",
    ]


@pytest.mark.parametrize(
    ("options", "positions"),
    [
        (("--action", "need.updated"), ["2"]),
        (("--type", "need"), ["2", "1"]),
        (("--record", "x"), ["3"]),
        (("--actor", "Somebody@example.org"), ["2"]),
        (("--actor", "nobody@example.org"), []),
        (("--actor", "system", "--type", "need"), ["1"]),
        (("--day", "2026-03-02"), ["3", "2", "1"]),
        (("--day", "2026-03-03"), []),
    ],
)
def test_a_filter_leaves_what_it_says(app: Flask, options: tuple[str, ...], positions: list[str]) -> None:
    result = run(app, "audit", "list", *options)

    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == positions


def test_the_whole_chain_can_be_written_to_a_file(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "trail.csv"

    result = run(app, "audit", "list", "--format", "csv-excel", "--out", str(path))

    found = read_csv(path)
    assert result.stdout == f"{path}: 3 entries of the audit trail.\n"
    assert [row["position"] for row in found] == ["3", "2", "1"]
    assert found[0]["previous_hash"] == found[1]["hash"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_is_not_there_is_told(app: Flask, tmp_path: Path) -> None:
    result = run(app, "audit", "list", "--out", str(tmp_path / "none" / "trail.csv"))

    assert result.exit_code == 2
    assert "There is no folder" in result.stderr


def test_the_trail_can_be_exported_as_everybody_else_is_told_of_it(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"

    run(app, "export", "audit-events", "--out", str(path))

    found = read_csv(path)
    assert {(row["action"], row["actor"], row["actor_name"]) for row in found} == {
        ("need.registered", "system", ""),
        ("need.updated", "person", "somebody@example.org"),
        ("secret_thing.made", "system", ""),
    }
    assert "position" not in found[0]


def head(app: Flask) -> tuple[str, str]:
    """Return where the trail ends."""
    document = json.loads(run(app, "audit", "head").stdout)
    return str(document["position"]), document["hash"]


def test_a_run_ends_with_where_the_trail_ends(app: Flask) -> None:
    result = run(app, "match", "run", "--as-of", "2026-03-02")

    found = HEAD.fullmatch(result.stdout.splitlines()[-1])
    assert found is not None
    assert found.groups() == head(app)
    assert HEAD.search(run(app, "match", "run", "--as-of", "2026-03-02", "--quiet").stdout) is None


def test_an_export_says_where_the_trail_ends_beside_the_file(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"

    result = run(app, "export", "needs", "--out", str(path))

    found = HEAD.fullmatch(result.stderr.strip())
    assert found is not None
    assert found.groups() == head(app)
    assert found[2] not in path.read_text(encoding="utf-8")
    assert HEAD.search(result.stdout) is None


def test_a_mark_on_paper_is_looked_for(app: Flask) -> None:
    _, last_hash = head(app)

    known = run(app, "audit", "verify", "--mark", last_hash.upper())
    unknown = run(app, "audit", "verify", "--mark", "0" * 64)

    assert known.exit_code == 0
    assert unknown.exit_code == 1
    assert "its end was cut off, or it was written anew" in unknown.stderr
