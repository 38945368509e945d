"""Releases of the areas in the API: the whole way from draft to adoption, and all that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.actor import Role
from app.db import Database
from tests.factories import create_area, create_need, create_scheme_code
from tests.factories.accounts import create_api_token, create_user

RELEASES = "/api/v1/areas/releases"
DRAFT = f"{RELEASES}/2"
ADOPTED = {"state": "adopted", "adopted_on": "2026-01-02", "review_on": "2199-01-01"}


@pytest.fixture
def bearer(database: Database) -> dict[str, str]:
    """The token of somebody of the secretariat; a need refers to a topic."""
    with database.unit_of_work() as session:
        create_scheme_code(session, "gfce", "B1")
        create_need(session, areas=("IRC.1",))
        create_area(session, "IRC.2")
        return {"Authorization": f"Bearer {create_api_token(session, create_user(session, 'secretariat'))}"}


@pytest.fixture
def draft(client: FlaskClient, bearer: dict[str, str]) -> TestResponse:
    """The answer to a draft that was begun."""
    return client.post(RELEASES, json={"note": "The next one."}, headers=bearer)


def patch(client: FlaskClient, bearer: dict[str, str], address: str, body: dict[str, Any]) -> TestResponse:
    """Change what is at an address, having read it."""
    tag = client.get(address, headers=bearer).headers["ETag"]
    return client.patch(address, json=body, headers=bearer | {"If-Match": tag})


def test_the_next_release_from_draft_to_adoption(
    client: FlaskClient, bearer: dict[str, str], draft: TestResponse
) -> None:
    assert (draft.status_code, draft.headers["Location"]) == (201, DRAFT)
    assert draft.json["state"] == "draft"
    new = {
        "code": "IRC.9",
        "titles": {"en": "Cloud response"},
        "terms": [{"language": "en", "term": "cloud"}],
        "links": [{"scheme": "gfce", "code": "B1"}],
    }
    added = client.post(f"{DRAFT}/areas", json=new, headers=bearer)
    assert (added.status_code, added.headers["Location"]) == (201, f"{DRAFT}/areas/IRC.9")
    assert patch(client, bearer, f"{DRAFT}/areas/IRC.1", {"is_retired": True}).status_code == 200

    review = client.get(f"{DRAFT}/review", headers=bearer).json
    assert [(one["code"], one["kind"], one["touched"]["n_needs"]) for one in review["changes"]] == [
        ("IRC.1", "retired", 1),
        ("IRC.9", "added", 0),
    ]
    assert [(one["code"], one["field"]) for one in review["faults"]] == [("IRC.1", "successor")]
    refused = patch(client, bearer, DRAFT, ADOPTED)
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert refused.json["errors"][0]["pointer"] == "/areas/IRC.1/successor"

    patch(client, bearer, f"{DRAFT}/areas/IRC.1", {"successor_code": "IRC.9"})
    adopted = patch(client, bearer, DRAFT, ADOPTED)

    assert (adopted.status_code, adopted.json["state"], adopted.json["review_on"]) == (200, "adopted", "2199-01-01")
    assert client.get(f"{RELEASES}/1", headers=bearer).json["state"] == "superseded"
    area = client.get("/api/v1/areas/IRC.1").json
    assert (area["retired_in"], area["successor_code"], area["titles"]["en"]) == ("2", "IRC.9", "Area IRC.1")
    assert client.get("/api/v1/areas/IRC.9").json["terms"] == [{"language": "en", "term": "cloud"}]
    assert [need["areas"] for need in client.get("/api/v1/needs?area=IRC.9").json["data"]] == [["IRC.1"]]
    assert client.get(f"{RELEASES}/1/areas/IRC.1", headers=bearer).json["area"]["is_retired"] is False


def test_a_draft_is_adopted_once(client: FlaskClient, bearer: dict[str, str], draft: TestResponse) -> None:
    assert patch(client, bearer, DRAFT, ADOPTED).status_code == 200

    for body in (ADOPTED, {"state": "discarded"}):
        again = patch(client, bearer, DRAFT, body)
        assert (again.status_code, again.json["code"]) == (409, "conflict")
    assert patch(client, bearer, f"{DRAFT}/areas/IRC", {"scope": "Anew."}).status_code == 409
    assert client.post(f"{DRAFT}/areas", json={"code": "LAW"}, headers=bearer).status_code == 409
    assert client.delete(f"{DRAFT}/changes/IRC", headers=bearer).status_code == 409


def test_there_is_one_draft_at_a_time(client: FlaskClient, bearer: dict[str, str], draft: TestResponse) -> None:
    again = client.post(RELEASES, json={}, headers=bearer)

    assert (again.status_code, again.json["code"]) == (409, "conflict")
    assert again.json["detail"].startswith("Release 2 is being drafted already.")


def test_a_request_that_is_sent_again_begins_one_draft(client: FlaskClient, bearer: dict[str, str]) -> None:
    keyed = bearer | {"Idempotency-Key": "k-1"}

    first, second = (client.post(RELEASES, json={}, headers=keyed) for _ in range(2))
    added = [
        client.post(f"{DRAFT}/areas", json={"code": "LAW"}, headers=bearer | {"Idempotency-Key": "k-2"}) for _ in "ab"
    ]

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["release"] == second.json["release"] == "2"
    assert [answer.status_code for answer in added] == [201, 201]


@pytest.mark.parametrize("address", [DRAFT, f"{DRAFT}/areas/IRC"])
def test_a_change_says_what_it_has_seen(
    client: FlaskClient, bearer: dict[str, str], draft: TestResponse, address: str
) -> None:
    body = {"scope": "Anew."} if "areas/IRC" in address else {"state": "discarded"}
    tag = client.get(address, headers=bearer).headers["ETag"]
    patch(client, bearer, f"{DRAFT}/areas/IRC", {"scope": "Theirs."})

    stale = client.patch(address, json=body, headers=bearer | {"If-Match": tag})
    missing = client.patch(address, json=body, headers=bearer)

    assert (stale.status_code, missing.status_code) == (412, 428)
    assert client.get(f"{DRAFT}/areas/IRC", headers=bearer).json["area"]["scope"] == "Theirs."


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"code": "irc.9"}, "/json/code"),
        ({"code": "IRC"}, "/json/code"),
        ({"code": "LAW", "titles": {"de": "Recht"}}, "/json/titles/de"),
        ({"code": "LAW", "terms": [{"language": "de", "term": "Recht"}]}, "/json/terms/0/language"),
        ({"code": "LAW", "links": [{"scheme": "gfce", "code": "Z9"}]}, "/json/links"),
        ({"code": "LAW", "titles": {"en": "a\u202eb"}}, "/json/titles/en"),
        ({"code": "LAW", "since_release": "1"}, "/json/since_release"),
    ],
)
def test_what_cannot_be_an_area_is_refused_where_it_is_wrong(
    client: FlaskClient, bearer: dict[str, str], draft: TestResponse, body: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"{DRAFT}/areas", json=body, headers=bearer)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (ADOPTED | {"adopted_on": "2198-01-01"}, "/json/adopted_on"),
        (ADOPTED | {"review_on": "2026-01-03"}, "/json/review_on"),
        ({"state": "superseded"}, "/json/state"),
        ({"state": "draft"}, "/json/state"),
    ],
)
def test_a_draft_becomes_nothing_else(
    client: FlaskClient, bearer: dict[str, str], draft: TestResponse, body: dict[str, Any], pointer: str
) -> None:
    answer = patch(client, bearer, DRAFT, body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_change_is_taken_back(client: FlaskClient, bearer: dict[str, str], draft: TestResponse) -> None:
    patch(client, bearer, f"{DRAFT}/areas/IRC", {"scope": "Anew."})

    assert client.delete(f"{DRAFT}/changes/IRC", headers=bearer).status_code == 204

    assert client.get(f"{DRAFT}/review", headers=bearer).json == {"changes": [], "faults": []}
    assert client.delete(f"{DRAFT}/changes/IRC", headers=bearer).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECRETARIAT}))
def test_nobody_else_reads_or_writes_releases(
    client: FlaskClient, database: Database, draft: TestResponse, role: Role
) -> None:
    with database.unit_of_work() as session:
        token = {"Authorization": f"Bearer {create_api_token(session, create_user(session, role))}"}
    any_version = token | {"If-Match": "*"}

    answers = [
        client.get(RELEASES, headers=token),
        client.get(DRAFT, headers=token),
        client.get(f"{DRAFT}/review", headers=token),
        client.get(f"{DRAFT}/areas/IRC", headers=token),
        client.post(RELEASES, json={}, headers=token),
        client.post(f"{DRAFT}/areas", json={"code": "LAW"}, headers=token),
        client.patch(DRAFT, json=ADOPTED, headers=any_version),
        client.patch(f"{DRAFT}/areas/IRC", json={}, headers=any_version),
        client.delete(f"{DRAFT}/changes/IRC", headers=token),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json["code"] for answer in answers} == {"forbidden"}
    assert client.get(DRAFT).status_code == 401


def test_a_token_to_read_changes_nothing(client: FlaskClient, database: Database, draft: TestResponse) -> None:
    with database.unit_of_work() as session:
        token = create_api_token(session, create_user(session, "secretariat"), scope="read")
    reader = {"Authorization": f"Bearer {token}"}

    assert client.get(DRAFT, headers=reader).status_code == 200
    assert client.patch(DRAFT, json=ADOPTED, headers=reader | {"If-Match": "*"}).status_code == 403
