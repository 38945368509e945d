"""A person at a browser with security keys."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.key_models import SecurityKeyChallenge
from app.audit.models import AuditEvent
from app.db import Database
from tests.factories.accounts import create_user
from tests.support.authenticator import SoftwareKey
from tests.support.people import PASSWORD, Person, submit, with_password, with_second_factor

KEYS = "/account/security-keys"
SECOND = "/login/second-factor"
PASSKEY = "/login/passkey"


def a_person(client: FlaskClient, database: Database, role: str = "recipient", *, has_app: bool = False) -> Person:
    """Return somebody who is logged in."""
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, role))
        secret = with_second_factor(session, user) if has_app else ""
    person = Person(client=client, email=user.email, secret=secret)
    person.log_in()
    return person


def show_password(person: Person) -> None:
    """Log in with the password alone, however much more it takes."""
    submit(person.client, "/login", email=person.email, password=person.password)


def log_out(client: FlaskClient) -> None:
    """Log out."""
    client.post("/login/end", data={"csrf_token": token_of_forms(client)})


def is_let_in(client: FlaskClient) -> bool:
    """Return whether somebody is logged in whole."""
    return client.get("/account").status_code == 200


def send(client: FlaskClient, address: str, credential: str = "", **fields: str) -> TestResponse:
    """Send what a page's script sends: the fields of the form, and what a key has answered."""
    return client.post(address, data={"csrf_token": token_of_forms(client), "credential": credential} | fields)


def asked(client: FlaskClient, address: str, **fields: str) -> dict[str, Any]:
    """Return what a page's script is given to hand to the browser."""
    answer = send(client, address, **fields)
    assert answer.status_code == 200, (answer.status, answer.location, answer.get_json())
    return dict(answer.get_json())


def add(client: FlaskClient, key: SoftwareKey, *, name: str = "A key") -> TestResponse:
    """Add a key to the account that is logged in."""
    return send(client, KEYS, key.create(asked(client, f"{KEYS}/options", name=name, present=PASSWORD)))


def show_key(client: FlaskClient, key: SoftwareKey) -> TestResponse:
    """Let a key answer after the password."""
    return send(client, f"{SECOND}/key", key.answer(asked(client, f"{SECOND}/options")))


def token_of_forms(client: FlaskClient) -> str:
    """Return what all forms of this browser carry against other sites."""
    # Whoever is logged in is led on to a page that has one to log out.
    page = client.get("/login", follow_redirects=True).get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def actions(database: Database) -> list[str]:
    """Return what the audit trail says has happened."""
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def make_older(database: Database, *, minutes: int) -> None:
    """Let so many minutes pass for the challenges that wait."""
    with database.unit_of_work() as session:
        for row in session.scalars(select(SecurityKeyChallenge)):
            row.expires_at -= timedelta(minutes=minutes)
