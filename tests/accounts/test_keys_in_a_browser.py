"""Security keys in a real browser, with an authenticator that the browser plays itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from app.accounts.key_models import SecurityKey
from app.db import Database
from tests.factories.accounts import create_user
from tests.support.application import serving
from tests.support.people import PASSWORD, with_password

pytestmark = pytest.mark.browser

EMAIL = "focal-point@example.org"
KEYS = "/account/security-keys"
PASSKEY_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
TOUCH_DEVICE = {"protocol": "u2f", "transport": "usb"}
CANCELS = "navigator.credentials.{0} = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
HAS_NO_KEYS = "delete window.PublicKeyCredential"


@pytest.fixture
def served_at(app: Flask) -> Iterator[str]:
    """The address of the service; browsers let keys answer at this name without TLS."""
    with serving(app, name="localhost") as address:
        yield address


@pytest.fixture
def context(browser: Browser, served_at: str, database: Database) -> Iterator[BrowserContext]:
    """The browser of a focal point, who has a password."""
    with database.unit_of_work() as session:
        with_password(session, create_user(session, email=EMAIL))
    context = browser.new_context(base_url=served_at, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A window; what the browser complains about fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    # The browser notes the status of a wrong password, which is what was asked for.
    assert [complaint for complaint in complaints if "422" not in complaint] == []


def plug_in(page: Page, device: dict[str, object]) -> None:
    """Give the browser an authenticator."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {**device, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def show_password(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add(page: Page, *, name: str, password: str = PASSWORD) -> None:
    page.goto(KEYS)
    page.get_by_label("What you call it").fill(name)
    page.get_by_label("Present password").fill(password)
    page.get_by_role("button", name="Add the key").click()


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").first.click()


def test_a_passkey_is_added_and_logs_in_beside_and_without_the_password(page: Page) -> None:
    plug_in(page, PASSKEY_DEVICE)
    show_password(page)
    add(page, name="This computer", password="not my password")
    expect(page.get_by_role("status")).to_have_text("This is not your present password.")

    add(page, name="This computer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    log_out(page)
    show_password(page)
    page.get_by_role("button", name="Use the key").click()
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    log_out(page)
    page.goto("/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("link", name="Account")).to_be_visible()

    page.goto(KEYS)
    expect(page.get_by_role("row", name="This computer")).not_to_contain_text("never")


def test_an_old_key_that_is_only_touched_takes_the_place_of_a_code(page: Page) -> None:
    plug_in(page, TOUCH_DEVICE)
    show_password(page)
    add(page, name="Old one")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    log_out(page)

    show_password(page)
    page.get_by_role("button", name="Use the key").click()

    expect(page.get_by_role("link", name="Account")).to_be_visible()


def test_the_same_key_is_not_added_twice(page: Page) -> None:
    plug_in(page, PASSKEY_DEVICE)
    show_password(page)
    add(page, name="This computer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")

    add(page, name="The same again")

    expect(page.get_by_role("status")).to_have_text("This key is among yours already.")


def test_whoever_cancels_is_told_so_and_may_try_again(page: Page) -> None:
    page.add_init_script(CANCELS.format("create"))
    show_password(page)

    add(page, name="Not today")

    expect(page.get_by_role("status")).to_contain_text("it was cancelled or took too long")
    expect(page.get_by_role("button", name="Add the key")).to_be_enabled()


def test_a_browser_without_keys_says_so(page: Page) -> None:
    page.add_init_script(HAS_NO_KEYS)
    page.goto("/login")
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    show_password(page)

    page.goto(KEYS)

    expect(page.get_by_role("status")).to_have_text("This browser cannot use security keys here.")
    expect(page.get_by_role("button", name="Add the key")).to_be_disabled()


def test_without_script_the_page_names_the_other_way(browser: Browser, context: BrowserContext, served_at: str) -> None:
    plain = browser.new_context(base_url=served_at, java_script_enabled=False)
    page = plain.new_page()
    show_password(page)
    page.goto(KEYS)

    expect(page.get_by_text("Adding a key needs JavaScript.")).to_be_visible()
    page.get_by_role("link", name="Set up an authenticator app").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    plain.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_are_accessible_and_fit_a_phone(page: Page, database: Database, language: str) -> None:
    """Those of the account, of removing a key, and the ones to log in, with the forms that the script shows."""
    plug_in(page, PASSKEY_DEVICE)
    show_password(page)
    add(page, name="The blue one with the scratch, from the drawer at home")
    page.get_by_role("link", name="I have kept them").wait_for()
    with database.reading() as session:
        key_id = session.scalars(select(SecurityKey.id)).one()
    page.goto(f"/account?lang={language}")
    for address in ("/account", KEYS, f"{KEYS}/{key_id}/removal", "/account/second-factor"):
        check(page, address)
    page.locator("form[action='/login/end'] button").click()
    check(page, "/login")
    page.locator("#email").fill(EMAIL)
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/login'] button").click()
    page.locator("#code").wait_for()
    check(page, "/login/second-factor")


def check(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)

    found = Axe().run(page)
    page.set_viewport_size({"width": 320, "height": 640})

    assert page.url.endswith(address)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
