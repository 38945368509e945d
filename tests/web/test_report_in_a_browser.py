"""The report of a run in a real browser: it is made without the site and read away from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from matching.report import render_report
from matching.vocabulary import Visibility
from tests.matching.report_factory import (
    make_match,
    make_need,
    make_offer,
    make_reference,
    make_result,
    make_tandem,
    make_unmet,
)
from tests.support.browser import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def report_page(browser: Browser) -> Iterator[Page]:
    """A report with a bit of everything, opened as a file would be."""
    needs = [make_need("need-1"), make_need("need-2"), make_need("need-3", visibility=Visibility.SECRETARIAT)]
    offers = [make_offer("offer-1"), make_offer("offer-2")]
    matches = [make_match("need-1"), make_match("need-1", "offer-2", rank=2, score=0.4, is_allocated=False)]
    unmet = [make_unmet("need-2"), make_unmet("need-3")]
    result = make_result(needs=needs, offers=offers, matches=matches, unmet=unmet, tandems=[make_tandem()])
    html = render_report(result, make_reference(), inputs=(("needs.csv", "0" * 64), ("offers.csv", "1" * 64)))
    page = browser.new_page()
    page.set_content(html)
    yield page
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_report_is_accessible(report_page: Page, width: int) -> None:
    report_page.set_viewport_size({"width": width, "height": 900})

    found = Axe().run(report_page)

    assert found.response["violations"] == [], found.generate_report()


def test_the_report_fits_a_phone(report_page: Page) -> None:
    report_page.set_viewport_size(PHONE)

    assert report_page.evaluate("document.documentElement.scrollWidth") <= 320


def test_no_caption_of_the_report_is_squeezed_on_a_phone(report_page: Page) -> None:
    """The caption of the digests once stood one letter a line: its table was laid out as blocks, the caption not."""
    report_page.set_viewport_size(PHONE)

    widths = report_page.evaluate(
        "[...document.querySelectorAll('caption')].map(caption => caption.getBoundingClientRect().width)"
    )

    assert widths
    assert min(widths) > 200


def test_the_report_is_printed_without_what_only_a_screen_can_use(report_page: Page) -> None:
    report_page.emulate_media(media="print")

    assert not report_page.locator("nav").is_visible()
    assert report_page.get_by_role("heading", name="Allocated pairs").is_visible()
