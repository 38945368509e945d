"""Answers as a file: filled in away from the line, and read back whole or not at all."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.assessments import queries
from app.assessments.answers import AnswerContent
from app.assessments.files import answer_table, read_answer_file, store_answers
from app.assessments.models import Answer, Assessment, AssessmentState
from app.errors import InvalidInputError
from app.organizations.importing import FileImport, ImportReport
from app.organizations.models import Organization, OrganizationKind
from app.tables import csv_chunks
from tests.factories import create_assessment, create_organization, create_questionnaire

SAID = AnswerContent(
    current=2,
    target=4,
    priority=5,
    in_place="A law, since 2024",
    challenges=("staff", "funding"),
    gaps="Two lines\nof text",
    evidence=("https://example.org/law", "https://example.org/plan"),
)


@pytest.fixture
def ministry(session: Session) -> Organization:
    """The organization of a State, and a questionnaire."""
    create_questionnaire(session)
    return create_organization(session, "ministry", kind=OrganizationKind.STATE)


def imported(session: Session, content: bytes, *, name: str = "answers.csv", is_dry_run: bool = False) -> ImportReport:
    """Return what came of the import of a file."""
    file = FileImport(content=content, name=name, organization_code="ministry", is_dry_run=is_dry_run)
    return store_answers(session, SYSTEM, read_answer_file(session, SYSTEM, file))


def written(session: Session, assessment: Assessment) -> bytes:
    return b"".join(csv_chunks(answer_table(session, SYSTEM, assessment)))


def workbook(rows: list[list[object]]) -> bytes:
    """Return the rows as an XLSX file."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def newest(session: Session, organization: Organization) -> Assessment:
    found = queries.find_newest(session, SYSTEM, organization.id)
    assert found is not None
    return found


def test_what_is_written_is_read_back_and_changes_nothing(session: Session, ministry: Organization) -> None:
    draft = create_assessment(session, organization=ministry, answers={"GOV": SAID, "NORM.A": AnswerContent(status=0)})

    report = imported(session, written(session, draft))

    assert (report.faults, report.warnings) == ((), ())
    assert (report.created, report.updated, report.unchanged) == (0, 0, 5)


def test_a_file_begins_the_assessment_of_a_state_that_has_none(session: Session, ministry: Organization) -> None:
    report = imported(session, b"item,current,target,gaps\ngov,1,3,No law\n")

    begun = newest(session, ministry)
    assert report.created == 1
    assert begun.state is AssessmentState.DRAFT
    assert queries.answers_of(session, SYSTEM, begun) == {"GOV": AnswerContent(current=1, target=3, gaps="No law")}


def test_a_column_that_the_file_has_not_is_left_and_an_empty_cell_empties(
    session: Session, ministry: Organization
) -> None:
    draft = create_assessment(session, organization=ministry, answers={"GOV": SAID})

    imported(session, b"item,current,gaps\nGOV,3,\n")

    assert queries.answers_of(session, SYSTEM, draft)["GOV"] == replace(SAID, current=3, gaps="")


def test_after_a_submission_a_file_begins_the_next_one_with_what_was_said(
    session: Session, ministry: Organization
) -> None:
    last = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers={"GOV": SAID})

    imported(session, b"item,current\nGOV,3\n")

    begun = newest(session, ministry)
    assert begun.previous_id == last.id
    assert queries.answers_of(session, SYSTEM, begun)["GOV"] == replace(SAID, current=3)
    assert queries.answers_of(session, SYSTEM, last)["GOV"] == SAID


def test_a_dry_run_tells_and_stores_nothing(session: Session, ministry: Organization) -> None:
    report = imported(session, b"item,current\nGOV,3\nIRC,2\n", is_dry_run=True)

    assert report.created == 2
    assert session.scalars(select(Assessment)).all() == []


def test_a_row_for_people_alone_is_not_read(session: Session, ministry: Organization) -> None:
    report = imported(session, b"item,current\n# Areas,\nGOV,3\n#GOV,9\n")

    assert (report.created, report.faults) == (1, ())


def test_an_address_may_hold_a_semicolon(session: Session, ministry: Organization) -> None:
    """It was cut in two where the file was read back, and the second half refused."""
    addresses = ("https://example.org/law;v=2", "HTTP://example.org/plan;a;b", "https://example.org/x")
    draft = create_assessment(session, organization=ministry, answers={"GOV": AnswerContent(evidence=addresses)})

    again = imported(session, written(session, draft))
    by_hand = imported(
        session, b'item,evidence\nGOV,"https://example.org/1; https://example.org/2\nhttps://example.org/3;"\n'
    )

    assert (again.faults, again.unchanged) == ((), 5)
    assert by_hand.faults == ()
    assert queries.answers_of(session, SYSTEM, draft)["GOV"].evidence == tuple(
        f"https://example.org/{n}" for n in (1, 2, 3)
    )


def test_a_workbook_with_forty_planted_errors_reports_the_forty_and_stores_nothing(
    session: Session, ministry: Organization
) -> None:
    header = ["item", "current", "target", "priority", "status", "in_place", "challenges", "evidence"]
    wrong = [
        *(["IRC", number, None, None, None, "", "", ""] for number in (0, 6, 9, -1, 100)),
        *(["IRC", None, number, None, None, "", "", ""] for number in (0, 6, 7, -2, 99)),
        *(["IRC", None, None, number, None, "", "", ""] for number in (0, 6, 8, -3, 50)),
        *(["NORM.A", None, None, None, number, "", "", ""] for number in (5, 6, 7, -4, 44)),
        *(["IRC", text, None, None, None, "", "", ""] for text in ("two", "2.5", "high", "?", "1e1")),
        *(["IRC", None, None, None, None, "", text, ""] for text in ("boredom", "rain", "staf", "x", "money")),
        *(["IRC", None, None, None, None, "", "", text] for text in ("paper", "ftp://a.org", "https://", "a b", "//")),
        *([code, 1, None, None, None, "", "", ""] for code in ("DIP", "GOVV", "IRC.9", "NORM.Z", "")),
    ]
    content = workbook([header, ["GOV", 1, 3, None, None, "A law", "staff", ""], *wrong])

    report = imported(session, content, name="answers.xlsx")

    told = [(fault.line, fault.column) for fault in report.faults if fault.code != "duplicate_id"]
    assert report.is_refused
    assert len(told) == len(set(told)) == len(wrong) == 40
    assert {line for line, _ in told} == set(range(3, 43))
    assert session.scalars(select(Answer)).all() == []


def test_an_item_twice_is_a_fault(session: Session, ministry: Organization) -> None:
    report = imported(session, b"item,current\nGOV,3\ngov,2\n")

    assert [str(fault).split(": ")[:2] for fault in report.faults] == [["answers.csv:3:item", "duplicate_id"]]


def test_only_a_state_has_answers(session: Session, ministry: Organization) -> None:
    create_organization(session, "centre", kind=OrganizationKind.PROVIDER)
    file = FileImport(content=b"item\nGOV\n", name="answers.csv", organization_code="centre")

    with pytest.raises(InvalidInputError, match="--organization"):
        read_answer_file(session, SYSTEM, file)
