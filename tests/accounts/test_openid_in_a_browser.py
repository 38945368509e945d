"""Logging in elsewhere with a real browser: it lets the way there and back pass, and the pages are for everybody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.db import Database
from app.openid_settings import OpenIdSettings
from tests.factories.accounts import create_link, create_user
from tests.support.application import serving
from tests.support.browser import PHONE
from tests.support.openid import OpenIdProvider, settings_for
from tests.support.people import PASSWORD, with_password

pytestmark = pytest.mark.browser


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One database: the browser is what is tried here."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"


@pytest.fixture
def openid(provider: OpenIdProvider) -> OpenIdSettings:
    """The settings for logging in with the provider."""
    return settings_for(provider)


@pytest.fixture
def page(app: Flask, provider: OpenIdProvider, browser: Browser) -> Iterator[Page]:
    """A window as wide as a phone, at the service as it is served; what the browser complains about fails the test."""
    with serving(app, name="localhost") as address:
        provider.callback = f"{address}/login/openid/callback"
        context = browser.new_context(base_url=address, viewport=PHONE)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        yield page
        context.close()
    # The browser notes the status of an error page, which is what was asked for.
    assert [complaint for complaint in complaints if "401" not in complaint] == []


def check(page: Page) -> None:
    """Check that the page that is shown is accessible and fits."""
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", ["en", "ar"])
def test_somebody_links_who_they_are_and_logs_in_with_it(page: Page, database: Database, language: str) -> None:
    with database.unit_of_work() as session:
        email = with_password(session, create_user(session, "contributor")).email
    elsewhere = "Log in with The Provider"

    page.goto(f"/login?lang={language}")
    check(page)
    page.get_by_role("link", name=elsewhere).click()
    expect(page.get_by_role("alert")).to_contain_text("No account here is linked")
    check(page)

    page.goto("/login?next=/account")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("link", name="Link who you are at The Provider").click()
    check(page)
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Link it to this account").click()
    expect(page.get_by_role("rowheader", name="somebody@provider.example")).to_be_visible()
    check(page)

    page.get_by_role("banner").get_by_role("button", name="Log out").click()
    page.goto("/login?next=/account")
    page.get_by_role("link", name=elsewhere).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_somebody_who_is_invited_needs_no_password(page: Page, database: Database) -> None:
    with database.unit_of_work() as session:
        invitation = f"/invitations/{create_link(session, create_user(session, 'contributor'))}"

    page.goto(invitation)
    check(page)
    page.get_by_role("link", name="Log in with The Provider").click()
    page.get_by_role("button", name="Link it to this account").click()
    page.goto("/account")

    expect(page.get_by_text("Without a password.")).to_be_visible()
