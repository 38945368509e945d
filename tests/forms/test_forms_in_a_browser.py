"""The forms in a real browser: with the keyboard alone on a phone, without script, and for who hears a page read aloud."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.accounts.authentication import SESSION_COOKIE
from app.db import Database
from tests.factories import create_offer
from tests.forms.conftest import OpenPage
from tests.forms.writers import stored_needs
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("role", "address"), [("recipient", "/needs/new"), ("provider", "/offers/new")])
def test_a_form_is_accessible_with_and_without_faults(opened: OpenPage, role: str, address: str, language: str) -> None:
    page = opened(role, viewport=PHONE)
    page.goto(f"{address}?lang={language}")
    empty = Axe().run(page)
    page.locator("#title").fill("")
    page.locator("#section-source > summary").click()
    page.locator("#source_url").fill("on paper")
    page.locator("button[type=submit].btn-primary").click()
    page.locator("#title-error").wait_for()

    faulty = Axe().run(page)

    assert empty.response["violations"] == [], empty.generate_report()
    assert faulty.response["violations"] == [], faulty.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_need_is_written_with_the_keyboard_alone_on_a_phone(opened: OpenPage, database: Database) -> None:
    page = opened(viewport=PHONE)
    page.goto("/needs/new")

    def go_to(element_id: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == element_id:
                return
        raise AssertionError(f"No key leads to {element_id}.")

    go_to("title")
    page.keyboard.type("Training for our responders")
    go_to("areas")
    page.keyboard.type("Area IRC")
    go_to("description")
    page.keyboard.type("Nobody is trained.")
    go_to("open-how")
    page.keyboard.press("Enter")
    go_to("modes-training")
    page.keyboard.press("Space")
    go_to("visibility")
    page.keyboard.press("ArrowDown")
    go_to("open-providers")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="The need is saved").wait_for()

    (need,) = stored_needs(database)
    assert (need.title, need.description) == ("Training for our responders", "Nobody is trained.")
    assert (need.area_codes, need.mode_codes) == (("IRC",), ("training",))
    assert need.visibility == "secretariat"


def test_the_summary_of_faults_has_the_focus_and_leads_to_the_field(opened: OpenPage) -> None:
    page = opened(viewport=PHONE)
    page.goto("/needs/new")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").wait_for()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "title"


def test_without_script_a_need_is_checked_corrected_and_stored(opened: OpenPage, database: Database) -> None:
    page = opened(java_script_enabled=False)
    page.goto("/needs/new")

    page.get_by_label("Title").fill("Training for our responders")
    page.get_by_role("button", name="Check").click()
    checked, address = page.locator("#beside").inner_text(), page.url
    page.locator("#open-source").click()
    page.get_by_label("Published at").fill("on paper")
    page.get_by_role("button", name="Save").click()
    refused = page.get_by_role("alert").inner_text()
    page.get_by_label("Published at").fill("")
    page.get_by_role("button", name="Save").click()

    assert "of 9 checks are met" in checked
    assert address.endswith("#beside")
    assert "Published at" in refused
    assert page.get_by_role("heading", level=1).inner_text() == "The draft is saved"
    assert [need.title for need in stored_needs(database)] == ["Training for our responders"]


def test_what_few_need_is_folded_away_until_the_coach_leads_there(opened: OpenPage) -> None:
    page = opened(viewport=PHONE)
    page.goto("/needs/new")
    shown = page.locator("#record :is(input, select, textarea):visible").evaluate_all("all => all.map(one => one.name)")
    page.locator("#title").press_sequentially("Training for our responders")
    page.locator("#beside").get_by_role("link", name="Outcome").click()

    assert list(dict.fromkeys(shown)) == ["title", "areas", "description", "audience", "latest_on", "visibility"]
    assert page.locator("#outcome").is_visible()
    assert page.locator("#source_url").is_hidden()


def test_the_coach_follows_what_is_typed(opened: OpenPage, database: Database) -> None:
    with database.unit_of_work() as session:
        create_offer(session)
    page = opened(viewport={"width": 1280, "height": 900})
    page.goto("/needs/new")

    page.locator("#title").press_sequentially("Training for our responders")
    page.get_by_text("of 9 checks are met").wait_for()
    first = page.locator("#beside").inner_text()
    page.locator("#latest_on").fill("2099-12-31")
    page.get_by_text("It does not say by when help is needed.").wait_for(state="detached")

    assert "It does not say by when help is needed." in first
    assert page.locator("#title").input_value() == "Training for our responders"
    assert stored_needs(database) == []


def test_who_is_logged_out_while_writing_is_told_at_once_and_loses_nothing(opened: OpenPage) -> None:
    page = opened()
    page.goto("/needs/new")
    page.context.clear_cookies(name=SESSION_COOKIE)

    page.locator("#title").press_sequentially("Training for our responders")
    page.locator("#beside").get_by_text("You are not logged in any more").wait_for()

    assert page.locator("#title").input_value() == "Training for our responders"


def test_what_a_script_brings_in_is_accessible_too(opened: OpenPage) -> None:
    page = opened()
    page.goto("/needs/new")
    page.locator("#title").fill("Training for our responders")
    page.get_by_text("of 9 checks are met").wait_for()

    found = Axe().run(page)

    assert found.response["violations"] == [], found.generate_report()
