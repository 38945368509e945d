"""Whoever walks through the pages: by the keyboard of a real browser, with script or without, or by the pages alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from tests.factories import create_organization
from tests.factories.accounts import create_login, create_user
from tests.support.application import database_of
from tests.support.browser import PHONE
from tests.support.controls import sent
from tests.web.inspection import words

MOST_KEYS: Final = 600  # to come to anything on a page
MOST_CHOICES: Final = 120  # of one list
FOCUSED: Final = """() => {
    const element = document.activeElement;
    const item = element.closest('[data-item]');
    return {
        kind: element.tagName, type: element.type || '', name: element.name || '', value: element.value || '',
        words: ['A', 'BUTTON'].includes(element.tagName) ? element.textContent.replace(/\\s+/g, ' ').trim() : '',
        item: item ? item.dataset.item : '', isOpen: Boolean(element.closest('details[open]')),
        isOn: Boolean(element.checked),
    };
}"""

Focused = dict[str, Any]


def cookie_of(app: Flask, role: str, organization: str) -> str:
    """Return the cookie of somebody of a role who is logged in."""
    with database_of(app).unit_of_work() as session:
        user = create_user(session, role, organization=create_organization(session, organization))
        return create_login(session, user)


class Visitor(Protocol):
    """Somebody who reads pages, follows links, fills in fields by their names, and presses buttons."""

    def go(self, address: str) -> None:
        """Open an address."""

    def follow(self, link: str) -> None:
        """Follow the link of that text."""

    def unfold(self, item: str) -> None:
        """Open the answer to an item of a questionnaire."""

    def fill(self, name: str, text: str) -> None:
        """Put a text in the place of the one that stands in a field."""

    def pick(self, name: str, value: str) -> None:
        """Choose one value of a list or of a group."""

    def press(self, button: str) -> None:
        """Press the button of that text, and wait for what comes."""

    def save_over_a_failing_line(self, button: str, name: str, text: str) -> None:
        """Fill in a field and save it, while the line is down at first."""

    def ask_the_coach(self) -> None:
        """Wait until what stands beside the form is about what was typed, or ask for that."""

    @property
    def words(self) -> str:
        """All that the page says."""

    @property
    def values(self) -> str:
        """All that stands in the fields of the page."""


@dataclass(kw_only=True)
class Reader:
    """Somebody without a screen or a script: knows the pages by what the server sends."""

    client: FlaskClient
    address: str = "/"
    _typed: dict[str, list[str]] = field(default_factory=dict)
    _answer: TestResponse | None = None

    def go(self, address: str) -> None:
        self._show(self.client.get(urlsplit(address)._replace(scheme="", netloc="").geturl(), follow_redirects=True))

    def follow(self, link: str) -> None:
        targets = {urljoin(self.address, one.get("href", "")) for one in self._tree.iter("a") if words(one) == link}
        assert len(targets) == 1, f"{link}: {targets or words(self._tree)}"
        self.go(targets.pop())

    def unfold(self, item: str) -> None:
        """Do nothing: what is folded is sent all the same."""

    def fill(self, name: str, text: str) -> None:
        assert name in self._names(), f"{name} is not on {self.address}"
        self._typed[name] = [text]

    def pick(self, name: str, value: str) -> None:
        offered = {control.get("value") for control in self._tree.iter() if control.get("name") == name}
        offered |= {
            option.get("value")
            for control in self._tree.iter("select")
            if control.get("name") == name
            for option in control.iter("option")
        }
        assert value in offered, f"{name} offers {offered}"
        self._typed[name] = [value]

    def press(self, button: str) -> None:
        self._show(self._send(button))

    def save_over_a_failing_line(self, button: str, name: str, text: str) -> None:
        self.fill(name, text)
        # It arrives, and the answer is lost on its way back: whoever waits in vain presses again.
        self._send(button).close()
        self._show(self._send(button))

    def ask_the_coach(self) -> None:
        self.press("Check")

    @property
    def words(self) -> str:
        return words(self._tree)

    @property
    def values(self) -> str:
        return "\n".join(value for control in self._tree.iter() for value in sent(control))

    @property
    def _tree(self) -> Element:
        assert self._answer is not None
        tree: Element = html5lib.parse(self._answer.get_data(as_text=True), namespaceHTMLElements=False)
        return tree

    def _names(self) -> set[str]:
        return {control.get("name", "") for control in self._tree.iter()}

    def _send(self, button: str) -> TestResponse:
        ((form, pressed),) = [
            (form, control)
            for form in self._tree.iter("form")
            for control in form.iter("button")
            if words(control) == button and self._typed.keys() <= {one.get("name", "") for one in form.iter()}
        ]
        told: dict[str, list[str]] = {}
        for control in form.iter():
            for value in sent(control):
                told.setdefault(control.get("name", ""), []).append(value)
        told |= self._typed
        if pressed.get("name"):
            told[pressed.get("name", "")] = [pressed.get("value", "")]
        target = urljoin(self.address, pressed.get("formaction") or form.get("action") or self.address)
        if form.get("method") == "post":
            return self.client.post(target, data=told, follow_redirects=True)
        return self.client.get(target, query_string=told, follow_redirects=True)

    def _show(self, answer: TestResponse) -> None:
        assert answer.status_code == 200, (answer.request.path, answer.status_code, answer.get_data(as_text=True))
        self._answer, self._typed = answer, {}
        self.address = answer.request.full_path.rstrip("?")


@dataclass(kw_only=True)
class Keyboard:
    """Somebody at a real browser who has no mouse, with or without script."""

    page: Page
    has_script: bool
    too_wide: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        self.page.goto(address)
        self._look()

    def follow(self, link: str) -> None:
        self._tab_to(lambda one: one["kind"] == "A" and one["words"] == link, link)
        self._enter()

    def unfold(self, item: str) -> None:
        focused = self._tab_to(lambda one: one["kind"] == "SUMMARY" and one["item"] == item, item)
        if not focused["isOpen"]:
            self.page.keyboard.press("Enter")

    def fill(self, name: str, text: str) -> None:
        self._tab_to(lambda one: one["name"] == name, name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, name: str, value: str) -> None:
        focused = self._tab_to(
            lambda one: one["name"] == name and (one["type"] != "checkbox" or one["value"] == value), name
        )
        if focused["type"] == "checkbox":
            self.page.keyboard.press("Space")
            return
        if focused["kind"] == "SELECT":
            self.page.keyboard.press("Home")
        for _ in range(MOST_CHOICES):
            focused = self.page.evaluate(FOCUSED)
            if focused["value"] == value and (focused["isOn"] or focused["kind"] == "SELECT"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} does not offer {value}.")

    def press(self, button: str) -> None:
        self._tab_to(lambda one: one["kind"] == "BUTTON" and one["words"] == button, button)
        self._enter()

    def save_over_a_failing_line(self, button: str, name: str, text: str) -> None:
        self.page.context.set_offline(offline=True)
        self.fill(name, text)
        if self.has_script:
            self.page.get_by_text("No connection").wait_for()
            self.page.context.set_offline(offline=False)
            self.page.get_by_text("Saved at").wait_for()
            self.press(button)
            return
        self._tab_to(lambda one: one["kind"] == "BUTTON" and one["words"] == button, button)
        with self.page.expect_event("framenavigated"):
            self.page.keyboard.press("Enter")
        self.page.context.set_offline(offline=False)
        # The key that every browser has for it: what was written is sent once more.
        self.page.reload()
        self._look()

    def ask_the_coach(self) -> None:
        if not self.has_script:
            self.press("Check")
            return
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.get_by_text("of 9 checks are met").wait_for()
        self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    @property
    def values(self) -> str:
        told: list[str] = self.page.eval_on_selector_all("input, textarea, select", "all => all.map(one => one.value)")
        return "\n".join(told)

    def _tab_to(self, is_meant: Callable[[Focused], bool], name: str) -> Focused:
        for _ in range(MOST_KEYS):
            focused: Focused = self.page.evaluate(FOCUSED)
            if is_meant(focused):
                return focused
            self.page.keyboard.press("Tab")
        raise AssertionError(f"No key leads to {name} on {self.page.url}: {self.words}")

    def _enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self._look()

    def _look(self) -> None:
        """Note a page that has to be moved aside to be read."""
        if self.page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            self.too_wide.append(self.page.url)
