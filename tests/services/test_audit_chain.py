"""What somebody who can write to the database may do to the audit trail, and what shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from app import create_app
from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.audit.services import FIRST_PREVIOUS_HASH, Change, Head, event_hash, find_broken_position, find_head, record
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.sealing import Keyring, UnsealingError, new_key_line, parse_keyring
from tests.factories import create_audit_event

N_EVENTS = 5


@pytest.fixture
def keyring() -> Keyring:
    """A key that was made for the test."""
    return parse_keyring(new_key_line("first"))


@pytest.fixture
def keyed(migrated_url: str, keyring: Keyring) -> Iterator[Database]:
    """A database with five events, opened with a key, whose triggers somebody has taken away."""
    database = Database(migrated_url, keyring=keyring)
    with database.unit_of_work() as session:
        record(session, SYSTEM, [a_change(number) for number in range(N_EVENTS)])
    disarm(database)
    yield database
    database.close()


def a_change(number: int) -> Change:
    return Change(
        action="need.updated", record_type="need", record_id=f"need-{number}", before={"n": 1}, after={"n": 2}
    )


def disarm(database: Database) -> None:
    """Take away what the database itself does against changes, as its owner can."""
    with database.unit_of_work() as session:
        if database.engine.dialect.name == "sqlite":
            for name in ("update", "delete", "replace"):
                session.execute(text(f"DROP TRIGGER audit_events_refuse_{name}"))
        else:
            session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))


def rows(session: Session) -> list[dict[str, Any]]:
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.position)).all()
    return [{column.key: getattr(event, column.key) for column in AuditEvent.__table__.columns} for event in events]


def rewrite(session: Session, wanted: list[dict[str, Any]]) -> None:
    """Put other events in the place of all, chained as well as one can without the key."""
    session.execute(delete(AuditEvent))
    previous_hash = FIRST_PREVIOUS_HASH
    for position, row in enumerate(wanted, start=1):
        row |= {"position": position, "previous_hash": previous_hash, "key_name": None}
        previous_hash = row["hash"] = event_hash(row)
        session.execute(insert(AuditEvent), [row])


def edit(session: Session) -> None:
    session.execute(update(AuditEvent).where(AuditEvent.position == 3).values(record_id="another"))


def edit_and_hash(session: Session) -> None:
    """The event is hashed anew without a key, and the one after it made to follow."""
    row = rows(session)[2] | {"record_id": "another", "key_name": None}
    changed = {"record_id": "another", "key_name": None, "hash": event_hash(row)}
    session.execute(update(AuditEvent).where(AuditEvent.position == 3).values(changed))
    session.execute(update(AuditEvent).where(AuditEvent.position == 4).values(previous_hash=changed["hash"]))


def take_out(session: Session) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.position == 3))


def take_out_and_close(session: Session) -> None:
    kept = rows(session)
    session.execute(delete(AuditEvent).where(AuditEvent.position == 3))
    session.execute(
        update(AuditEvent).where(AuditEvent.position == 4).values(position=3, previous_hash=kept[1]["hash"])
    )
    session.execute(update(AuditEvent).where(AuditEvent.position == 5).values(position=4))


def put_in(session: Session) -> None:
    last = rows(session)[-1]
    row = last | {"position": 6, "id": type(last["id"])(int=7), "previous_hash": last["hash"], "record_id": "invented"}
    session.execute(insert(AuditEvent), [row | {"hash": event_hash(row | {"key_name": None}), "key_name": None}])


def swap(session: Session) -> None:
    for there, here in ((3, 93), (4, 3), (93, 4)):
        session.execute(update(AuditEvent).where(AuditEvent.position == there).values(position=here))


def write_anew(session: Session) -> None:
    rewrite(session, rows(session))


@pytest.mark.parametrize(
    ("attack", "position"),
    [
        (edit, 3),
        (edit_and_hash, 3),
        (take_out, 4),
        (take_out_and_close, 3),
        (put_in, 6),
        (swap, 3),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_an_attack_on_the_chain_is_found(keyed: Database, attack: Callable[[Session], None], position: int) -> None:
    with keyed.reading() as session:
        before = find_broken_position(session)

    with keyed.unit_of_work() as session:
        attack(session)

    with keyed.reading() as session:
        assert (before, find_broken_position(session)) == (None, position)


@pytest.mark.parametrize("n_left", [0, 3, 4])
def test_an_end_that_was_cut_off_is_found_with_an_anchor(keyed: Database, n_left: int) -> None:
    """So is a database that was put back to an earlier state: it is the same."""
    with keyed.unit_of_work() as session:
        anchor = find_head(session)
        session.execute(delete(AuditEvent).where(AuditEvent.position > n_left))

    with keyed.reading() as session:
        assert find_broken_position(session) is None
        assert find_broken_position(session, anchor=anchor) == n_left + 1


def test_a_chain_that_was_written_anew_without_the_key_is_found_with_an_anchor(keyed: Database) -> None:
    with keyed.unit_of_work() as session:
        anchor = find_head(session)
        write_anew(session)

    with keyed.reading() as session:
        assert find_broken_position(session, anchor=anchor) == N_EVENTS


def test_a_chain_that_went_on_is_intact_by_an_earlier_anchor(keyed: Database) -> None:
    with keyed.unit_of_work() as session:
        anchor = find_head(session)
        record(session, SYSTEM, [a_change(9)])

    with keyed.reading() as session:
        assert find_broken_position(session, anchor=anchor) is None


def test_events_from_before_there_was_a_key_stay_good(migrated_url: str, keyring: Keyring) -> None:
    plain, later = Database(migrated_url), Database(migrated_url, keyring=keyring)
    for database in (plain, later):
        with database.unit_of_work() as session:
            create_audit_event(session)

    with later.reading() as session:
        assert find_broken_position(session) is None
    for database in (plain, later):
        database.close()


def test_a_new_key_goes_on_with_the_chain_while_the_old_one_is_kept(migrated_url: str) -> None:
    lines = [new_key_line("old"), new_key_line("new")]
    old, both, new = (
        Database(migrated_url, keyring=parse_keyring("\n".join(kept)))
        for kept in (lines[:1], reversed(lines), lines[1:])
    )
    for database in (old, both):
        with database.unit_of_work() as session:
            create_audit_event(session)

    with both.reading() as session:
        assert find_broken_position(session) is None
    with new.reading() as session, pytest.raises(UnsealingError, match="The key 'old' is not in the file"):
        find_broken_position(session)
    for database in (old, both, new):
        database.close()


# --- the commands


@pytest.fixture
def app(keyed: Database, migrated_url: str, keyring: Keyring) -> Iterator[Flask]:
    """The application on the database with five events."""
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=keyring))
    yield app
    app.extensions[DATABASE_EXTENSION].close()


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def test_an_intact_trail_is_said_to_be(app: Flask, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.json"
    anchor.write_text(run(app, "head").stdout)

    result = run(app, "verify", "--anchor", str(anchor))

    assert result.exit_code == 0
    last = json.loads(anchor.read_text())["hash"]
    assert result.stdout == f"The audit trail is intact: 5 entries, the last is {last}.\n"


def test_a_broken_trail_is_told_with_its_first_bad_entry(app: Flask, keyed: Database) -> None:
    with keyed.unit_of_work() as session:
        edit(session)

    result = run(app, "verify")

    assert result.exit_code == 1
    assert "broken at entry 3" in result.stderr


def test_a_trail_without_its_key_cannot_be_verified(keyed: Database, migrated_url: str) -> None:
    app = create_app(Settings(database_url=migrated_url, secret_key=None))

    result = run(app, "verify")

    assert result.exit_code == 1
    assert "TANDEM_DATA_KEYS_FILE" in result.stderr
    app.extensions[DATABASE_EXTENSION].close()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"position": "5", "hash": "a"}', '{"position": 5, "hash": 1}', "5"]
)
def test_an_anchor_that_is_none_is_refused(app: Flask, tmp_path: Path, content: str) -> None:
    anchor = tmp_path / "anchor.json"
    anchor.write_text(content)

    result = run(app, "verify", "--anchor", str(anchor))

    assert result.exit_code == 2
    assert "anchor.json is not what `flask audit head` prints" in result.stderr


def test_an_anchor_that_is_not_there_is_told(app: Flask, tmp_path: Path) -> None:
    result = run(app, "verify", "--anchor", str(tmp_path / "none.json"))

    assert result.exit_code == 2
    assert "none.json cannot be read" in result.stderr


def test_an_anchor_from_elsewhere_does_not_fit(keyed: Database) -> None:
    with keyed.reading() as session:
        assert find_broken_position(session, anchor=Head(position=2, hash="a" * 64)) == 2
