"""Whoever comes over a slow line: every page that the others lead to, with all that it needs, is small enough to wait for.

The service is as full as it is shown: reference data, public statements, a run, and a State that answered everything twice.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.accounts.authentication import SESSION_COOKIE
from app.actor import SYSTEM
from app.assessments import queries as assessments
from app.assessments.answers import AnswerContent
from app.assessments.models import AssessmentState
from app.assessments.questionnaires import HIGHEST_STATUS, ItemKind
from app.assessments.services import begin_assessment
from app.matches.sample import load_sample
from app.matches.services import RunOrder, run_match
from app.organizations.models import OrganizationKind
from tests.factories import create_need, create_offer, create_organization, create_state
from tests.factories.assessments import create_answer
from tests.story.visitors import cookie_of
from tests.support.application import database_of, served, serving
from tests.support.browser import PHONE, in_language

MOST_BYTES: Final = 100_000  # on the wire, of a page and of what it loads by itself
PAGES_A_ROUTE: Final = 2
PEOPLE: Final = {
    "recipient": "ministry",
    "contributor": "ministry",
    "provider": "centre",
    "secretariat": "desk",
    "analyst": "desk",
    "administrator": "desk",
}
ROLES: Final = (*PEOPLE, "")
# A report and the files of a run are read in a browser by tests of their own.
REPORTS: Final = ("/match-runs/<uuid:run_id>/report", "/match-runs/<uuid:run_id>/files")
WIDE: Final[ViewportSize] = {"width": 1280, "height": 800}
A_DAY: Final = date(2026, 3, 2)
A_PARAGRAPH: Final = "Three ministries share the work, and none of them has the means to do it at night. " * 4


@dataclass(kw_only=True)
class Crawl:
    """A walk over every link of the pages, a few addresses of each kind."""

    app: Flask
    client: FlaskClient
    weights: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    address_by_route: dict[str, str] = field(default_factory=dict)
    _assets: dict[str, int] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _n_by_route: Counter[str] = field(default_factory=Counter)

    def walk(self, start: str = "/") -> None:
        waiting = [start]
        while waiting:
            address = waiting.pop(0)
            waiting += [one for one in self._look(address) if self._is_new(one)]

    def _is_new(self, address: str) -> bool:
        """Return whether a page is still to be looked at: of those of a kind with the same question a few are enough."""
        parts = urlsplit(address)
        asked = sorted(pair.partition("=")[0] for pair in parts.query.split("&"))
        if {"format", "lang"} & {*asked} or parts.scheme or address in self._seen:
            return False
        try:
            rule, _ = self.app.url_map.bind("localhost").match(parts.path, return_rule=True)
        except HTTPException:
            self.broken.append(address)
            return False
        kind = f"{rule.rule} {asked}"
        if rule.endpoint == "static" or rule.rule.startswith("/api/") or self._n_by_route[kind] >= PAGES_A_ROUTE:
            return False
        self._seen.add(address)
        self.address_by_route.setdefault(rule.rule, address)
        self._n_by_route[kind] += 1
        return True

    def _look(self, address: str) -> Iterator[str]:
        answer = self.client.get(address, headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
        if answer.status_code != 200:
            self.broken.append(f"{address}: {answer.status_code}")
        if answer.mimetype != "text/html":
            return
        sent = answer.get_data()
        is_small = answer.headers.get("Content-Encoding") == "gzip"
        tree = html5lib.parse((gzip.decompress(sent) if is_small else sent).decode(), namespaceHTMLElements=False)
        self.weights[address] = len(sent) + sum(map(self._weight_of, {*_loaded_by(tree)}))
        for link in tree.iter("a"):
            yield urljoin(address, link.get("href", "")).partition("#")[0]

    def _weight_of(self, asset: str) -> int:
        if asset not in self._assets:
            with self.client.get(asset, headers={"Accept-Encoding": "gzip"}) as answer:
                assert answer.status_code == 200, asset
                self._assets[asset] = len(answer.get_data())
        return self._assets[asset]


def _loaded_by(tree: Element) -> Iterator[str]:
    """Yield what a browser loads with a page."""
    yield from (one.get("href", "") for one in tree.iter("link") if one.get("rel") in ("stylesheet", "icon"))
    yield from (one.get("src", "") for kind in ("script", "img") for one in tree.iter(kind) if _is_file(one.get("src")))


def _is_file(source: str | None) -> bool:
    return source is not None and not source.startswith("data:")


@pytest.fixture(scope="module")
def app(loaded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service with as much in it as a busy year leaves."""
    path = tmp_path_factory.mktemp("busy") / "tandem.sqlite3"
    path.write_bytes(loaded_sqlite.read_bytes())
    with served(f"sqlite:///{path}") as app:
        with database_of(app).unit_of_work() as session:
            create_state(session, "XAA", name_en="Aland")
            create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code="XAA", name="Ministry")
            create_organization(session, "centre", kind=OrganizationKind.PROVIDER, name="Centre")
            load_sample(session, SYSTEM)
            _answer_everything_twice(session)
            create_need(session, organization=create_organization(session, "ministry"), areas=("IRC",))
            create_offer(session, organization=create_organization(session, "centre"), areas=("IRC",))
        with database_of(app).unit_of_work() as session:
            run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
        yield app


def _answer_everything_twice(session: Session) -> None:
    questionnaire = assessments.newest_questionnaire(session, SYSTEM)
    first = begin_assessment(session, SYSTEM, "ministry", as_of_on=A_DAY)
    for item in questionnaire.items:
        stages = {"current": 1, "target": 4} if item.kind is ItemKind.MATURITY else {"status": HIGHEST_STATUS}
        texts = {"in_place": A_PARAGRAPH, "obstacles": A_PARAGRAPH, "gaps": A_PARAGRAPH}
        create_answer(session, first, item.code, AnswerContent(**stages, **texts))
    first.state = AssessmentState.SUBMITTED
    session.flush()
    begin_assessment(session, SYSTEM, "ministry")


@pytest.fixture(scope="module")
def walks(app: Flask) -> Mapping[str, Crawl]:
    """What there is to see for somebody of each role, and without an account."""
    found = {role: Crawl(app=app, client=a_client(app, role) if role else app.test_client()) for role in ROLES}
    for crawl in found.values():
        crawl.walk()
    return found


def a_client(app: Flask, role: str) -> FlaskClient:
    """Return the browser of somebody of a role."""
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, cookie_of(app, role, PEOPLE[role]))
    return client


def test_a_need_that_comes_of_a_gap_is_sent_small_unless_anything_else_is_asked(app: Flask) -> None:
    """What somebody could choose freely, and see how small the page gets with it, would tell letter by letter what stands there."""
    client = a_client(app, "recipient")
    with database_of(app).reading() as session:
        (first, _) = assessments.iter_rows(session, SYSTEM)
        address = f"/needs/new?assessment={first.id}&item=GOV"

    sent = [
        client.get(asked, headers={"Accept-Encoding": "gzip"}).headers.get("Content-Encoding")
        for asked in (address, f"{address}&lang=fr", f"{address}&x=csrf_token", address.replace("item=", "item=%20"))
    ]

    assert sent == ["gzip", None, None, None]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_small_and_no_link_leads_nowhere(walks: Mapping[str, Crawl], role: str) -> None:
    crawl = walks[role]

    assert crawl.broken == []
    assert {address: weight for address, weight in crawl.weights.items() if weight > MOST_BYTES} == {}
    assert len(crawl.weights) > 40


@pytest.mark.browser
@pytest.mark.parametrize("role", ROLES)
def test_every_page_can_be_read_by_everybody_and_on_a_phone(
    app: Flask, walks: Mapping[str, Crawl], browser: Browser, role: str
) -> None:
    """Of the pages of a kind one is looked at, by the first who comes to it: wide, and narrow from right to left."""
    crawl = walks[role]
    before = {route for one in ROLES[: ROLES.index(role)] for route in walks[one].address_by_route}
    wrong: dict[str, list[str]] = {}
    with serving(app) as home:
        context = browser.new_context(base_url=home)
        if cookie := crawl.client.get_cookie(SESSION_COOKIE):
            context.add_cookies([{"name": SESSION_COOKIE, "value": cookie.value, "url": home}])
        page = context.new_page()
        for route, address in crawl.address_by_route.items():
            if address in crawl.weights and route not in before and not route.startswith(REPORTS):
                wrong[address] = [*_wrong_with(page, address, "en", WIDE), *_wrong_with(page, address, "ar", PHONE)]
        context.close()

    assert {address: found for address, found in wrong.items() if found} == {}


def _wrong_with(page: Page, address: str, language: str, size: ViewportSize) -> Iterator[str]:
    page.set_viewport_size(size)
    page.goto(in_language(address, language))
    for violation in Axe().run(page).response["violations"]:
        yield f"{language}: {violation['id']} {[node['html'] for node in violation['nodes']][:2]}"
    if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        yield f"{language}: wider than {size['width']}"
