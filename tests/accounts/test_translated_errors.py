"""What is wrong is told in the reader's language on pages, and in English to programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import UserAffiliation
from app.accounts.throttle import FAILURES_PER_ACCOUNT
from app.actor import Scope
from app.db import Database
from app.organizations.models import OrganizationKind
from tests.factories.accounts import create_api_token, create_user
from tests.factories.organizations import create_organization
from tests.support.people import PASSWORD, Person, form_token, submit, with_password, with_second_factor
from tests.web.test_messages import COLLECTED

IN_FRENCH = "[fr] "  # stands before each sentence of the catalogue that a test has made


@pytest.fixture(autouse=True)
def french(app: Flask, tmp_path: Path) -> None:
    """Give the application a catalogue in which each sentence says that it is translated."""
    with COLLECTED.open("rb") as file:
        collected = read_po(file)
    made = Catalog(locale="fr")
    for message in collected:
        if message.id and not message.pluralizable:
            made.add(message.id, f"{IN_FRENCH}{message.id}", flags=message.flags)
    target = tmp_path / "fr" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, made)
    app.extensions["babel"].translation_directories[:] = [str(tmp_path)]


def a_person(client: FlaskClient, database: Database, role: str = "contributor") -> Person:
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, role))
        secret = with_second_factor(session, user) if role == "recipient" else ""
    person = Person(client=client, email=user.email, secret=secret)
    person.log_in()
    client.set_cookie("language", "fr")
    return person


CHOSEN = {"password": "another fog lamp in may", "again": "another fog lamp in may"}


@pytest.mark.parametrize(
    ("address", "form", "expected"),
    [
        ("/account/password", CHOSEN | {"present": "wrong"}, "This is not your present password."),
        (
            "/account/password",
            {"present": PASSWORD, "password": "short", "again": "short"},
            "The password has 5 characters; it needs at least 15.",
        ),
        (
            "/account/password",
            {"present": PASSWORD, "password": "a" * 20, "again": "a" * 20},
            "This password is among the first that are tried.",
        ),
        (
            "/account/second-factor",
            {"code": "x"},
            "This is not the code that the app shows now; wait for the next one and try again.",
        ),
        (
            "/account/tokens",
            {"name": " ", "days": "5", "scope": Scope.READ.value},
            "The name of a token has to be one line of 1 to 100 characters.",
        ),
        ("/account/tokens", {"name": "a", "days": "9999", "scope": Scope.READ.value}, "A token is for 1 to"),
    ],
    ids=["wrong password", "short password", "usual password", "wrong code", "name of a token", "days of a token"],
)
def test_what_is_wrong_with_a_form_is_told_in_the_readers_language(
    client: FlaskClient, database: Database, address: str, form: dict[str, str], expected: str
) -> None:
    """It once stood in English on a page in French."""
    a_person(client, database)

    refused = client.post(address, data=form | {"csrf_token": form_token(client, "/account")})

    assert refused.status_code == 422
    assert f"{IN_FRENCH}{expected}" in refused.get_data(as_text=True).replace("&#39;", "'")


def test_too_many_failures_are_told_in_the_readers_language(client: FlaskClient) -> None:
    client.set_cookie("language", "fr")
    form = {"csrf_token": form_token(client), "email": "nobody@example.org", "password": "wrong"}
    for _ in range(FAILURES_PER_ACCOUNT):
        client.post("/login", data=form)

    refused = client.post("/login", data=form)

    assert refused.status_code == 429
    assert f"{IN_FRENCH}There were too many attempts; try again in 15 minutes." in refused.get_data(as_text=True)


def test_a_script_shows_what_is_wrong_in_the_readers_language(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    form = {"csrf_token": form_token(client, "/account"), "name": "", "present": PASSWORD}

    refused = client.post("/account/security-keys/options", data=form)

    assert refused.get_json() == {"error": f"{IN_FRENCH}The name of a key has to be one line of 1 to 100 characters."}


def test_that_a_role_would_be_left_is_told_in_the_readers_language(client: FlaskClient, database: Database) -> None:
    a_person(client, database, "recipient")
    with database.reading() as session:
        role = session.scalars(select(UserAffiliation).options(joinedload(UserAffiliation.organization))).one()

    refused = submit(client, f"/organizations/{role.organization.code}/people/{role.user_id}/roles/{role.id}/end")

    assert refused.status_code == 409
    assert f"{IN_FRENCH}Nobody would be left who could give this role again." in refused.get_data(as_text=True)


def test_programs_are_told_in_english(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_organization(session, "ministry")
        token = create_api_token(session, create_user(session, "administrator"), scope=Scope.WRITE)
    client.set_cookie("language", "fr")

    refused = client.post(
        "/api/v1/organizations/ministry/people",
        json={"email": "person@example.org", "name": "x" * 201, "role": "secretariat"},
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "fr"},
    )

    assert refused.status_code == 422
    assert IN_FRENCH not in refused.get_data(as_text=True)


def test_a_role_that_an_organization_does_not_have_is_told_to_programs_as_ever(
    client: FlaskClient, database: Database
) -> None:
    with database.unit_of_work() as session:
        create_organization(session, "ministry", kind=OrganizationKind.STATE)
        token = create_api_token(session, create_user(session, "administrator"), scope=Scope.WRITE)

    refused = client.post(
        "/api/v1/organizations/ministry/people",
        json={"email": "person@example.org", "name": "A", "role": "secretariat"},
        headers={"Authorization": f"Bearer {token}"},
    )

    told = (
        "'ministry' is of the kind state, which has no secretariat; it has recipient, contributor, provider, analyst."
    )
    assert refused.get_json()["errors"] == [{"pointer": "/json/role", "detail": told}]
    assert refused.get_json()["detail"] == told
