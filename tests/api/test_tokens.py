"""Who sends a token sees and does what the person may for whom it acts, until that ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import User
from app.accounts.services import remove_affiliation, set_disabled
from app.accounts.tokens import list_tokens, revoke_token
from app.actor import SYSTEM, Scope
from app.db import Database
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization
from tests.factories.accounts import actor_of, create_api_token, create_user

NEVER = "/api/v1/needs/12345678-1234-4234-8234-123456789abc"


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def titles(client: FlaskClient, secret: str) -> list[str]:
    answer = client.get("/api/v1/needs", headers=bearer(secret))
    assert answer.status_code == 200, answer.json
    return [need["title"] for need in answer.json["data"]]


def status(client: FlaskClient, secret: str) -> int:
    return client.get("/api/v1/needs", headers=bearer(secret)).status_code


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("recipient", ["members", "own", "public"]),
        ("contributor", ["members", "own", "public"]),
        ("provider", ["members", "providers", "public"]),
        ("secretariat", ["members", "providers", "public", "secretariat"]),
        ("analyst", ["members", "public"]),
        ("administrator", ["public"]),
    ],
)
def test_a_token_shows_what_its_person_may_see(
    client: FlaskClient, database: Database, role: str, expected: list[str]
) -> None:
    with database.unit_of_work() as session:
        own = create_organization(session, "own")
        secret = create_api_token(session, create_user(session, role, organization=own))
        create_need(session, title="own", external_id="own", visibility=Visibility.PRIVATE, organization=own)
        for visibility in Visibility:
            create_need(session, title=visibility.value, external_id=visibility.value, visibility=visibility)

    if role == "secretariat":  # whose organization keeps the private one
        expected = sorted([*expected, "own"])
    # What stands in the place of the id of a private need has an order of its own.
    assert sorted(titles(client, secret)) == expected


def test_an_answer_to_somebody_is_kept_by_no_cache(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        secret = create_api_token(session)

    mine, anybodys = client.get("/api/v1/needs", headers=bearer(secret)), client.get("/api/v1/needs")

    assert mine.headers["Cache-Control"] == "private, no-store"
    assert anybodys.headers["Cache-Control"] == "no-cache"
    assert "Authorization" in mine.vary
    assert "Authorization" in anybodys.vary


@pytest.mark.parametrize(
    "header",
    ["Bearer tandem_nobody-has-it", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "nonsense", "Bearer " + "x" * 5_000],
)
def test_a_token_that_is_none_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/areas", headers={"Authorization": header})

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize(
    "columns",
    [
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"revoked_at": datetime.now(UTC) - timedelta(seconds=1)},
    ],
    ids=["expired", "revoked"],
)
def test_a_token_that_has_ended_is_refused(
    client: FlaskClient, database: Database, columns: dict[str, datetime]
) -> None:
    with database.unit_of_work() as session:
        secret = create_api_token(session, **columns)

    assert status(client, secret) == 401


def test_every_refusal_of_a_token_is_the_same(client: FlaskClient, database: Database) -> None:
    """Whoever tries a token must not learn that it was one once."""
    with database.unit_of_work() as session:
        expired = create_api_token(session, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        disabled = create_api_token(session, create_user(session, is_disabled=True))

    answers = {client.get(NEVER, headers=bearer(secret)).data for secret in (expired, disabled, "tandem_never-was")}

    assert len(answers) == 1


def test_a_revoked_token_is_refused_at_once(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        secret = create_api_token(session, user)
    before = status(client, secret)

    with database.unit_of_work() as session:
        (row,) = list_tokens(session, actor_of(user))
        revoke_token(session, actor_of(user), row.id)

    assert (before, status(client, secret)) == (200, 401)


def test_whoever_is_shut_out_is_refused_at_once(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        secret = create_api_token(session, user)
    before = status(client, secret)

    with database.unit_of_work() as session:
        set_disabled(session, SYSTEM, user.id, is_disabled=True)

    assert (before, status(client, secret)) == (200, 401)


def test_a_role_that_is_taken_away_counts_at_once(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        user: User = create_user(session, "secretariat")
        secret = create_api_token(session, user)
        create_need(session, title="for the secretariat", visibility=Visibility.SECRETARIAT)
    before = titles(client, secret)

    with database.unit_of_work() as session:
        remove_affiliation(session, SYSTEM, user.id, user.affiliations[0].id)

    assert (before, titles(client, secret)) == (["for the secretariat"], [])


def test_a_token_to_read_reads(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        secret = create_api_token(session, create_user(session, "analyst"), scope=Scope.READ)
        create_need(session, title="for members", visibility=Visibility.MEMBERS)

    assert titles(client, secret) == ["for members"]


def test_a_page_takes_no_token(app: Flask, client: FlaskClient, database: Database) -> None:
    """Only what a browser sends by itself counts on pages; a token there would be one more way in to guard."""
    with database.unit_of_work() as session:
        secret = create_api_token(session, create_user(session, "secretariat"))
        need = create_need(session, visibility=Visibility.SECRETARIAT)

    assert client.get(f"/needs/{need.id}", headers=bearer(secret)).status_code == 404
    assert client.get(f"/api/v1/needs/{need.id}", headers=bearer(secret)).status_code == 200


def test_a_request_names_no_token_in_its_answer(client: FlaskClient) -> None:
    answer = client.get("/api/v1/needs", headers=bearer("tandem_a-secret-of-somebody"))

    assert b"tandem_a-secret" not in answer.data
