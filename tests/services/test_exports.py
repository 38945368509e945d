"""Exports: lossless CSV, safe CSV for spreadsheets, and nothing that may not be seen."""

from __future__ import annotations

import csv
import io
import stat
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import create_app
from app.actor import PUBLIC, SYSTEM
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.errors import InvalidInputError, NotFoundError
from app.needs.filters import NeedFilter
from app.needs.models import Need
from app.needs.services import import_needs
from app.offers.services import import_offers
from app.organizations.importing import FileImport, ImportReport
from app.reports.exports import ExportName, open_table
from app.tables import CsvVariant, Table, csv_chunks
from matching.vocabulary import Basis, Visibility
from tests.factories import (
    create_area,
    create_group,
    create_match_run,
    create_match_run_file,
    create_membership,
    create_need,
    create_offer,
    create_organization,
    create_state,
)
from tests.support.keys import KEYRING

AWKWARD = 'A "quoted", split;\nlined – ünïcödé 网络 =1+1'


def exported(session: Session, name: ExportName, scope: Any = None, *, actor: Any = SYSTEM) -> bytes:
    return b"".join(csv_chunks(open_table(session, actor, name, scope)))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def a_file(content: bytes) -> FileImport:
    return FileImport(content=content, name="records.csv", organization_code="cert-xaa")


def imported_again(report: ImportReport) -> tuple[int, int, int]:
    assert report.faults == ()
    return report.created, report.updated, report.unchanged


def test_exported_needs_are_imported_again_without_loss(session: Session) -> None:
    create_need(
        session,
        external_id="=n-1",
        states=("XAA", "XAB"),
        title='Law, "norms" and +more',
        description=AWKWARD,
        areas=("LAW", "IRC.1"),
        modes=("drafting", "training"),
        languages=("fr", "ar"),
        excluded_providers=("Unwanted Ltd", "Another, Inc."),
        earliest_on=date(2026, 1, 1),
        latest_on=date(2026, 12, 31),
        priority=5,
        gap=0,
        budget=Decimal("1250000.10"),
        currency="EUR",
        audience="Judges",
        outcome="A law in force",
        underway="A draft, by the ministry",
        visibility=Visibility.PROVIDERS,
        source_url="https://example.org/a?b=c&d=e",
    )
    import_needs(session, SYSTEM, a_file(b"id,state,title\r\nn-2,XAA,Training for judges\r\n"))
    content = exported(session, ExportName.NEEDS)

    report = import_needs(session, SYSTEM, a_file(content))

    assert imported_again(report) == (0, 0, 2)


def test_exported_offers_are_imported_again_without_loss(session: Session) -> None:
    create_state(session, "XAA")
    create_membership(session, create_state(session, "XAB"), create_group(session, "AFR"))
    create_offer(
        session,
        external_id="@o-1",
        provider="Provider, Inc.",
        title="-Courses",
        description=AWKWARD,
        areas=("LAW",),
        eligible=("AFR", "XAA"),
        capacity=0,
        available_from_on=date(2026, 1, 1),
        available_until_on=date(2026, 12, 31),
        budget=Decimal("0.10"),
        currency="USD",
        funder="A fund",
        confirmed_on=date(2026, 2, 28),
    )
    import_offers(session, SYSTEM, a_file(b"id,provider,title\r\no-2,A school,Training for judges\r\n"))
    content = exported(session, ExportName.OFFERS)

    report = import_offers(session, SYSTEM, a_file(content))

    assert imported_again(report) == (0, 0, 2)


def test_what_was_read_out_of_a_text_comes_back_as_read(session: Session) -> None:
    """A need that was read to lie outside all areas came back without a word on that, and areas were inferred for it."""
    create_need(
        session, external_id="n-1", areas=(), areas_basis=Basis.READ, modes_basis=Basis.READ, stated_on="2018-06"
    )
    create_offer(session, external_id="o-1", modes=(), areas_basis=Basis.READ, modes_basis=Basis.READ, kind="project")
    needs, offers = exported(session, ExportName.NEEDS), exported(session, ExportName.OFFERS)

    reports = import_needs(session, SYSTEM, a_file(needs)), import_offers(session, SYSTEM, a_file(offers))

    assert [imported_again(report) for report in reports] == [(0, 0, 1), (0, 0, 1)]
    assert [report.warnings for report in reports] == [(), ()]


def test_exported_records_are_the_same_in_another_organization(session: Session) -> None:
    create_organization(session, "desk")
    create_need(session, areas=(), areas_basis=Basis.READ, modes_basis=Basis.INFERRED, modes=(), stated_on="2018-06")
    create_need(session, areas_basis=Basis.READ, modes_basis=Basis.STATED)
    content = exported(session, ExportName.NEEDS)
    session.execute(delete(Need))

    import_needs(session, SYSTEM, replace(a_file(content), organization_code="desk"))

    assert exported(session, ExportName.NEEDS) == content


def test_what_was_inferred_is_left_to_be_inferred_again(session: Session) -> None:
    create_need(session, areas=("IRC",), areas_basis=Basis.INFERRED)

    (row,) = rows_of(exported(session, ExportName.NEEDS))

    assert (row["areas"], row["areas_basis"], row["modes"]) == ("", "inferred", "training")


def test_an_export_is_utf_8_without_bom_and_its_lines_end_in_crlf(session: Session) -> None:
    create_area(session, "IRC", title_fr="Réponse")

    content = exported(session, ExportName.AREAS)

    assert content.startswith(b"code,parent,title_en,title_fr,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert "Réponse".encode() in content


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_the_spreadsheet_variant_runs_no_formula(sign: str) -> None:
    table = Table(name="any", columns=("text", "number"), rows=iter([(f"{sign}1+1", -5)]))

    content = b"".join(csv_chunks(table, CsvVariant.EXCEL)).decode()

    assert content.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    assert row == {"text": f"'{sign}1+1", "number": "-5"}


def test_the_plain_variant_changes_no_cell() -> None:
    table = Table(name="any", columns=("text",), rows=iter([("=1+1",), ("a\r\nb",), ("",), (" ",)]))

    content = b"".join(csv_chunks(table)).decode()

    assert list(csv.reader(io.StringIO(content, newline=""))) == [["text"], ["=1+1"], ["a\r\nb"], [""], [" "]]


def test_a_long_table_comes_in_pieces() -> None:
    table = Table(name="any", columns=("text",), rows=iter([("x" * 1000,)] * 200))

    pieces = list(csv_chunks(table))

    assert len(pieces) > 2
    assert b"".join(pieces).count(b"\r\n") == 201


def test_the_public_gets_public_rows_and_no_excluded_providers(session: Session) -> None:
    create_need(session, external_id="seen", excluded_providers=("Unwanted Ltd",))
    create_need(session, external_id="hidden", visibility=Visibility.MEMBERS)

    content = exported(session, ExportName.NEEDS, actor=PUBLIC)

    assert [row["id"] for row in rows_of(content)] == ["seen"]
    assert b"Unwanted" not in content
    assert b"excluded_providers" not in content


def test_an_id_that_two_organizations_use_carries_the_organization(session: Session) -> None:
    for code in ("cert-xaa", "cert-xab"):
        create_need(session, external_id="1", organization=create_organization(session, code))

    ids = [row["id"] for row in rows_of(exported(session, ExportName.NEEDS))]

    assert sorted(ids) == ["cert-xaa:1", "cert-xab:1"]


def test_no_two_rows_of_three_organizations_have_the_same_id(session: Session) -> None:
    """The third organization's own id once looked like the first one's with its code before it: two rows `a:x`."""
    for code, external_id in (("a", "x"), ("b", "x"), ("c", "a:x"), ("c", "b:y")):
        create_offer(session, external_id=external_id, organization=create_organization(session, code))

    ids = [row["id"] for row in rows_of(exported(session, ExportName.OFFERS))]

    assert sorted(ids) == ["a:x", "b:x", "b:y", "c:a:x"]


def test_an_id_does_not_depend_on_what_is_filtered(session: Session) -> None:
    """One need was `b:x` in the whole table and `x` in a filtered one, so the two could not be laid side by side."""
    create_need(session, external_id="x", organization=create_organization(session, "a"))
    create_need(session, external_id="x", organization=create_organization(session, "b"), areas=("LAW",))

    (row,) = rows_of(exported(session, ExportName.NEEDS, NeedFilter(area="LAW")))

    assert row["id"] == "b:x"


def test_a_hidden_record_changes_no_id(session: Session) -> None:
    create_need(session, external_id="x", organization=create_organization(session, "a"))
    hidden = create_organization(session, "b")
    create_need(session, external_id="x", organization=hidden, visibility=Visibility.MEMBERS)

    (row,) = rows_of(exported(session, ExportName.NEEDS, actor=PUBLIC))

    assert row["id"] == "x"


def test_an_export_is_narrowed_like_the_page(session: Session) -> None:
    create_need(session, external_id="law", areas=("LAW",))
    create_need(session, external_id="irc")

    content = exported(session, ExportName.NEEDS, NeedFilter(area="LAW"))

    assert [row["id"] for row in rows_of(content)] == ["law"]


def test_a_filter_of_needs_does_not_narrow_states(session: Session) -> None:
    with pytest.raises(InvalidInputError):
        open_table(session, SYSTEM, ExportName.STATES, NeedFilter(area="LAW"))


def test_states_are_exported_with_their_present_groups(session: Session) -> None:
    state = create_state(session, "XAA", languages=["fr", "ar"])
    create_membership(session, state, create_group(session, "AFR"))
    create_membership(session, state, create_group(session, "APG"), valid_until_on=date(2020, 1, 1))

    session.expire_all()
    (row,) = rows_of(exported(session, ExportName.STATES))

    assert (row["code"], row["un_regional_group"], row["languages"], row["un_member"]) == ("XAA", "AFR", "fr;ar", "1")


def test_every_run_is_exported(session: Session) -> None:
    run = create_match_run(session)

    (row,) = rows_of(exported(session, ExportName.MATCH_RUNS))

    assert (row["id"], row["as_of"], row["allocated"]) == (str(run.id), "2026-03-02", "1")


def test_the_matches_of_the_newest_run_are_exported_as_its_file_has_them(session: Session) -> None:
    create_match_run_file(session, content=b"need_id,offer_id\r\nold,o\r\n")
    content = b'need_id,offer_id,reasons\r\nn-1,o-1,"Both, ""quoted""."\r\n'
    create_match_run_file(session, content=content)

    found = exported(session, ExportName.MATCHES)

    assert found == content


def test_without_a_run_there_are_no_matches_to_export(session: Session) -> None:
    with pytest.raises(NotFoundError):
        open_table(session, PUBLIC, ExportName.MATCHES)


@pytest.mark.parametrize(("variant", "start"), [("csv", b"id,state,"), ("csv-excel", b"\xef\xbb\xbfid,state,")])
def test_the_command_writes_a_file(
    database: Database, migrated_url: str, tmp_path: Path, variant: str, start: bytes
) -> None:
    with database.unit_of_work() as session:
        create_need(session, visibility=Visibility.PRIVATE)
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))
    path = tmp_path / "needs.csv"

    result = app.test_cli_runner().invoke(args=["export", "needs", "--format", variant, "--out", str(path)])

    app.extensions[DATABASE_EXTENSION].close()
    assert result.exit_code == 0, result.output
    assert path.read_bytes().startswith(start)
    assert path.read_bytes().count(b"\r\n") == 2
    assert result.stdout == f"{path}: 1 rows of needs; records of every visibility are among them.\n"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_only_its_owner_can_read_an_exported_file(database: Database, migrated_url: str, tmp_path: Path) -> None:
    """An export holds every private need and the providers that a State excludes; everybody could once read it."""
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))
    path = tmp_path / "needs.csv"
    path.write_text("an older one, open to all", encoding="utf-8")
    path.chmod(0o644)

    result = app.test_cli_runner().invoke(args=["export", "needs", "--out", str(path)])

    app.extensions[DATABASE_EXTENSION].close()
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [(Visibility.PUBLIC, "which is on the pages"), (Visibility.SECRETARIAT, "for the secretariat only")],
)
def test_the_command_says_whose_matches_it_wrote(
    database: Database, migrated_url: str, tmp_path: Path, visibility: Visibility, readers: str
) -> None:
    with database.unit_of_work() as session:
        create_match_run_file(session)
        run = create_match_run(session, visibility=visibility)
        create_match_run_file(session, run=run, content=b"need_id\r\nn-1\r\n")
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))
    path = tmp_path / "matches.csv"

    result = app.test_cli_runner().invoke(args=["export", "matches", "--out", str(path)])

    app.extensions[DATABASE_EXTENSION].close()
    assert result.stdout == f"{path}: 1 rows of matches of match run {run.id}, {readers}.\n"


def test_a_file_that_cannot_be_written_is_told_in_one_line(
    database: Database, migrated_url: str, tmp_path: Path
) -> None:
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))

    result = app.test_cli_runner().invoke(args=["export", "needs", "--out", str(tmp_path / "missing" / "needs.csv")])

    app.extensions[DATABASE_EXTENSION].close()
    assert result.exit_code == 2
    assert f"There is no folder {tmp_path / 'missing'}; make it" in result.output


def test_a_state_is_exported_with_the_groups_that_it_is_in_today(session: Session) -> None:
    """A membership that ends some day is in force until then."""
    state = create_state(session, "XAA")
    create_membership(session, state, create_group(session, "AFR"), valid_until_on=date(2999, 12, 31))
    create_membership(session, state, create_group(session, "APG"), valid_until_on=date(2020, 12, 31))

    session.expire_all()

    (row,) = rows_of(exported(session, ExportName.STATES))

    assert row["un_regional_group"] == "AFR"
