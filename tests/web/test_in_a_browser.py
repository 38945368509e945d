"""The pages in a real browser: accessible, narrow enough for a phone, mirrored, and usable without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.browser import PHONE, in_language
from tests.web.site import Site

pytestmark = pytest.mark.browser

PAGES = (
    "home",
    "about the data",
    "areas",
    "area",
    "states",
    "state",
    "needs",
    "served need",
    "unmet need",
    "advice",
    "offers",
    "offer",
    "runs",
    "run",
    "comparison",
    "joint need",
    "no such page",
)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(browser_page: Page, site: Site, name: str, language: str) -> None:
    browser_page.goto(in_language(site.addresses[name], language))

    found = Axe().run(browser_page)

    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(browser_page: Page, site: Site, name: str, language: str) -> None:
    browser_page.set_viewport_size(PHONE)

    browser_page.goto(in_language(site.addresses[name], language))

    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_page_is_accessible_on_a_phone(browser_page: Page, site: Site) -> None:
    browser_page.set_viewport_size(PHONE)
    browser_page.goto(site.addresses["served need"])

    found = Axe().run(browser_page)

    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize(("language", "side"), [("en", "right"), ("ar", "left")])
def test_the_dot_of_a_list_stands_behind_each_item(browser_page: Page, site: Site, language: str, side: str) -> None:
    """In Arabic it stood before the first one, and the next followed without a space."""
    browser_page.goto(in_language(site.addresses["home"], language))

    left, right = browser_page.evaluate(
        """() => {
            const list = '<ul class="words"><li><bdi>Fiji</bdi></li><li><bdi>Kenya</bdi></li></ul>';
            document.querySelector("main").insertAdjacentHTML("beforeend", list);
            const item = document.querySelector(".words li").getBoundingClientRect();
            const words = document.querySelector(".words bdi").getBoundingClientRect();
            return [words.left - item.left, item.right - words.right];
        }"""
    )

    assert (left > 4, right > 4) == (side == "left", side == "right")


def test_choosing_a_filter_narrows_the_list_at_once_and_stays_in_the_address(browser_page: Page, site: Site) -> None:
    browser_page.goto("/needs")

    browser_page.get_by_label("Mode of support").select_option("exercise")
    browser_page.get_by_text("30 needs").wait_for()

    assert "mode=exercise" in browser_page.url


def test_the_advice_on_a_need_comes_into_its_page(browser_page: Page, site: Site) -> None:
    browser_page.goto(site.addresses["unmet need"])

    browser_page.get_by_role("link", name="Nine checks").click()
    browser_page.get_by_text("What would help most now:").wait_for()

    assert browser_page.url.endswith(site.addresses["unmet need"])
    assert browser_page.get_by_role("heading", name="Owner and focal point").count() == 1


def test_the_filters_work_without_script(browser: Browser, served_at: str, site: Site) -> None:
    context = browser.new_context(base_url=served_at, java_script_enabled=False)
    page = context.new_page()
    page.goto("/needs")

    page.get_by_label("Words in title or description").fill("law")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Drafting a law").click()

    assert "What would change it" in page.inner_text("main")
    context.close()


def test_the_content_is_one_key_away(browser_page: Page, site: Site) -> None:
    browser_page.goto("/needs")

    browser_page.keyboard.press("Tab")
    browser_page.keyboard.press("Enter")

    assert browser_page.evaluate("document.activeElement.id") == "main"
