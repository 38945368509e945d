"""Forms, reports and gap profiles as PDF: read by somebody else's program, they say what was answered and no more."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PageObject, PdfReader
from pypdf.generic import ByteStringObject, TextStringObject
from sqlalchemy.orm import Session

from app import create_app
from app.actor import SYSTEM, Actor
from app.assessments import queries
from app.assessments.answers import AnswerContent
from app.assessments.loading import load_questionnaire
from app.assessments.models import Assessment, AssessmentState
from app.assessments.paper import press, printing
from app.assessments.paper.copies import Copy, FormFormat, blank_form, form, gap_profile_page, report
from app.assessments.paper.papers import Paper, blank_paper, paper_of
from app.assessments.paper.printing import Template
from app.assessments.questionnaires import ItemKind
from app.config import Settings
from app.errors import ConflictError
from app.organizations.models import OrganizationKind
from tests.factories import create_assessment, create_organization, create_questionnaire, create_share, create_state
from tests.factories.accounts import actor_of, create_user
from tests.support.papers import text_within
from tests.support.parts import missing_part

CODE = '#read("/etc/passwd") $x^2$ \\ *bold* _it_ ] [ <label> @ref `raw` // end /* */ #panic() ${1}'
SAID = {
    "GOV": AnswerContent(current=2, target=4, priority=5, in_place=CODE, challenges=("staff",), gaps="No\nstrategy"),
    "IRC.1": AnswerContent(current=1, target=2, obstacles="Нет специалистов", evidence=("https://example.org/law",)),
    "NORM.A": AnswerContent(status=3, in_place="法律自二〇二四年起生效", gaps="لا يوجد فريق وطني"),
}
AN_INSTANT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    """The application, in whose languages papers are written."""
    return create_app(Settings(database_url="sqlite://", secret_key=None))


@pytest.fixture
def submitted(session: Session) -> Assessment:
    """What a State submitted: a norm first asked for last, an area, a topic of another one."""
    create_questionnaire(session)
    ministry = create_organization(
        session,
        "ministry",
        kind=OrganizationKind.STATE,
        name="Ministry of A",
        state_code=create_state(session, "XAA").code,
    )
    return create_assessment(
        session, organization=ministry, answers=SAID, state=AssessmentState.SUBMITTED, submitted_at=AN_INSTANT
    )


def printed(
    session: Session,
    app: Flask,
    assessment: Assessment,
    make: Callable[[Paper], Copy],
    *,
    actor: Actor = SYSTEM,
    language: str = "en",
) -> PdfReader:
    """Return a paper as a reader of PDF has it."""
    found = queries.get_assessment(session, actor, assessment.id)
    with app.app_context():
        copy = make(paper_of(session, actor, found, language=language))
    assert copy.media_type == "application/pdf"
    return PdfReader(io.BytesIO(copy.content))


def words_of(pdf: PdfReader) -> str:
    """Return all that it says, in one line: where lines break is the printer's business."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def as_form(paper: Paper) -> Copy:
    return form(paper, FormFormat.PDF)


@pytest.mark.parametrize("make", [as_form, report], ids=["form", "report"])
def test_what_looks_like_code_is_printed_as_it_was_typed(
    session: Session, app: Flask, submitted: Assessment, make: Callable[[Paper], Copy]
) -> None:
    assert CODE in words_of(printed(session, app, submitted, make))


def test_the_report_says_what_was_answered_law_and_norms_before_the_areas(
    session: Session, app: Flask, submitted: Assessment
) -> None:
    words = words_of(printed(session, app, submitted, report))

    assert "National implementation report State XAA As of 2 March 2026 · Submitted 2 March 2026" in words
    assert "Left blank, and not here: 2 of 5 items." in words
    assert words.index("Item NORM.A NORM.A A/70/174, para. 13 (a)") < words.index("Item GOV GOV")
    assert "How far: Partly in place" in words
    assert "Now: 2 – Formative Aim: 4 – Strategic Priority: 5 – most urgent" in words
    assert "No strategy" in words
    assert "https://example.org/law" in words
    # What was not answered is not asked here.
    assert "Item IRC.2" not in words
    assert "How is GOV?" not in words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AssessmentState.DRAFT, "Draft: not submitted by the State"),
        (AssessmentState.WITHDRAWN, "Withdrawn by the State"),
    ],
)
@pytest.mark.parametrize("make", [as_form, report, gap_profile_page], ids=["form", "report", "gaps"])
def test_what_the_state_has_not_said_in_the_end_is_marked_on_every_page(
    session: Session, app: Flask, state: AssessmentState, words: str, make: Callable[[Paper], Copy]
) -> None:
    assessment = create_assessment(session, answers=SAID, state=state)

    pdf = printed(session, app, assessment, make)

    assert all(words in page.extract_text() for page in pdf.pages)


def test_the_form_holds_every_item_answered_or_not(session: Session, app: Flask, submitted: Assessment) -> None:
    words = words_of(printed(session, app, submitted, as_form))

    for code in ("GOV", "IRC", "IRC.1", "IRC.2", "NORM.A"):
        assert f"Item {code}" in words
        assert f"How is {code}?" in words
    assert "What stage 5 of IRC.2 looks like." in words
    # One tick for now and one for the aim of each of the two that were answered, one of a norm, one priority, one challenge.
    assert words.count("☒") == 2 * 2 + 1 + 1 + 1


def test_the_blank_form_has_nothing_ticked_and_is_the_same_file_again(session: Session, app: Flask) -> None:
    load_questionnaire(session, SYSTEM)
    questionnaire = queries.newest_questionnaire(session, SYSTEM)

    with app.app_context():
        first, again = (blank_form(questionnaire, FormFormat.PDF, language="fr") for _ in range(2))

    words = " ".join(text_within(first.content).split())
    assert first == again
    assert first.name == f"tandem-form-{questionnaire.release}.pdf"
    assert "☒" not in words
    assert [item.code for item in questionnaire.items if f"{item.code} " not in words] == []


def test_chinese_arabic_and_russian_are_printed_with_letters_of_their_own(
    session: Session, app: Flask, submitted: Assessment
) -> None:
    pdf = printed(session, app, submitted, report)

    words = words_of(pdf)
    assert "法律自二〇二四年起生效" in words
    assert "Нет специалистов" in words
    # This reader puts Arabic words in another order; each is whole, so it can be copied and read aloud.
    assert all(word in words for word in ("يوجد", "فريق"))
    assert fonts_of(pdf) == {"NotoSans", "IBMPlexSansArabic", "NotoSansCJKsc"}


def test_no_letter_is_an_empty_box(session: Session, app: Flask) -> None:
    """A letter that no font has would be printed as glyph 0."""
    texts = (
        "Ærøskøbing Ţepeş Łódź Ħal · Việt Nam · 國際法 網路 · 日本 · فارسی ژ گ · עברית · አማርኛ · हिन्दी · ไทย · ქართული"
    )
    assessment = create_assessment(session, answers={"GOV": AnswerContent(in_place=texts)})

    pdf = printed(session, app, assessment, report)

    glyphs = [glyph for page in pdf.pages for glyph in glyphs_of(page)]
    assert len(glyphs) > len(texts)
    assert 0 not in glyphs


def test_a_script_of_few_is_printed_where_the_machine_has_letters_for_it(session: Session, app: Flask) -> None:
    if not list(Path("/usr/share/fonts").rglob("NotoSansThaana-Regular.ttf")):
        missing_part("Noto Sans Thaana", "fonts-noto-core")
    assessment = create_assessment(session, answers={"GOV": AnswerContent(in_place="ދިވެހިރާއްޖެ")})

    pdf = printed(session, app, assessment, report)

    assert 0 not in [glyph for page in pdf.pages for glyph in glyphs_of(page)]


@pytest.mark.parametrize("letter", ["\U0010fffd", "\U00030000"], ids=["of one's own", "of the newest"])
def test_a_letter_that_no_font_has_is_told_and_not_printed_as_a_box(session: Session, app: Flask, letter: str) -> None:
    assessment = create_assessment(session, answers={"GOV": AnswerContent(in_place=f"A sign: {letter}")})

    with pytest.raises(ConflictError, match=rf"U\+{ord(letter):X}"):
        printed(session, app, assessment, report)


@pytest.mark.parametrize(("language", "title"), [("en", "en"), ("ar", "ar"), ("zh", "zh")])
@pytest.mark.parametrize("make", [as_form, report, gap_profile_page], ids=["form", "report", "gaps"])
def test_it_can_be_read_aloud(
    session: Session, app: Flask, submitted: Assessment, make: Callable[[Paper], Copy], language: str, title: str
) -> None:
    """PDF/UA-1: tagged, with a title that is shown, and a language."""
    pdf = printed(session, app, submitted, make, language=language)
    root = pdf.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 – an object of the file, not Python's
    assert root["/Lang"] == title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 – as above
    assert pdf.metadata is not None
    assert pdf.metadata.title
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_the_gap_profile_is_one_page_with_the_gaps_that_weigh_most_first(
    session: Session, app: Flask, submitted: Assessment
) -> None:
    pdf = printed(session, app, submitted, gap_profile_page)

    words = words_of(pdf)
    assert len(pdf.pages) == 1
    assert words.index("Item GOV: From stage 2 to 4 · priority 5") < words.index("Item IRC.1: From stage 1 to 2")


@pytest.mark.parametrize(
    "text", ["人员不足，没有预算。" * 900, "لا توجد ميزانية. " * 500, "W" * 9_000], ids=["zh", "ar", "W"]
)
def test_however_much_is_said_of_however_many_gaps_it_stays_one_page(session: Session, app: Flask, text: str) -> None:
    load_questionnaire(session, SYSTEM)
    questionnaire = queries.newest_questionnaire(session, SYSTEM)
    content = AnswerContent(current=1, target=5, priority=5, gaps=text)
    answers = {item.code: content for item in questionnaire.items if item.kind is ItemKind.MATURITY}
    paper = replace(blank_paper(questionnaire, language="ar"), answers=answers, before=answers)

    with app.app_context():
        pdf = PdfReader(io.BytesIO(gap_profile_page(paper).content))

    assert len(pdf.pages) == 1
    # That there are more is said at its end.
    assert "weight" in words_of(pdf)


def test_who_sees_a_part_gets_no_more_than_that(session: Session, app: Flask, submitted: Assessment) -> None:
    create_share(session, submitted, scope="NORM.A")
    reader = actor_of(create_user(session, "secretariat"))

    form_words = words_of(printed(session, app, submitted, as_form, actor=reader))
    report_words = words_of(printed(session, app, submitted, report, actor=reader))
    gap_words = words_of(printed(session, app, submitted, gap_profile_page, actor=reader))

    assert "法律自二〇二四年起生效" in form_words
    assert "法律自二〇二四年起生效" in report_words
    for words in (form_words, report_words, gap_words):
        assert "Only what the State shows" in words
        assert "No strategy" not in words
        assert "https://example.org/law" not in words
    # Not even how much there is beside it.
    assert "Left blank" not in report_words
    assert "Item GOV" not in form_words


def test_a_report_without_answers_says_so(session: Session, app: Flask) -> None:
    words = words_of(printed(session, app, create_assessment(session), report))

    assert "Nothing was answered yet." in words
    assert "Left blank, and not here: 5 of 5 items." in words


def test_what_takes_too_long_is_refused_in_a_sentence(
    app: Flask, submitted: Assessment, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MAX_SECONDS", 0.001)

    with pytest.raises(ConflictError, match="workbook"):
        printed(session, app, submitted, report)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.txt", "/../secret.txt"])
def test_a_template_reads_no_file_outside_of_its_folder(tmp_path: Path, path: str) -> None:
    """What people say is no code; and had it been, it would find nothing."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    template = folder / "template.typ"
    template.write_text(f'#set document(title: "T")\n#read("{path}")')

    done = subprocess.run(
        [sys.executable, "-I", press.__file__, str(template), printing.STANDARD, "0"],
        check=False,
        input=b"",
        capture_output=True,
    )

    assert done.returncode != 0
    assert done.stdout == b""
    assert b"file not found" in done.stderr or b"escape" in done.stderr


def test_no_template_reads_data_as_code() -> None:
    sources = [path.read_text("utf-8") for path in printing.FOLDER.glob("*.typ")]

    assert len(sources) == 1 + len(Template)
    assert not any(re.search(r"\beval\(|\bread\(|\bplugin\(|@preview", source) for source in sources)


def glyphs_of(page: PageObject) -> list[int]:
    """Return the numbers of the glyphs on a page, each of them two bytes."""
    contents = page.get_contents()
    assert contents is not None
    texts = [
        piece
        for operands, operator in contents.operations
        if operator in (b"Tj", b"TJ")
        for piece in (operands[0] if isinstance(operands[0], list) else operands)
        if isinstance(piece, (TextStringObject, ByteStringObject))
    ]
    pairs = [text.original_bytes for text in texts]
    return [int.from_bytes(pair[at : at + 2]) for pair in pairs for at in range(0, len(pair), 2)]


def fonts_of(pdf: PdfReader) -> set[str]:
    """Return the families of the fonts of a PDF."""
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"]["/Font"].values()]
    return {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in fonts}
