"""A section in a real browser: it saves itself, survives a lost line, an ended session and somebody else at the same item."""

from __future__ import annotations

import time
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.actor import SYSTEM
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.models import Assessment
from app.db import Database
from tests.factories import create_assessment, create_incident, create_organization, create_share
from tests.forms.conftest import OpenPage
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser

PATIENCE_SECONDS = 30
SAID = AnswerContent(current=1, target=3, gaps="No law")
GAPS = "textarea[name='GOV.gaps']"


@pytest.fixture
def draft(database: Database) -> Assessment:
    """A draft of the assessment of a State."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry")
        assessment = create_assessment(session, organization=ministry, answers={"GOV": SAID})
        create_share(session, assessment, until_on=date(2099, 12, 31))
        return assessment


def said(database: Database, draft: Assessment) -> AnswerContent:
    """Return what is stored of the item GOV."""
    with database.reading() as session:
        return queries.answers_of(session, SYSTEM, draft).get("GOV", EMPTY)


def section(draft: Assessment) -> str:
    return f"/assessments/{draft.id}/sections/GOV"


def test_what_is_typed_is_saved_by_itself(opened: OpenPage, draft: Assessment, database: Database) -> None:
    page = opened()
    page.goto(section(draft))

    page.locator(GAPS).fill("No strategy")
    page.check("input[name='GOV.target'][value='5']")
    page.get_by_text("Saved at").wait_for()

    assert said(database, draft) == AnswerContent(current=1, target=5, gaps="No strategy")


def test_a_lost_line_loses_nothing_though_the_page_is_opened_anew(
    opened: OpenPage, draft: Assessment, database: Database
) -> None:
    page = opened()
    page.goto(section(draft))
    page.context.set_offline(offline=True)
    page.locator(GAPS).fill("Written without a line")
    page.get_by_text("No connection").wait_for()
    before = said(database, draft)

    # Which of the two pages saves it is a matter of moments: the one that is left, or the one that is opened anew.
    page.goto("about:blank")
    page.context.set_offline(offline=False)
    page.goto(section(draft))
    expect(page.locator(GAPS)).to_have_value("Written without a line")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (stored := said(database, draft)) == before and time.monotonic() < deadline:
        page.wait_for_timeout(100)

    assert before == SAID
    assert stored.gaps == "Written without a line"


def test_a_session_that_ended_loses_nothing(opened: OpenPage, draft: Assessment, database: Database) -> None:
    page = opened()
    page.goto(section(draft))
    cookies = page.context.cookies()
    page.context.clear_cookies(name="tandem_session")

    page.locator(GAPS).fill("Written for hours")
    page.get_by_text("You are not logged in any more").wait_for()
    page.context.add_cookies(cookies)
    page.goto(section(draft))
    page.get_by_text("Saved at").wait_for()

    assert said(database, draft).gaps == "Written for hours"


@pytest.mark.parametrize(("button", "stays"), [("Keep mine", "Mine"), ("Take theirs", "Theirs")])
def test_two_at_one_item_settle_it_on_the_page(
    opened: OpenPage, draft: Assessment, database: Database, button: str, stays: str
) -> None:
    mine, theirs = opened(), opened("contributor")
    mine.goto(section(draft))
    theirs.goto(section(draft))
    theirs.locator(GAPS).fill("Theirs")
    theirs.get_by_text("Saved at").wait_for()

    mine.locator(GAPS).fill("Mine")
    mine.get_by_text("Somebody else wrote here meanwhile").wait_for()
    unsettled = said(database, draft).gaps
    mine.get_by_role("button", name=button).click()
    mine.get_by_text("Saved at").wait_for()

    assert unsettled == "Theirs"
    assert said(database, draft).gaps == stays


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("page_name", ["", "/gaps", "/sections/GOV", "/sections/NORMS", "/sharing?as=secretariat"])
def test_the_pages_are_accessible_and_fit_a_phone(
    opened: OpenPage, draft: Assessment, page_name: str, language: str
) -> None:
    page = opened(viewport=PHONE)
    page.goto(f"/assessments/{draft.id}{page_name}{'&' if '?' in page_name else '?'}lang={language}")

    found = Axe().run(page)

    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("address", ["/assessments", "/incidents", "/incidents/ransomware"])
def test_so_are_the_lists(opened: OpenPage, draft: Assessment, database: Database, address: str, language: str) -> None:
    with database.unit_of_work() as session:
        create_incident(session)
    page = opened(viewport=PHONE)
    page.goto(f"{address}?lang={language}")

    found = Axe().run(page)

    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_is_answered_without_script(opened: OpenPage, draft: Assessment, database: Database) -> None:
    page = opened(java_script_enabled=False, viewport=PHONE)
    page.goto(section(draft))

    page.locator(GAPS).fill("No strategy")
    page.get_by_role("button", name="Save", exact=True).click()

    assert page.get_by_role("status").first.inner_text() == "Saved. See the gaps that come of it"
    assert said(database, draft).gaps == "No strategy"
