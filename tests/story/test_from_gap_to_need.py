"""A State's afternoon: from the invitation of its focal point, over what it says of itself, to two needs that a provider reads.

One story, walked three ways: by the pages alone on each database; and in a real browser on a phone, by its keys alone, with
script and without.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.authentication import SESSION_COOKIE
from app.actor import SYSTEM
from app.assessments.models import Assessment
from app.audit.models import AuditEvent
from app.db import Database
from app.matches.sample import load_sample
from app.matches.services import RunOrder, run_match
from app.needs import queries as needs
from app.organizations.models import OrganizationKind
from tests.factories import create_group, create_membership, create_organization, create_state
from tests.story.visitors import Keyboard, Reader, Visitor, cookie_of
from tests.support.application import database_of, served, serving
from tests.support.browser import PHONE

A_DAY: Final = date(2026, 3, 2)
PASSWORD: Final = "kayak fog lamp thursday"
LINK: Final = re.compile(r"https?://\S+/invitations/\S+")
KEY: Final = re.compile(r"Key: ((?:[A-Z2-7]{4} ?)+)")
# In two areas each person says where the State stands, what it aims at, and what it lacks.
SAID: Final = {
    "focal point": {"GOV": ("2", "4", "Nobody coordinates the ministries."), "IRC": ("1", "4", "No national team.")},
    "contributor": {"LAW": ("2", "3", "Our lawyers never met the subject."), "CRI": ("1", "2", "No laboratory.")},
}

# The needs that come of it: of which gap, under which title, and for whom.
WRITTEN: Final = (
    ("IRC", "Set up our national response team", "providers"),
    ("GOV", "Write a strategy with all ministries", "public"),
)
AREAS: Final = {
    "GOV": "Policy, strategy and governance",
    "IRC": "Incident response and CERT/CSIRT",
    "LAW": "International law and norms",
    "CRI": "Cybercrime and electronic evidence",
}

Visit = Callable[[str], Visitor]


@pytest.fixture
def app(loaded_url: str) -> Iterator[Flask]:
    """The service as it stands before anybody comes: reference data, public statements, a run, and one State's ministry."""
    with served(loaded_url) as app:
        with database_of(app).unit_of_work() as session:
            create_membership(session, create_state(session, "XAA", name_en="Aland"), create_group(session, "AFR"))
            create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code="XAA", name="Ministry")
            create_organization(session, "centre", kind=OrganizationKind.PROVIDER, name="Centre")
            load_sample(session, SYSTEM)
        with database_of(app).unit_of_work() as session:
            run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
        yield app


def test_a_state_comes_from_an_invitation_to_two_needs_that_a_provider_reads(app: Flask) -> None:
    def visit(cookie: str = "") -> Visitor:
        client = app.test_client()
        if cookie:
            client.set_cookie(SESSION_COOKIE, cookie)
        return Reader(client=client)

    Afternoon(app=app, visit=visit).passes()


@pytest.mark.browser
@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("loaded_url", ["sqlite"], indirect=True)
def test_so_it_does_on_a_phone_by_the_keys_alone(app: Flask, browser: Browser, *, has_script: bool) -> None:
    too_wide: list[str] = []

    with serving(app) as address:

        def visit(cookie: str = "") -> Visitor:
            context = browser.new_context(base_url=address, viewport=PHONE, java_script_enabled=has_script)
            context.set_default_timeout(20_000)
            if cookie:
                context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": address}])
            return Keyboard(page=context.new_page(), has_script=has_script, too_wide=too_wide)

        try:
            Afternoon(app=app, visit=visit).passes()
        finally:
            for context in browser.contexts:
                context.close()

    assert too_wide == []


@dataclass(kw_only=True)
class Afternoon:
    """The story, and who is in it."""

    app: Flask
    visit: Visit

    @property
    def database(self) -> Database:
        return database_of(self.app)

    def passes(self) -> None:
        """Walk it from its beginning to its end."""
        administrator = self.visit(cookie_of(self.app, "administrator", "secretariat"))
        focal = self.invited(administrator, "recipient", "focal@example.org")
        self.set_up_second_factor(focal)
        contributor = self.invited(focal, "contributor", "colleague@example.org")
        self.assess(focal, contributor)
        self.read_gaps(focal)
        for area, title, circle in WRITTEN:
            self.write_need(focal, area, title)
            self.see_as_provider(focal, title)
            self.publish(focal, title, circle)
        self.is_read_by_those_it_is_for()
        self.is_noted()

    def invited(self, host: Visitor, role: str, email: str) -> Visitor:
        """Return somebody who has followed an invitation and logged in."""
        host.go("/organizations/ministry")
        host.fill("email", email)
        host.fill("name", f"A {role}")
        host.pick("role", role)
        host.press("Invite")
        (link,) = LINK.findall(host.words)
        guest = self.visit("")
        guest.go(link)
        guest.fill("password", PASSWORD)
        guest.fill("again", PASSWORD)
        guest.press("Choose this password")
        guest.fill("email", email)
        guest.fill("password", PASSWORD)
        guest.press("Log in")
        return guest

    def set_up_second_factor(self, focal: Visitor) -> None:
        """Without it, nobody submits for a State; it is the first thing that is asked for."""
        focal.go("/account/second-factor")
        (key,) = KEY.findall(focal.words)
        focal.fill("code", pyotp.TOTP(key.replace(" ", "")).at(int(time.time())))
        focal.press("Set it up")
        assert "recovery code" in focal.words.lower()

    def assess(self, focal: Visitor, contributor: Visitor) -> None:
        """Two people answer for two areas each; the line fails on the one who writes last."""
        focal.go("/assessments")
        focal.press("Begin")
        for visitor, who in ((focal, "focal point"), (contributor, "contributor")):
            for area, (current, target, gaps) in SAID[who].items():
                visitor.go("/assessments")
                visitor.follow(self.day_of_assessment)
                visitor.follow(AREAS[area])
                visitor.unfold(area)
                visitor.pick(f"{area}.current", current)
                visitor.pick(f"{area}.target", target)
                if area == "CRI":
                    visitor.save_over_a_failing_line("Save", f"{area}.gaps", gaps)
                else:
                    visitor.fill(f"{area}.gaps", gaps)
                    visitor.press("Save")
                assert "Saved." in visitor.words, visitor.words
        focal.go("/assessments")
        focal.follow(self.day_of_assessment)
        focal.press("Submit")
        assert "submitted" in focal.words

    def read_gaps(self, focal: Visitor) -> None:
        """The widest gap stands first, and nothing that was written is lost."""
        focal.follow("Gap profile")
        assert "4 of 12 areas assessed" in focal.words
        told = focal.words.partition("Gaps, those to close first at the top")[2]
        places = [told.index(gaps) for who in SAID.values() for _, _, gaps in who.values()]
        assert min(places) == told.index("No national team.")

    def write_need(self, focal: Visitor, area: str, title: str) -> None:
        """What the assessment says stands in the form; the coach says what is still missing."""
        focal.go("/assessments")
        focal.follow(f"Gap profile {self.day_of_assessment}")
        focal.follow(f"Write a need from this gap: {AREAS[area]}")
        assert SAID["focal point"][area][2] in focal.values
        focal.fill("title", title)
        focal.ask_the_coach()
        n_met = self.n_checks_met(focal)
        focal.fill("outcome", "Twelve analysts work by a written procedure, seen in an exercise in the second year.")
        focal.fill("audience", "12 analysts")
        focal.ask_the_coach()
        assert self.n_checks_met(focal) > n_met
        focal.press("Save")
        assert "The draft is saved" in focal.words

    def n_checks_met(self, focal: Visitor) -> int:
        (found,) = re.findall(r"(\d+) of 9 checks are met", focal.words)
        return int(found)

    def see_as_provider(self, focal: Visitor, title: str) -> None:
        """Shown to providers, a provider sees all of it; as it is, nothing."""
        focal.follow("See it as a provider will")
        assert "You see this as: a provider." in focal.words
        assert "So it would be if it were shown to:" in focal.words
        assert title in focal.words
        focal.pick("at", "")
        focal.press("See")
        assert "They do not see it: a provider." in focal.words
        focal.follow("Back to the record")

    def publish(self, focal: Visitor, title: str, circle: str) -> None:
        assert title in focal.words
        focal.pick("visibility", circle)
        focal.press("Publish it")
        assert "Published" in focal.words

    def is_read_by_those_it_is_for(self) -> None:
        """A provider reads both needs, the public one of them, and nobody the assessment they came from."""
        provider = self.visit(cookie_of(self.app, "provider", "centre"))
        provider.go("/needs?state=XAA")
        for _, title, _ in WRITTEN:
            assert title in provider.words
        passer_by = self.visit("")
        passer_by.go("/needs?state=XAA")
        assert [title in passer_by.words for _, title, _ in WRITTEN] == [False, True]
        passer_by.go("/states/XAA")
        assert "No laboratory." not in passer_by.words

    def is_noted(self) -> None:
        """Each step stands in the trail, and none twice."""
        with self.database.reading() as session:
            actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))
            stored = {
                row.title: row.status.value for row in needs.iter_rows(session, SYSTEM) if "XAA" in row.state_codes
            }
        assert stored == {title: "published" for _, title, _ in WRITTEN}
        expected = {
            "user.invitation_issued": 2,
            "user.second_factor_set_up": 1,
            "assessment.begun": 1,
            "assessment.submitted": 1,
            "need.published": len(WRITTEN),
        }
        assert {action: actions.count(action) for action in expected} == expected
        # A script saves more often than a person presses.
        assert actions.count("assessment.answered") >= len(AREAS)

    @property
    def day_of_assessment(self) -> str:
        """As a page writes it."""
        with self.database.reading() as session:
            day = session.scalars(select(Assessment.as_of_on)).one()
        return f"{day.day} {day:%B %Y}"
