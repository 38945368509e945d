"""The audit trail: one event a change, one chain, and no way to alter it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.audit.services import FIRST_PREVIOUS_HASH, Change, find_broken_position, record
from app.db import Database
from tests.factories import create_audit_event
from tests.support.keys import KEYRING

N_WRITERS = 4
N_EVENTS_EACH = 10


def a_change(number: int) -> Change:
    """Return the registration of a need."""
    return Change(
        action="need.registered", record_type="need", record_id=str(number), before=None, after={"title": "A need"}
    )


def test_the_first_event_follows_nothing(session: Session) -> None:
    event = create_audit_event(session)

    assert (event.position, event.previous_hash) == (1, FIRST_PREVIOUS_HASH)


def test_each_event_names_the_hash_of_the_one_before(session: Session) -> None:
    first = create_audit_event(session)

    second = create_audit_event(session)

    assert second.previous_hash == first.hash


def test_events_of_one_call_are_chained_in_order(session: Session) -> None:
    record(session, SYSTEM, [a_change(number) for number in range(5)])

    ids = session.scalars(select(AuditEvent.record_id).order_by(AuditEvent.position)).all()
    assert ids == ["0", "1", "2", "3", "4"]
    assert find_broken_position(session) is None


def test_an_event_holds_a_mark_of_the_record_that_nobody_finds_by_trying_what_it_may_say(session: Session) -> None:
    record(session, SYSTEM, [a_change(1)])

    event = session.scalars(select(AuditEvent)).one()
    # Not SHA-256 of {"title":"A need"}, which whoever guesses the title could make.
    assert event.after_hash != "3e4d02216df0b1c81dfb0db1b8ffdd7864bf4dcbbc68153670d8af82a97bf5cd"
    assert event.after_hash == KEYRING.mark('{"title":"A need"}', name="first", purpose="audit.record")
    assert event.before_hash is None


@pytest.mark.parametrize("statement", [update(AuditEvent).values(actor="nobody"), delete(AuditEvent)])
def test_the_database_refuses_to_change_an_event(database: Database, statement: object) -> None:
    with database.unit_of_work() as session:
        create_audit_event(session)

    with pytest.raises(DBAPIError, match="cannot be changed"), database.unit_of_work() as session:
        session.execute(statement)  # type: ignore[call-overload]  # either kind of statement

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1


@pytest.mark.parametrize("column", ["position", "id", "hash", "previous_hash"])
def test_the_database_refuses_to_replace_an_event(database: Database, column: str) -> None:
    """SQLite deletes the old row of an INSERT OR REPLACE without a word to the triggers against deleting."""
    with database.unit_of_work() as session:
        event = create_audit_event(session)
        columns = {column.name: getattr(event, column.name) for column in AuditEvent.__table__.columns}
    another = columns | {"position": 2, "id": uuid4(), "hash": "a" * 64, "previous_hash": "b" * 64, "actor": "nobody"}
    forged = insert(AuditEvent).values(another | {column: columns[column]}).prefix_with("OR REPLACE", dialect="sqlite")

    with pytest.raises(DBAPIError, match=r"cannot be changed|duplicate key"), database.unit_of_work() as session:
        session.execute(forged)

    with database.reading() as session:
        assert session.scalars(select(AuditEvent.actor)).all() == ["system"]


def test_an_event_altered_behind_the_triggers_is_found(database: Database) -> None:
    with database.unit_of_work() as session:
        record(session, SYSTEM, [a_change(number) for number in range(3)])
        if database.engine.dialect.name == "sqlite":
            session.execute(text("DROP TRIGGER audit_events_refuse_update"))
        else:
            session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))

        session.execute(text("UPDATE audit_events SET actor = 'nobody' WHERE position = 2"))

        assert find_broken_position(session) == 2


def test_writers_at_the_same_time_make_one_chain(database: Database) -> None:
    def write(writer: int) -> None:
        for number in range(N_EVENTS_EACH):
            with database.unit_of_work() as session:
                record(session, SYSTEM, [a_change(writer * N_EVENTS_EACH + number)])

    with ThreadPoolExecutor(N_WRITERS) as pool:
        list(pool.map(write, range(N_WRITERS)))

    with database.reading() as session:
        assert session.scalar(select(func.max(AuditEvent.position))) == N_WRITERS * N_EVENTS_EACH
        assert find_broken_position(session) is None


def test_an_event_is_gone_when_its_change_is_rolled_back(database: Database) -> None:
    def fail() -> None:
        with database.unit_of_work() as session:
            create_audit_event(session)
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0
