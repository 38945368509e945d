"""The store's ground rules: nothing half done, instants in UTC, amounts to the digit, sets of words kept closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.db import Database, make_engine
from app.needs.models import Need
from app.organizations.models import Organization
from tests.factories import create_need, create_organization, create_state


def test_a_unit_of_work_that_fails_stores_nothing(database: Database) -> None:
    def fail() -> None:
        with database.unit_of_work() as session:
            create_organization(session)
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    with database.reading() as session:
        assert session.scalars(select(Organization)).all() == []


def test_an_instant_comes_back_aware_and_in_utc(database: Database) -> None:
    summer_time = timezone(timedelta(hours=2))
    with database.unit_of_work() as session:
        create_organization(session, created_at=datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=summer_time))

    with database.reading() as session:
        stored = session.scalars(select(Organization.created_at)).one()

    assert stored == datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert stored.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    naive = datetime(2026, 7, 1, 12, 0)  # noqa: DTZ001 – what the test is about

    with pytest.raises(StatementError, match="has no time zone"):
        create_organization(session, created_at=naive)
    session.rollback()


@pytest.mark.parametrize("amount", ["0", "1000.50", "0.10", "99999999999999.99", "12345678901234567890.123456"])
def test_an_amount_comes_back_to_the_digit(database: Database, amount: str) -> None:
    with database.unit_of_work() as session:
        create_need(session, budget=Decimal(amount), currency="EUR")

    with database.reading() as session:
        assert str(session.scalars(select(Need.budget)).one()) == amount


def test_a_negative_amount_is_refused(session: Session) -> None:
    with pytest.raises(IntegrityError, match="budget_is_amount"):
        create_need(session, budget=Decimal("-0.01"), currency="EUR")
    session.rollback()


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        pytest.param({"priority": 0}, "ck_needs_priority_in_range", id="priority-too-low"),
        pytest.param({"priority": 6}, "ck_needs_priority_in_range", id="priority-too-high"),
        pytest.param({"gap": 6}, "ck_needs_gap_in_range", id="gap-too-high"),
    ],
)
def test_a_number_out_of_range_is_refused_by_the_database(
    session: Session, columns: dict[str, int], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        create_need(session, **columns)
    session.rollback()


def test_a_word_outside_its_set_is_refused_by_the_database(session: Session) -> None:
    create_need(session)

    with pytest.raises(IntegrityError, match="ck_needs_visibility_known"):
        session.execute(text("UPDATE needs SET visibility = 'everybody'"))
    session.rollback()


def test_two_needs_of_one_organization_cannot_share_an_id(session: Session) -> None:
    create_need(session, external_id="n-1")

    with pytest.raises(IntegrityError):
        create_need(session, external_id="n-1")
    session.rollback()


def test_a_state_with_a_need_cannot_be_deleted(session: Session) -> None:
    create_need(session, states=("XAA",))
    session.delete(create_state(session, "XAA"))

    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_change_counts_the_version_up(session: Session) -> None:
    need = create_need(session)

    need.title = "Another title"
    session.flush()

    assert need.version == 2


def test_a_reading_session_stores_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        create_organization(session, name="As it was")

    with database.reading() as session:
        session.execute(update(Organization).values(name="Changed"))

    with database.reading() as session:
        assert session.scalars(select(Organization.name)).all() == ["As it was"]


def test_writers_wait_for_each_other(database: Database) -> None:
    """A SQLite reader that turns writer cannot wait: without BEGIN IMMEDIATE this ends in "database is locked"."""
    with database.unit_of_work() as session:
        create_organization(session, name="0")

    def add_one(_: int) -> None:
        with database.unit_of_work() as session:
            query = select(Organization).with_for_update()
            organization = session.scalars(query).one()
            organization.name = str(int(organization.name) + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(40)))

    with database.reading() as session:
        assert session.scalars(select(Organization.name)).one() == "40"


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        pytest.param("journal_mode", "wal", id="readers-and-a-writer-side-by-side"),
        pytest.param("synchronous", 2, id="full-so-that-a-power-cut-loses-nothing"),
        pytest.param("foreign_keys", 1, id="foreign-keys-hold"),
        pytest.param("busy_timeout", 10_000, id="wait-for-a-writer"),
    ],
)
def test_every_connection_to_sqlite_is_set_up(tmp_path: Path, pragma: str, expected: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'tandem.sqlite3'}")

    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()

    engine.dispose()
    assert found == expected


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_is_read_as_psycopg_3(scheme: str) -> None:
    engine = make_engine(f"{scheme}://somebody@127.0.0.1/tandem")

    assert engine.driver == "psycopg"


def test_an_absent_document_is_null_and_not_the_word(database: Database) -> None:
    with database.unit_of_work() as session:
        create_state(session, languages=["en"])

    with pytest.raises(DBAPIError), database.unit_of_work() as session:
        create_state(session, "XAB", languages=None)
