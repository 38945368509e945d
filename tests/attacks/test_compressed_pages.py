"""The size of a page tells nothing of what stands on it: what is for one reader alone and says a text again is not made small."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.db import Database
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization
from tests.factories.accounts import create_login, create_user
from tests.support.people import PASSWORD, form_token, with_password

ACCEPTING = {"Accept-Encoding": "gzip"}
SECRET = "Zzyzx and nobody else"


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One database is enough here: nothing depends on which."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"


@pytest.fixture
def reader(client: FlaskClient, database: Database) -> FlaskClient:
    """A browser in which somebody is logged in whose State keeps something to itself."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        create_need(session, organization=ministry, title=SECRET, visibility=Visibility.PRIVATE)
        user = create_user(session, "contributor", organization=ministry, email="contributor@example.org")
        client.set_cookie("tandem_session", create_login(session, with_password(session, user)))
    return client


@pytest.mark.parametrize("guess", ["Zzyzx and nobody else", "Zzyzx and somebody else"])
def test_a_guess_that_is_right_makes_no_page_smaller(reader: FlaskClient, guess: str) -> None:
    """Another site can make a browser ask for a page with a text of its choice, and whoever sees the line sees its size."""
    answer = reader.get("/needs", query_string={"unknown": guess}, headers=ACCEPTING)

    assert SECRET in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Encoding" not in answer.headers


def test_a_page_that_says_again_what_was_sent_is_not_made_small(client: FlaskClient, database: Database) -> None:
    """The form to log in holds its token and the address that was tried."""
    form = {"csrf_token": form_token(client), "email": "a@example.org", "password": PASSWORD}

    answer = client.post("/login", data=form, headers=ACCEPTING)

    assert "a@example.org" in answer.text
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("address", ["/needs", "/account"])
def test_a_page_without_a_text_of_the_request_is_small_for_everybody(reader: FlaskClient, address: str) -> None:
    assert reader.get(address, headers=ACCEPTING).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("address", ["/needs?text=x", "/"])
def test_a_page_for_everybody_is_small_whatever_it_says(app_client: FlaskClient, address: str) -> None:
    assert app_client.get(address, headers=ACCEPTING).headers["Content-Encoding"] == "gzip"


@pytest.fixture
def app_client(client: FlaskClient) -> FlaskClient:
    """A browser in which nobody is logged in."""
    return client


def test_what_a_form_is_checked_against_is_new_at_each_moment(reader: FlaskClient) -> None:
    """Its signature covers the second in which the page was made, so that what was guessed of one page is of no use on the next."""
    tokens = {form_token(reader, "/account").rpartition(".")[0].rpartition(".")[2] for _ in range(2)}

    assert all(len(stamp) >= 6 for stamp in tokens)
