"""Without settings for OpenID Connect there is none of it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.db import Database
from tests.factories.accounts import create_identity, create_link, create_user
from tests.support.people import Person, with_password
from tests.web.inspection import fetch


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "address",
    [
        "/login/openid",
        "/login/openid/callback",
        "/login/openid/confirm",
        "/account/identities/new",
        "/account/identities/12345678-1234-4234-8234-123456789abc/unlink",
    ],
)
def test_the_addresses_are_not_there(client: FlaskClient, method: str, address: str) -> None:
    assert client.open(address, method=method).status_code == 404


def test_no_page_speaks_of_it(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, "contributor"))
        create_identity(session, user, label="left from before")
        invitation = f"/invitations/{create_link(session, create_user(session))}"

    pages = [fetch(client, address) for address in ("/login", invitation)]
    Person(client=client, email=user.email).log_in()
    pages.append(fetch(client, "/account"))

    assert [link for page in pages for link in page.links if "openid" in link or "identities" in link] == []
    assert "left from before" not in pages[-1].text


def test_the_link_of_an_invitation_leads_nowhere_else(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        invitation = f"/invitations/{create_link(session, create_user(session))}"

    assert client.get(f"{invitation}/openid").status_code == 404
