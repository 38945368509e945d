"""The questionnaire as a workbook: what is written into it comes back as it was, and nothing of it runs."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app import create_app
from app.actor import SYSTEM
from app.assessments import queries
from app.assessments.answers import AnswerContent
from app.assessments.files import read_answer_file
from app.assessments.loading import load_questionnaire
from app.assessments.models import Assessment
from app.assessments.paper.papers import blank_paper, paper_of
from app.assessments.paper.workbooks import workbook_bytes
from app.config import Settings
from app.errors import ConflictError
from app.organizations.importing import FileImport, ImportReport
from app.organizations.models import Organization, OrganizationKind
from tests.factories import create_assessment, create_organization, create_questionnaire
from tests.services.test_answer_files import imported
from tests.support.office import Office

SAID = {
    "GOV": AnswerContent(
        current=2,
        target=4,
        priority=5,
        in_place='=HYPERLINK("https://example.org")',
        challenges=("staff", "funding"),
        obstacles="لا يوجد فريق وطني للاستجابة (CERT).\nسطر ثانٍ، والقانون رقم 12/2019.",
        gaps="人员不足。\n第二行：没有预算。\tEnd",
        evidence=("https://example.org/law;v=2", "https://example.org/plan?a=1&b=<2>"),
    ),
    "IRC": AnswerContent(in_place="+1\n-2\n@3", obstacles="_x0041_ <b>&amp;</b> \"q\" 'q'", gaps="2024"),
    "IRC.1": AnswerContent(current=1, in_place="A long text. " * 760 + "End"),
    "NORM.A": AnswerContent(status=0, gaps="TRUE"),
}


@pytest.fixture
def app() -> Flask:
    """The application, in whose languages papers are written."""
    return create_app(Settings(database_url="sqlite://", secret_key=None))


@pytest.fixture
def ministry(session: Session) -> Organization:
    """The organization of a State, and a questionnaire."""
    create_questionnaire(session)
    return create_organization(session, "ministry", kind=OrganizationKind.STATE, name="Ministry of A & B")


@pytest.fixture
def draft(session: Session, ministry: Organization) -> Assessment:
    """A draft of its assessment, whose texts look like what they are not."""
    return create_assessment(session, organization=ministry, answers=SAID)


def form(session: Session, app: Flask, assessment: Assessment, language: str = "en") -> bytes:
    found = queries.get_assessment(session, SYSTEM, assessment.id)
    with app.app_context():
        return workbook_bytes(paper_of(session, SYSTEM, found, language=language))


def blank(session: Session, app: Flask, language: str = "en") -> bytes:
    with app.app_context():
        return workbook_bytes(blank_paper(queries.newest_questionnaire(session, SYSTEM), language=language))


def taken_in(session: Session, content: bytes) -> ImportReport:
    return imported(session, content, name="form.xlsx")


def rows_of(content: bytes) -> list[list[str]]:
    """Return the first sheet as somebody else's program reads it."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_an_untouched_form_changes_nothing(session: Session, app: Flask, draft: Assessment, language: str) -> None:
    report = taken_in(session, form(session, app, draft, language))

    assert (report.faults, report.warnings) == ((), ())
    assert (report.created, report.updated, report.unchanged) == (0, 0, 5)
    assert queries.answers_of(session, SYSTEM, draft) == SAID


def test_what_is_written_into_it_comes_back_to_the_letter(session: Session, app: Flask, ministry: Organization) -> None:
    filled_in = form(session, app, create_assessment(session, organization=ministry, answers=SAID))
    create_assessment(session, organization=ministry)

    file = FileImport(content=filled_in, name="form.xlsx", organization_code="ministry")
    found = read_answer_file(session, SYSTEM, file)

    assert found.intake.faults == ()
    assert {one.item: one.content for one in found.intake.records if not one.content.is_empty} == SAID


def test_what_somebody_has_typed_into_the_blank_one_is_taken_in(
    session: Session, app: Flask, ministry: Organization
) -> None:
    """Typed into the file itself: a spreadsheet writes numbers and texts in other ways than we do."""
    typed = _typed_into(blank(session, app), {"GOV": {3: 2, 4: 5, 7: "=1+1", 11: "https://a.org/1\nhttps://a.org/2"}})

    report = taken_in(session, typed)

    assert report.faults == ()
    begun = queries.find_newest(session, SYSTEM, ministry.id)
    assert begun is not None
    assert queries.answers_of(session, SYSTEM, begun) == {
        "GOV": AnswerContent(current=2, target=5, in_place="=1+1", evidence=("https://a.org/1", "https://a.org/2"))
    }


def test_no_cell_runs_and_none_leads_out_of_the_file(session: Session, app: Flask, draft: Assessment) -> None:
    with zipfile.ZipFile(io.BytesIO(form(session, app, draft))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}

    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 4
    assert not any(re.search(r"<f[ >]", text) for text in sheets)
    assert not any("TargetMode" in text for text in parts.values())
    assert '=HYPERLINK("https://example.org")' in parts["xl/sharedStrings.xml"]


def test_it_is_made_for_filling_in(session: Session, app: Flask, draft: Assessment) -> None:
    with zipfile.ZipFile(io.BytesIO(form(session, app, draft))) as archive:
        answers = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()

    assert 'ySplit="2"' in answers
    assert 'orientation="landscape"' in answers
    assert 'paperSize="9"' in answers
    assert "<sheetProtection" in answers
    # A stage is chosen from a list that says what the numbers mean; rows grow with what is typed.
    assert '<formula1>"1,2,3,4,5"</formula1>' in answers
    assert "1 Start up · 2 Formative" in answers
    assert "customHeight" not in answers
    assert "_xlnm.Print_Titles" in book
    assert "$1:$2" in book


def test_it_opens_on_what_it_is_for_and_is_named_after_the_state(
    session: Session, app: Flask, draft: Assessment
) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(form(session, app, draft)))

    assert book.sheet_names == ["Answers", "Stages", "Lists", "How to fill it in"]
    how_to = [row[0] for row in book.get_sheet_by_name("How to fill it in").to_python()]
    assert how_to[:2] == ["Self-assessment form", "Ministry of A & B, 2 March 2026"]
    assert any("semicolon" in line for line in how_to)
    stages = book.get_sheet_by_name("Stages").to_python()
    assert stages[1][0] == "GOV"
    assert stages[1][3:] == [f"What stage {n} of GOV looks like." for n in range(1, 6)]


def test_arabic_runs_from_right_to_left(session: Session, app: Flask, draft: Assessment) -> None:
    with zipfile.ZipFile(io.BytesIO(form(session, app, draft, "ar"))) as archive:
        assert 'rightToLeft="1"' in archive.read("xl/worksheets/sheet1.xml").decode()


def test_what_no_cell_can_hold_is_refused_and_not_cut(session: Session, app: Flask, ministry: Organization) -> None:
    addresses = tuple(f"https://example.org/{n}/{'a' * 1900}" for n in range(20))
    assessment = create_assessment(
        session, organization=ministry, answers={"GOV": replace(SAID["GOV"], evidence=addresses)}
    )

    with pytest.raises(ConflictError, match="GOV"):
        form(session, app, assessment)


def test_every_item_of_the_real_questionnaire_is_in_it(session: Session, app: Flask) -> None:
    load_questionnaire(session, SYSTEM)
    questionnaire = queries.newest_questionnaire(session, SYSTEM)

    rows = rows_of(blank(session, app))

    assert [row[0] for row in rows[2:] if not row[0].startswith("#")] == [item.code for item in questionnaire.items]
    assert [row[1] for row in rows if row[0] == "#"] == [one.titles.text() for one in questionnaire.sections]


@pytest.mark.office
def test_an_office_program_opens_it_saves_it_and_nothing_has_changed(
    session: Session, app: Flask, draft: Assessment, office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(form(session, app, draft))

    saved = office.convert(path, "xlsx", tmp_path / "saved")

    report = taken_in(session, saved.read_bytes())
    assert (report.faults, report.created, report.updated, report.unchanged) == ((), 0, 0, 5)


def _typed_into(content: bytes, typed: dict[str, dict[int, str | int]]) -> bytes:
    """Return the workbook with values in its cells, by code and column: texts within the cell, as other programs do."""
    source = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    row_by_code = {row[0]: number for number, row in enumerate(source, start=1)}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                for code, cells in typed.items():
                    for column, value in cells.items():
                        part = _put(part, f"{chr(65 + column)}{row_by_code[code]}", value)
            new.writestr(name, part)
    return target.getvalue()


def _put(sheet: str, place: str, value: str | int) -> str:
    kind, cell = ("n", f"<v>{value}</v>") if isinstance(value, int) else ("inlineStr", f"<is><t>{value}</t></is>")
    changed, n_changed = re.subn(rf'<c r="{place}" s="(\d+)"/>', rf'<c r="{place}" s="\1" t="{kind}">{cell}</c>', sheet)
    assert n_changed == 1
    return changed
