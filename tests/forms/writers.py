"""Somebody who writes records at a browser without script: opens a form, types, and sends what then stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import User, UserAffiliation
from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from app.needs import queries as needs
from app.needs.models import Need
from app.offers import queries as offers
from app.offers.models import Offer
from app.organizations.models import Organization
from tests.factories.storing import AN_INSTANT
from tests.support.controls import sent
from tests.web.inspection import FetchedPage, fetch, inspected

HOMES: Final = {"recipient": "ministry", "contributor": "ministry", "provider": "centre"}
A_NEED: Final = {"title": "Train our responders", "states": "XAA", "areas": "IRC", "modes": ["training"]}
AN_OFFER: Final = {"title": "Course for responders", "provider": "The Centre", "areas": "IRC", "visibility": "public"}

Typed = dict[str, "str | list[str]"]


@dataclass(frozen=True, kw_only=True)
class Writer:
    """A person and their browser."""

    client: FlaskClient
    user: User

    def opened(self, address: str) -> Form:
        """Return the form of a page."""
        return Form(self.client, address, self.client.get(address))

    def write(self, address: str, typed: Typed) -> TestResponse:
        """Fill in the form of a page and send it."""
        return self.opened(address).send(typed)


@dataclass(frozen=True)
class Form:
    """A form as a browser holds it after an answer."""

    client: FlaskClient
    address: str
    answer: TestResponse

    @property
    def tree(self) -> Element:
        tree: Element = html5lib.parse(self.answer.get_data(as_text=True), namespaceHTMLElements=False)
        return tree

    @property
    def values(self) -> dict[str, list[str]]:
        """What a browser would send of it, as it stands."""
        (form,) = (one for one in self.tree.iter("form") if one.get("id") == "record")
        found: dict[str, list[str]] = {}
        for control in form.iter():
            for value in sent(control):
                found.setdefault(str(control.get("name")), []).append(value)
        return found

    def send(self, typed: Typed) -> TestResponse:
        """Send it with some fields typed anew."""
        fields = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
        return self.client.post(self.address, data=self.values | fields)

    def resent(self, typed: Typed) -> Form:
        """Return the form that comes back."""
        return Form(self.client, self.address, self.send(typed))

    @property
    def problems(self) -> dict[str, str]:
        """What the summary says, by where each line leads."""
        found = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', self.answer.get_data(as_text=True))
        return {name: text for name, text in found if name != "beside"}


def send(person: Writer, address: str, data: dict[str, str], *, to: str) -> tuple[int, FetchedPage]:
    """Send what a form of the page of a record may hold, to what stands below it; return the status and the page that comes."""
    fields = fetch(person.client, address).all("input")
    token = next(str(field.get("value")) for field in fields if field.get("name") == "csrf_token")
    answer = person.client.post(f"{address}/{to}", data={"csrf_token": token, **data})
    where = answer.headers.get("Location", address).partition("#")[0]
    if answer.status_code != HTTPStatus.SEE_OTHER:
        return answer.status_code, inspected(address, answer)
    return answer.status_code, fetch(person.client, where)


def stored_needs(database: Database) -> list[Need]:
    """Return all needs there are, opened."""
    with database.reading() as session:
        return list(needs.iter_rows(session, SYSTEM))


def stored_offers(database: Database) -> list[Offer]:
    """Return all offers there are."""
    with database.reading() as session:
        return list(offers.iter_rows(session, SYSTEM))


def actions(database: Database) -> list[str]:
    """Return what the audit trail says has happened."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def join(database: Database, user: User, code: str) -> None:
    """Give somebody the role that they have in another organization too."""
    with database.unit_of_work() as session:
        organization = session.scalars(select(Organization).where(Organization.code == code)).one()
        role = user.affiliations[0].role
        session.add(UserAffiliation(user_id=user.id, organization_id=organization.id, role=role, created_at=AN_INSTANT))
