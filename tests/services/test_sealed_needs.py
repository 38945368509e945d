"""What States keep to themselves is sealed in the database, and reads as if it were not for those who may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor
from app.db import Database
from app.errors import InvalidSettingError
from app.needs import queries
from app.needs.filters import NeedFilter
from app.needs.models import Need, NeedSecret
from app.needs.services import import_needs
from app.organizations.importing import FileImport
from app.organizations.models import Organization
from app.paging import PageRequest
from app.reports.exports import ExportName, open_table
from app.sealing import UnsealingError
from app.states.models import State
from app.tables import csv_chunks
from matching.vocabulary import Mode, Visibility
from tests.factories import (
    create_area,
    create_group,
    create_membership,
    create_need,
    create_organization,
    create_release,
    create_state,
)
from tests.factories.accounts import actor_of, create_user

LATER = datetime(2027, 1, 2, 3, 4, tzinfo=UTC)
COLUMNS = (
    "id,state,title,description,areas,modes,languages,earliest,latest,priority,gap,budget,currency,audience,outcome,"
    "underway,excluded_providers,visibility,source_url,stated_on"
)
A_ROW = (
    "SECRET-id,XAA;XAB,SECRET title,SECRET description,IRC,training,fr,2031-02-03,2032-04-05,5,4,987654,CHF,SECRET "
    "audience,SECRET outcome,SECRET underway,SECRET Provider,{visibility},https://SECRET.example.org,SECRET day"
)
SECRETS = ("SECRET", "secret.example", "2031-02-03", "2032-04-05", "987654", "CHF")


def prepare(session: Session) -> Organization:
    """Return the organization of a State, with what a file of needs refers to."""
    create_release(session)
    for code in ("XAA", "XAB"):
        create_state(session, code)
    for code in ("IRC", "LAW"):
        create_area(session, code)
    return create_organization(session, "ministry")


@pytest.fixture
def owner(session: Session) -> Actor:
    """The focal point."""
    return actor_of(create_user(session, "recipient", organization=prepare(session)))


def take_in(session: Session, actor: Actor, *rows: str) -> None:
    """Import rows of a file of needs."""
    report = import_needs(session, actor, a_file(*rows))
    assert not report.is_refused, report.faults


def a_file(*rows: str) -> FileImport:
    content = "\r\n".join((COLUMNS, *rows, "")).encode()
    return FileImport(content=content, name="n.csv", organization_code="ministry")


def a_row(visibility: str) -> str:
    return A_ROW.format(visibility=visibility)


def everything_in(database: Database) -> str:
    """Return all rows of all tables, as whoever has a copy of the database reads them."""
    reflected = MetaData()
    with database.engine.connect() as connection:
        reflected.reflect(connection)
        return repr([connection.execute(select(table)).all() for table in reflected.sorted_tables])


def raw(folder: Path) -> bytes:
    """Return the files of a SQLite database as they lie on the disk."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("tandem.sqlite3*")))


def test_a_copy_of_the_database_tells_nothing_of_a_private_need(database: Database) -> None:
    with database.unit_of_work() as session:
        prepare(session)
        take_in(session, SYSTEM, a_row("private"))

    copy = everything_in(database)

    assert "need_secrets" in inspect(database.engine).get_table_names()
    assert [secret for secret in SECRETS if secret in copy] == []


def test_nor_does_its_file_once_a_need_has_become_private(database: Database, tmp_path: Path) -> None:
    """What is deleted from SQLite stays in free pages of the file, unless it is told otherwise."""
    with database.unit_of_work() as session:
        prepare(session)
        take_in(session, SYSTEM, a_row("members"))
    if database.engine.dialect.name == "sqlite":
        assert b"SECRET title" in raw(tmp_path)
    assert "SECRET title" in everything_in(database)

    with database.unit_of_work() as session:
        take_in(session, SYSTEM, a_row("private"))

    assert [secret for secret in SECRETS if secret in everything_in(database)] == []
    if database.engine.dialect.name == "sqlite":
        # The last one who leaves brings what is in the journal into the file.
        database.close()
        assert [secret for secret in SECRETS if secret.encode() in raw(tmp_path)] == []


def test_a_need_for_others_hides_whom_it_excludes_and_nothing_else(database: Database) -> None:
    with database.unit_of_work() as session:
        prepare(session)
        take_in(session, SYSTEM, a_row("public"))

    copy = everything_in(database)

    assert "SECRET title" in copy
    assert "SECRET Provider" not in copy


def test_who_keeps_a_private_need_reads_it_whole(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"))

    (need,) = queries.list_page(session, owner, PageRequest()).items

    assert (need.external_id, need.title, need.description) == ("SECRET-id", "SECRET title", "SECRET description")
    assert (need.state_codes, need.area_codes, need.mode_codes) == (("XAA", "XAB"), ("IRC",), (Mode.TRAINING,))
    assert (need.language_codes, need.excluded_providers) == (("fr",), ("SECRET Provider",))
    assert (need.earliest_on, need.latest_on) == (date(2031, 2, 3), date(2032, 4, 5))
    assert (need.priority, need.gap, need.budget, need.currency) == (5, 4, 987654, "CHF")
    assert (need.audience, need.outcome) == ("SECRET audience", "SECRET outcome")
    assert (need.underway, need.source_url, need.stated_on) == (
        "SECRET underway",
        "https://SECRET.example.org",
        "SECRET day",
    )


def test_what_was_opened_in_memory_is_never_written_back(database: Database) -> None:
    with database.unit_of_work() as session:
        prepare(session)
        take_in(session, SYSTEM, a_row("private"))
    with database.unit_of_work() as session:
        (need,) = queries.list_page(session, SYSTEM, PageRequest()).items
        need.is_sample = True

    assert [secret for secret in SECRETS if secret in everything_in(database)] == []


FILTERS = [
    NeedFilter(text="secret TITLE"),
    NeedFilter(text="DESCRIPTION"),
    NeedFilter(text="-id"),
    NeedFilter(text="100%"),
    NeedFilter(text="audience"),
    NeedFilter(area="irc"),
    NeedFilter(area="IR"),
    NeedFilter(area="LAW"),
    NeedFilter(state="xab"),
    NeedFilter(state="XBA"),
    NeedFilter(group="LDC"),
    NeedFilter(group="SIDS"),
    NeedFilter(mode=Mode.TRAINING),
    NeedFilter(mode=Mode.EXERCISE),
    NeedFilter(language="fr"),
    NeedFilter(language="en"),
    NeedFilter(is_open_on=date(2032, 4, 5)),
    NeedFilter(is_open_on=date(2032, 4, 6)),
    NeedFilter(text="secret", area="IRC", state="XAA", mode=Mode.TRAINING),
    NeedFilter(text="secret", area="LAW"),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_a_private_need_is_found_by_whatever_would_find_it_in_the_open(
    session: Session, owner: Actor, wanted: NeedFilter
) -> None:
    create_membership(session, session.get_one(State, "XAA"), create_group(session, "LDC"))
    create_group(session, "SIDS")
    create_need(session, external_id="other")
    take_in(session, owner, a_row("members"))
    in_the_open = found(session, owner, wanted)

    take_in(session, owner, a_row("private"))

    assert found(session, owner, wanted) == in_the_open
    assert "SECRET-id" not in found(session, actor_of(create_user(session, "secretariat")), wanted)


def found(session: Session, actor: Actor, wanted: NeedFilter) -> set[str]:
    """Return the external ids of the needs that a filter leaves, which are as many as are counted and exported."""
    ids = {need.external_id for need in queries.list_page(session, actor, PageRequest(), wanted).items}
    assert queries.count(session, actor, wanted) == len(ids)
    assert {need.external_id for need in queries.iter_rows(session, actor, wanted)} == ids
    return ids


def test_private_needs_count_in_their_areas_for_who_keeps_them(session: Session, owner: Actor) -> None:
    create_area(session, "IRC.1")
    create_need(session, areas=("IRC.1",))
    take_in(
        session, owner, a_row("private"), a_row("private").replace("SECRET-id", "another").replace("IRC", "IRC.1;LAW")
    )

    assert queries.count_by_area(session, owner) == {"IRC": 3, "IRC.1": 2, "LAW": 1}
    assert queries.count_by_area(session, PUBLIC) == {"IRC": 1, "IRC.1": 1}


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_pages_hold_every_need_once_whether_private_or_not(session: Session, owner: Actor, limit: int) -> None:
    take_in(session, owner, *(a_row("private").replace("SECRET-id", f"private-{n}") for n in range(4)))
    take_in(session, owner, *(a_row("members").replace("SECRET-id", f"open-{n}") for n in range(3)))
    expected = {f"private-{n}" for n in range(4)} | {f"open-{n}" for n in range(3)}

    forth, page = [], PageRequest(limit=limit)
    while True:
        # In one session, so that what one page has opened is there when the next is read.
        read = queries.list_page(session, owner, page)
        forth += [need.external_id for need in read.items]
        if read.next_cursor is None:
            break
        page = PageRequest(limit=limit, cursor=read.next_cursor)

    assert (len(forth), set(forth)) == (7, expected)


def test_the_same_file_again_changes_nothing(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"))
    again = import_needs(session, owner, a_file(a_row("private")))

    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_a_need_stays_itself_on_its_way_through_the_visibilities(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"))
    (first,) = session.scalars(select(Need.id))

    for visibility in ("public", "private", "private", "secretariat"):
        report = import_needs(session, owner, a_file(a_row(visibility)))
        assert (report.created, report.updated + report.unchanged) == (0, 1)

    need = queries.get_need(session, owner, first)
    assert (need.external_id, need.visibility, need.version) == ("SECRET-id", Visibility.SECRETARIAT, 4)
    assert need.excluded_providers == ("SECRET Provider",)


def test_a_change_of_a_private_need_is_a_new_version(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"))
    import_needs(session, owner, a_file(a_row("private").replace("SECRET title", "another")), clock=lambda: LATER)

    (need,) = queries.list_page(session, owner, PageRequest()).items

    assert (need.title, need.version, need.updated_at) == ("another", 2, LATER)


def test_exports_of_private_needs_come_back_as_they_were(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"))

    table = open_table(session, owner, ExportName.NEEDS)
    content = b"".join(csv_chunks(table))
    again = import_needs(session, owner, FileImport(content=content, name="n.csv", organization_code="ministry"))

    assert b"SECRET title" in content
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_a_private_need_is_named_with_its_organization_where_another_has_its_id(session: Session, owner: Actor) -> None:
    other = create_organization(session, "other")
    create_need(session, organization=other, external_id="SECRET-id")
    create_need(session, organization=other, external_id="ministry:n-1")
    create_need(session, organization=other, external_id="n-2")
    rows = [a_row("private").replace("SECRET-id", name) for name in ("n-1", "other:n-2", "n-3")]
    take_in(session, owner, a_row("private"), *rows)

    assert queries.ambiguous_external_ids(session, owner) == {"SECRET-id", "ministry:n-1", "other:n-2"}
    assert queries.ambiguous_external_ids(session, PUBLIC) == frozenset()


def test_a_private_need_cannot_be_stored_in_the_open(session: Session) -> None:
    need = create_need(session)

    with pytest.raises(IntegrityError, match="private_is_sealed"):
        session.execute(update(Need).where(Need.id == need.id).values(visibility=Visibility.PRIVATE, status="draft"))
    session.rollback()


def test_a_secret_that_was_put_to_another_need_does_not_open(session: Session, owner: Actor) -> None:
    take_in(session, owner, a_row("private"), a_row("private").replace("SECRET-id", "another"))
    one, other = session.scalars(select(NeedSecret).order_by(NeedSecret.need_id))
    other.content = one.content
    session.flush()

    with pytest.raises(UnsealingError, match="altered"):
        queries.list_page(session, owner, PageRequest())


def test_secrets_of_one_length_class_are_equally_long(session: Session, owner: Actor) -> None:
    """Whoever has the database is not to tell a long list of excluded providers from a short one."""
    create_need(session, excluded_providers=("A",))
    create_need(session, excluded_providers=tuple(f"Provider number {n}" for n in range(12)))

    lengths = {len(content) for content in session.scalars(select(NeedSecret.content))}

    assert len(lengths) == 1


def test_without_keys_nothing_private_is_stored(migrated_url: str) -> None:
    keyless = Database(migrated_url)
    with keyless.unit_of_work() as session:
        prepare(session)
        with pytest.raises(InvalidSettingError, match="TANDEM_DATA_KEYS_FILE"):
            take_in(session, SYSTEM, a_row("private"))

    assert [secret for secret in SECRETS if secret in everything_in(keyless)] == []
    keyless.close()
