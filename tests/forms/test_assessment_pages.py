"""Self-assessments at a browser without script: filled in section by section, by two people, and turned into a need."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from app.actor import SYSTEM
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.db import Database
from app.organizations.models import Organization
from tests.factories import create_assessment, create_organization, create_questionnaire, create_share
from tests.forms.conftest import MakeWriter
from tests.forms.writers import Form, Writer, actions
from tests.web.inspection import fetch, inspected

SAID = AnswerContent(current=1, target=3, gaps="No law", challenges=("funding",))


@pytest.fixture
def ministry(database: Database) -> Organization:
    """The organization of the State, and a questionnaire."""
    with database.unit_of_work() as session:
        create_questionnaire(session)
        return create_organization(session, "ministry")


@pytest.fixture
def draft(database: Database, ministry: Organization) -> Assessment:
    """A draft of its assessment."""
    with database.unit_of_work() as session:
        return create_assessment(session, organization=ministry, answers={"GOV": SAID})


def said(database: Database, assessment: Assessment, item: str = "GOV") -> AnswerContent:
    """Return what is stored of an item."""
    with database.reading() as session:
        return queries.answers_of(session, SYSTEM, assessment).get(item, EMPTY)


def section(draft: Assessment, code: str = "GOV") -> str:
    """Return the address of a section."""
    return f"/assessments/{draft.id}/sections/{code}"


def test_one_begins_answers_and_submits(writer: MakeWriter, ministry: Organization, database: Database) -> None:
    focal_point = writer()
    begun = focal_point.client.post("/assessments", data=begin_form(focal_point))
    address = begun.headers["Location"]

    saved = Form(focal_point.client, f"{address}/sections/GOV", focal_point.client.get(f"{address}/sections/GOV")).send(
        {"GOV.current": "2", "GOV.target": "4", "GOV.priority": "5", "GOV.gaps": "Nobody is trained"}
    )
    submitted = focal_point.client.post(address, data=begin_form(focal_point) | {"action": "submit"})

    assert (saved.status_code, submitted.status_code) == (302, 302)
    page = focal_point.client.get(f"{address}/gaps").get_data(as_text=True)
    assert "From stage 2 to 4" in page
    assert "Nobody is trained" in page
    assert actions(database) == ["assessment.begun", "assessment.answered", "assessment.submitted"]


def test_who_begins_another_one_is_led_to_the_draft(writer: MakeWriter, draft: Assessment) -> None:
    person = writer()

    answer = person.client.post("/assessments", data=begin_form(person))

    page = inspected("/assessments", answer)
    assert answer.status_code == 409
    assert "There is a draft already" in page.text
    assert f"/assessments/{draft.id}" in page.links


def test_an_empty_draft_is_not_to_be_submitted_and_says_how_to_begin(
    writer: MakeWriter, ministry: Organization
) -> None:
    person = writer()
    address = person.client.post("/assessments", data=begin_form(person)).headers["Location"]

    begun = fetch(person.client, address)
    Form(person.client, f"{address}/sections/GOV", person.client.get(f"{address}/sections/GOV")).send(
        {"GOV.current": "2"}
    )

    assert "Begin with the area in which you need help most" in begun.text
    assert "Two clicks in an area are enough" in fetch(person.client, f"{address}/sections/GOV").text
    offered = [[one.get("value") for one in page.all("button")] for page in (begun, fetch(person.client, address))]
    assert ["submit" in buttons for buttons in offered] == [False, True]


def begin_form(person: Writer) -> dict[str, str]:
    """Return what the form that begins an assessment sends."""
    token = person.client.get("/account").get_data(as_text=True).partition('name="csrf_token" value="')[2]
    return {"organization": "ministry", "csrf_token": token.partition('"')[0]}


def test_what_is_wrong_is_told_and_what_is_right_is_saved(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    form = writer().opened(section(draft, "IRC"))

    again = form.resent(
        {
            "IRC.gaps": "No team",
            "IRC.1.current": "3",
            "IRC.1.evidence": "on paper",
            "IRC.2.current": "9",
            "IRC.2.gaps": "Lost otherwise",
        }
    )

    page = again.answer.get_data(as_text=True)
    assert again.answer.status_code == 422
    assert again.problems.keys() == {"IRC.1.evidence", "IRC.2.current"}
    # All that was typed still stands there.
    assert again.values["IRC.1.evidence"] == ["on paper"]
    assert "Lost otherwise" in page
    assert said(database, draft, "IRC").gaps == "No team"
    assert said(database, draft, "IRC.1") == said(database, draft, "IRC.2") == EMPTY


def test_of_two_at_one_item_both_texts_are_shown_and_the_next_save_settles_it(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    mine = writer().opened(section(draft))
    writer("contributor").write(section(draft), {"GOV.gaps": "No strategy", "GOV.in_place": "A council"})

    again = mine.resent({"GOV.gaps": "No money", "GOV.target": "5"})

    page = again.answer.get_data(as_text=True)
    assert again.answer.status_code == 409
    assert "No strategy" in page
    assert "No money" in page
    assert said(database, draft).gaps == "No strategy"
    assert again.send({}).status_code == 302
    stored = said(database, draft)
    assert (stored.gaps, stored.target, stored.in_place) == ("No money", 5, "A council")


def test_who_is_logged_out_while_writing_gets_it_back_and_sends_it_again(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    person = writer()
    form = person.opened(section(draft))
    cookie = person.client.get_cookie("tandem_session")
    assert cookie is not None
    person.client.delete_cookie("tandem_session")

    kept = form.resent({"GOV.gaps": "Two lines\r\nof text"})

    assert kept.answer.status_code == 401
    assert "of text" in kept.answer.get_data(as_text=True)
    person.client.set_cookie("tandem_session", cookie.value)
    assert kept.send({}).status_code == 302
    assert said(database, draft).gaps == "Two lines\nof text"


@pytest.mark.parametrize("role", ["provider", "secretariat", "analyst", "administrator"])
def test_others_find_no_page_of_it(writer: MakeWriter, draft: Assessment, role: str) -> None:
    client = writer(role).client

    statuses = {
        client.get(address).status_code
        for address in (f"/assessments/{draft.id}", f"/assessments/{draft.id}/gaps", section(draft))
    }

    assert statuses == {404}
    assert str(draft.id) not in client.get("/assessments").get_data(as_text=True)


def test_a_contributor_drafts_and_does_not_submit(writer: MakeWriter, draft: Assessment) -> None:
    contributor = writer("contributor")

    page = contributor.client.get(f"/assessments/{draft.id}").get_data(as_text=True)
    refused = contributor.client.post(f"/assessments/{draft.id}", data=begin_form(contributor) | {"action": "submit"})

    assert 'value="submit"' not in page
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("role", "home", "is_offered"),
    [
        ("recipient", "ministry", {"submit": True, "file": True, "form": True}),
        ("contributor", "ministry", {"submit": False, "file": True, "form": True}),
        ("secretariat", "desk", {"submit": False, "file": False, "form": False}),
    ],
)
def test_a_page_offers_what_its_reader_may_do(
    writer: MakeWriter, draft: Assessment, database: Database, role: str, home: str, is_offered: dict[str, bool]
) -> None:
    with database.unit_of_work() as session:
        create_share(session, draft)
        assessment = session.get_one(Assessment, draft.id)
        assessment.state = AssessmentState.SUBMITTED if role == "secretariat" else AssessmentState.DRAFT
    person = writer(role, home=home)

    pages = [
        person.client.get(address).get_data(as_text=True) for address in (f"/assessments/{draft.id}", section(draft))
    ]

    found = {"submit": 'value="submit"' in pages[0], "file": 'id="file"' in pages[0], "form": 'id="record"' in pages[1]}
    assert found == is_offered
    assert "No law" in pages[1]


def test_what_was_submitted_is_read_and_not_written(
    writer: MakeWriter, ministry: Organization, database: Database
) -> None:
    with database.unit_of_work() as session:
        row = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers={"GOV": SAID})
    person = writer()

    page = person.client.get(section(row)).get_data(as_text=True)
    refused = person.client.post(section(row), data=begin_form(person) | {"GOV.base": "{}", "GOV.gaps": "Other"})

    assert "No law" in page
    assert "<textarea" not in page
    assert refused.status_code == 409
    assert said(database, row) == SAID


def test_a_need_begins_with_all_that_was_said_of_a_gap(writer: MakeWriter, draft: Assessment) -> None:
    form = writer().opened(f"/needs/new?assessment={draft.id}&item=GOV")

    values = form.values
    assert values["title"] == ["Item GOV"]
    assert values["gap"] == ["2"]
    assert values["visibility"] == ["private"]
    assert values["states"][0] == "XAA"
    assert "No law" in values["description"][0]
    assert "Challenges: Funding." in values["description"][0]
    assert "now 1 (Start up); aim 3 (Established)" in values["description"][0]


def test_that_a_need_holds_private_answers_is_said_as_long_as_it_is_not_saved(
    writer: MakeWriter, draft: Assessment
) -> None:
    person = writer()
    form = person.opened(f"/needs/new?assessment={draft.id}&item=GOV")

    checked = Form(person.client, "/needs/new", form.answer).resent({"check": "1"})
    refused = checked.resent({"title": ""})

    told = "whoever sees the need reads what stands here"
    assert [told in one.answer.get_data(as_text=True) for one in (form, checked, refused)] == [True] * 3
    assert told not in person.client.get("/needs/new").get_data(as_text=True)


@pytest.mark.parametrize("query", ["assessment=x&item=GOV", "assessment={id}&item=NONE", "assessment={id}"])
def test_a_gap_that_is_not_there_begins_no_need(writer: MakeWriter, draft: Assessment, query: str) -> None:
    assert writer().client.get(f"/needs/new?{query.format(id=draft.id)}").status_code == 404


def test_nobody_begins_a_need_with_the_gap_of_another_state(writer: MakeWriter, draft: Assessment) -> None:
    elsewhere = writer("recipient", home="agency")

    assert elsewhere.client.get(f"/needs/new?assessment={draft.id}&item=GOV").status_code == 404


def send_file(person: Writer, draft: Assessment, content: bytes, name: str = "answers.csv") -> Form:
    """Return the page that comes after a file was sent."""
    address = f"/assessments/{draft.id}/file"
    sent = begin_form(person) | {"file": (io.BytesIO(content), name)}
    return Form(person.client, address, person.client.post(address, data=sent))


def test_what_a_file_would_change_is_shown_and_stored_once_accepted(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    person = writer()
    exported = person.client.get(f"/assessments/{draft.id}/file?format=csv").get_data(as_text=True)
    shown = send_file(person, draft, exported.replace("No law", "No money").encode())

    page, unchanged = shown.answer.get_data(as_text=True), said(database, draft)
    accepted = person.client.post(
        f"/assessments/{draft.id}/file", data=begin_form(person) | {"accepted": accepted_text(page)}
    )

    assert "The file changes 1 answer." in page
    assert "No law" in page
    assert "No money" in page
    assert unchanged == SAID
    assert accepted.status_code == 302
    assert said(database, draft) == replace(SAID, gaps="No money")


def test_a_file_goes_into_the_draft_on_whose_page_it_was_sent(
    writer: MakeWriter, draft: Assessment, ministry: Organization, database: Database
) -> None:
    """It went into the newest one of the State."""
    with database.unit_of_work() as session:
        newer = create_assessment(
            session,
            organization=ministry,
            as_of_on=date(2027, 1, 1),
            state=AssessmentState.SUBMITTED,
            answers={"GOV": SAID},
        )
    person = writer()

    sent = begin_form(person) | {"accepted": "item,gaps\nGOV,No money\n"}
    person.client.post(f"/assessments/{draft.id}/file", data=sent)

    assert said(database, draft) == replace(SAID, gaps="No money")
    assert said(database, newer) == SAID
    with database.reading() as session:
        assert len(queries.list_page(session, SYSTEM, queries.PageRequest()).items) == 2


def accepted_text(page: str) -> str:
    """Return what the hidden field of a page holds."""
    return html.unescape(page.partition('name="accepted" hidden>\n')[2].partition("</textarea>")[0])


def test_a_file_with_faults_is_told_line_by_line_and_stores_nothing(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    shown = send_file(writer(), draft, b"item,current\nGOV,9\nNONE,1\n")

    page = shown.answer.get_data(as_text=True)
    assert shown.answer.status_code == 422
    assert "2 things in the file have to be put right" in page
    assert "write a whole number from 1 to 5" in page
    assert 'name="accepted"' not in page
    assert said(database, draft) == SAID


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04 no workbook"])
def test_what_is_no_table_is_refused(writer: MakeWriter, draft: Assessment, content: bytes) -> None:
    assert send_file(writer(), draft, content, "answers.xlsx").answer.status_code == 422


def test_answers_that_nobody_was_shown_are_refused(writer: MakeWriter, draft: Assessment, database: Database) -> None:
    person = writer()

    refused = person.client.post(
        f"/assessments/{draft.id}/file", data=begin_form(person) | {"accepted": "item,current\nGOV,9\n"}
    )

    assert refused.status_code == 422
    assert said(database, draft) == SAID


def test_who_only_drafts_finds_no_way_to_show_a_part(
    writer: MakeWriter, ministry: Organization, database: Database
) -> None:
    with database.unit_of_work() as session:
        row = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers={"GOV": SAID})

    ways = {
        role: "Show a part" in fetch(writer(role).client, f"/assessments/{row.id}/sharing").text
        for role in ("recipient", "contributor")
    }

    assert ways == {"recipient": True, "contributor": False}


def test_a_part_is_shown_previewed_and_taken_back(
    writer: MakeWriter, ministry: Organization, database: Database
) -> None:
    with database.unit_of_work() as session:
        row = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers={"GOV": SAID})
    focal_point, secretariat = writer(), writer("secretariat")
    address = f"/assessments/{row.id}"
    hidden = secretariat.client.get(address).status_code

    wanted = begin_form(focal_point) | {"scope": "GOV", "visibility": "secretariat", "until_on": ""}
    shared = focal_point.client.post(f"{address}/sharing", data=wanted)
    preview = {
        reader: "No law" in focal_point.client.get(f"{address}/sharing?as={reader}").get_data(as_text=True)
        for reader in ("public", "providers", "secretariat")
    }
    read = secretariat.client.get(f"{address}/sections/GOV").get_data(as_text=True)
    listed = secretariat.client.get("/assessments").get_data(as_text=True)
    page = focal_point.client.get(f"{address}/sharing").get_data(as_text=True)
    (end,) = re.findall(r'action="(/assessments/[^"]+/end)"', page)
    ended = focal_point.client.post(end, data=begin_form(focal_point))

    assert (hidden, shared.status_code, ended.status_code) == (404, 302, 302)
    assert preview == {"public": False, "providers": False, "secretariat": True}
    assert "No law" in read
    assert address in listed
    assert secretariat.client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"visibility": ""}, "Choose who is to see it"),
        ({"scope": "DIP"}, "no such section or item"),
        ({"until_on": "soon"}, "year-month-day"),
        ({"until_on": "2020-01-01"}, "This day has passed"),
    ],
)
def test_a_share_that_cannot_be_is_told(
    writer: MakeWriter, draft: Assessment, typed: dict[str, str], told: str
) -> None:
    person = writer()
    wanted = begin_form(person) | {"scope": "GOV", "visibility": "secretariat"} | typed

    answer = person.client.post(f"/assessments/{draft.id}/sharing", data=wanted)

    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_the_workbook_goes_out_is_filled_in_and_comes_back_through_what_it_would_change(
    writer: MakeWriter, draft: Assessment, database: Database
) -> None:
    person = writer()
    taken_along = person.client.get(f"/assessments/{draft.id}/file?format=xlsx")

    shown = send_file(person, draft, retyped(taken_along.data, "No law", "No money"), "form.xlsx")

    page = shown.answer.get_data(as_text=True)
    assert taken_along.headers["Cache-Control"] == "private, no-store"
    assert "The file changes 1 answer." in page
    assert said(database, draft) == SAID
    person.client.post(f"/assessments/{draft.id}/file", data=begin_form(person) | {"accepted": accepted_text(page)})
    assert said(database, draft) == replace(SAID, gaps="No money")


def test_the_workbook_that_nobody_touched_would_change_nothing(writer: MakeWriter, draft: Assessment) -> None:
    person = writer()

    page = send_file(person, draft, person.client.get(f"/assessments/{draft.id}/file?format=xlsx").data, "form.xlsx")

    assert "nothing would change" in page.answer.get_data(as_text=True)


def test_every_paper_is_a_link_away(writer: MakeWriter, draft: Assessment) -> None:
    client = writer().client
    pages = [
        client.get(address).get_data(as_text=True)
        for address in ("/assessments", f"/assessments/{draft.id}", f"/assessments/{draft.id}/gaps")
    ]

    links = {html.unescape(link) for page in pages for link in re.findall(r'href="(/assessments/[^"]+)"', page)}
    papers = [client.get(link) for link in links if "format=" in link or link.endswith("/report")]

    assert sorted(paper.headers["Content-Disposition"].partition("=")[2].strip('"') for paper in papers) == [
        "tandem-assessment-2026-03-02.csv",
        "tandem-form-2026-03-02.pdf",
        "tandem-form-2026-03-02.xlsx",
        "tandem-form-test.pdf",
        "tandem-form-test.xlsx",
        "tandem-gap-profile-2026-03-02.pdf",
        "tandem-report-2026-03-02.pdf",
    ]
    assert [paper.status_code for paper in papers] == [200] * len(papers)


@pytest.mark.parametrize(
    "address", ["{}/file?format=docx", "{}/gaps?format=xlsx", "forms/test?format=csv"], ids=["file", "gaps", "blank"]
)
def test_a_format_that_there_is_not_is_refused(writer: MakeWriter, draft: Assessment, address: str) -> None:
    assert writer().client.get(f"/assessments/{address.format(draft.id)}").status_code == 422


def retyped(content: bytes, before: str, after: str) -> bytes:
    """Return a workbook in which a text was changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(before.encode(), after.encode()))
    return target.getvalue()


def test_who_writes_a_need_from_a_gap_is_told_that_private_answers_stand_in_it(
    writer: MakeWriter, draft: Assessment
) -> None:
    person = writer()

    from_a_gap = person.client.get(f"/needs/new?assessment={draft.id}&item=GOV").get_data(as_text=True)
    blank = person.client.get("/needs/new").get_data(as_text=True)

    told = "Those answers stay private, but whoever sees the need reads what stands here"
    assert (told in from_a_gap, told in blank) == (True, False)
