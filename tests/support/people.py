"""A person at a browser: fills in the forms of pages, and reads codes from an authenticator app."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import html5lib
import pyotp
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.accounts.second_factor import STEP_SECONDS, new_totp_secret
from tests.factories.storing import AN_INSTANT

PASSWORD = "kayak fog lamp thursday"


@dataclass(kw_only=True)
class Person:
    """Somebody with an account who uses a browser; ``secret`` is that of their authenticator app."""

    client: FlaskClient
    email: str
    password: str = PASSWORD
    secret: str = ""
    steps: int = field(default=0)

    def code(self) -> str:
        """Return a code that the app shows now or at the next moment, each only once."""
        # The app of a person whose clock is a little behind, then right, then a little before.
        totp, self.steps = pyotp.TOTP(self.secret), self.steps + 1
        return totp.at(int(time.time()) + STEP_SECONDS * (self.steps - 2))

    def log_in(self) -> TestResponse:
        """Log in as far as the person can, and return the last answer."""
        answer = submit(self.client, "/login", email=self.email, password=self.password)
        if self.secret and answer.status_code == 302:
            answer = submit(self.client, "/login/second-factor", to="/login/second-factor", code=self.code())
        return answer


def with_password(session: Session, user: User, password: str = PASSWORD) -> User:
    """Return the person with a password."""
    user.password_hash = hash_password(password)
    session.flush()
    return user


def with_second_factor(session: Session, user: User) -> str:
    """Give the person a second factor that is in force; return the secret of their app."""
    secret = new_totp_secret(session, user)
    user.totp_confirmed_at = AN_INSTANT
    session.flush()
    return secret


def submit(client: FlaskClient, address: str, *, to: str | None = None, **fields: str) -> TestResponse:
    """Fill in the form of a page and send it; ``to`` names one of several by where it leads."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code, page.headers.get("Location"))
    tree = html5lib.parse(page.get_data(as_text=True), namespaceHTMLElements=False)
    forms = [
        form
        for form in tree.iter("form")
        if form.get("method") == "post" and "/login/end" not in form.get("action", "")
    ]
    form = next(form for form in forms if to is None or form.get("action") == to)
    hidden = {row.get("name", ""): row.get("value", "") for row in form.iter("input") if row.get("type") == "hidden"}
    return client.post(form.get("action") or address, data=hidden | fields)


def form_token(client: FlaskClient, address: str = "/login") -> str:
    """Return what the forms of a page carry against other sites."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found is not None
    return found[1]
