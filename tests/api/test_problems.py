"""Errors of the API: problem documents with stable codes, whatever is thrown at it."""

from __future__ import annotations

import base64

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app.db import Database
from app.errors import AppError
from app.needs import queries
from app.problems import PROBLEM_CODES
from tests.factories import create_need

NOBODY = "00000000-0000-4000-8000-000000000000"
LISTS = ["states", "areas", "needs", "offers", "match-runs", "matches", "tandems", f"match-runs/{NOBODY}/unmet-needs"]


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("GET", "/api/v2/needs", 404, "not_found"),
        ("GET", "/api/v1/needs/", 404, "not_found"),
        ("GET", "/api/v1/needs/1", 404, "not_found"),
        ("GET", f"/api/v1/needs/{NOBODY}", 404, "not_found"),
        ("GET", f"/api/v1/match-runs/{NOBODY}/unmet-needs", 404, "not_found"),
        ("GET", f"/api/v1/matches?run_id={NOBODY}", 404, "not_found"),
        ("GET", "/api/v1/states/..%2f..%2fetc", 404, "not_found"),
        ("GET", "/api/v1/states/%00", 404, "not_found"),
        ("PUT", "/api/v1/needs", 405, "method_not_allowed"),
        ("POST", "/api/v1/areas", 405, "method_not_allowed"),
        ("POST", "/api/v1/needs", 401, "unauthenticated"),
        ("DELETE", f"/api/v1/needs/{NOBODY}", 405, "method_not_allowed"),
        ("GET", "/api/v1/needs?cursor=x", 400, "bad_cursor"),
        ("GET", "/api/v1/needs?limit=0", 422, "invalid_input"),
    ],
)
def test_an_error_is_a_problem_document(
    idle_client: FlaskClient, method: str, address: str, status: int, code: str
) -> None:
    response = idle_client.open(address, method=method)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert (response.json["status"], response.json["code"]) == (status, code)
    assert response.json["title"]
    assert response.json["detail"]


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(idle_client: FlaskClient) -> None:
    refused = idle_client.put("/api/v1/needs")

    asked = idle_client.options("/api/v1/needs")

    assert refused.status_code == 405
    assert (
        set(refused.headers["Allow"].split(", "))
        == set(asked.headers["Allow"].split(", "))
        == {"GET", "HEAD", "OPTIONS", "POST"}
    )


def test_a_head_request_has_the_headers_and_no_body(idle_client: FlaskClient) -> None:
    full = idle_client.get("/api/v1/needs")

    head = idle_client.head("/api/v1/needs")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=-1", "limit=1.5", "limit=", "limit=x", "limit=1e3", "limit=1_0", "limit=%2B5",
        "limit=%D9%A5", "limit=%205", "limit=" + "9" * 40,
        "limit=" + "9" * 5000, "limit=1&limit=1", "limit=%00", "limit[]=1", "unknown=1", "LIMIT=1", "=1", "%00=1",
        "cursor=%00", "cursor=" + "A" * 2001,
    ],
)  # fmt: skip
def test_a_bad_parameter_is_refused_and_named_in_every_list(idle_client: FlaskClient, query: str) -> None:
    responses = [idle_client.get(f"/api/v1/{name}?{query}") for name in LISTS]

    for response in responses:
        assert (response.status_code, response.json["code"]) == (422, "invalid_input")
        (error,) = response.json["errors"]
        assert error["pointer"].startswith("/query/")
        assert error["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "text=%00", "text=a%1Fb", "text=" + "x" * 201, "area=" + "x" * 17, "state=XAAA", "mode=magic", "mode=",
        "is_open_on=2026-02-30", "is_open_on=x", "is_open_on=99999-01-01", "group=%00", "language=%0a", "language=*",
        "language=Klingon", "language=", "language=xx-YY",
    ],
)  # fmt: skip
def test_a_bad_filter_is_refused_and_named(idle_client: FlaskClient, query: str) -> None:
    name = query.partition("=")[0]

    response = idle_client.get(f"/api/v1/needs?{query}")

    assert response.status_code == 422
    assert [(error["pointer"], error["parameter"]) for error in response.json["errors"]] == [(f"/query/{name}", name)]


@pytest.mark.parametrize(
    "query",
    ["text=%25", "text=_", "text=\\", "text='; DROP TABLE needs;--", "text=%F0%9F%92%A9", "text=%FF", "area=%25",
     "group='", "state=%E2%80%AE"],
)  # fmt: skip
def test_odd_but_printable_filters_are_answered(idle_client: FlaskClient, query: str) -> None:
    response = idle_client.get(f"/api/v1/needs?{query}")

    assert response.status_code == 200
    assert response.json == {"data": [], "page": {"next": None}}


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "AAAA", "é", "PmktOmE", "PnM6YQ", "Pmk6MX5pOjI", "PnM6YX51dWlkOngh", "PnM6AH51dWlkOjA", "PiI", "Png",
     "Png-eA", "PmI6_w", "PmR0Ong"],
)  # fmt: skip
def test_a_cursor_that_no_list_gave_out_is_refused(idle_client: FlaskClient, cursor: str) -> None:
    response = idle_client.get("/api/v1/needs", query_string={"cursor": cursor} if cursor else {"cursor": "~"})

    assert (response.status_code, response.json["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("0001-01-01 00:00:00+14:00", id="before-the-first-year"),
        pytest.param("9999-12-31 23:59:59-14:00", id="after-the-last-year"),
    ],
)
def test_a_cursor_with_an_instant_outside_the_calendar_is_refused(idle_client: FlaskClient, place: str) -> None:
    """A forged cursor named an instant that exists at its own clock but not in UTC; every list of runs answered 500."""
    forged = f">dt:{place}~uuid:{NOBODY}".encode()

    response = idle_client.get(
        "/api/v1/match-runs", query_string={"cursor": base64.urlsafe_b64encode(forged).decode().rstrip("=")}
    )

    assert (response.status_code, response.json["code"]) == (400, "bad_cursor")


def test_a_cursor_of_another_list_is_refused(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_need(session)
        create_need(session)
    cursor = client.get("/api/v1/needs?limit=1").json["page"]["next"]

    response = client.get("/api/v1/match-runs", query_string={"cursor": cursor})

    assert (response.status_code, response.json["code"]) == (400, "bad_cursor")


def test_a_record_takes_no_parameters(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session)

    response = client.get(f"/api/v1/needs/{need.id}?verbose=1")

    assert response.status_code == 422
    assert response.json["errors"] == [
        {"pointer": "/query/verbose", "detail": "Unknown field.", "parameter": "verbose"}
    ]


def test_a_failure_tells_nothing_about_the_inside(
    idle_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(queries, "list_page", fail)

    response = idle_client.get("/api/v1/needs")

    assert (response.status_code, response.json["code"]) == (500, "internal_error")
    assert "42" not in response.text
    assert "the secret is 42" in caplog.text


def test_a_database_that_cannot_be_reached_is_a_503(idle_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("no route"))

    monkeypatch.setattr(queries, "list_page", fail)

    response = idle_client.get("/api/v1/needs")

    assert (response.status_code, response.json["code"]) == (503, "unavailable")
    assert "SELECT" not in response.text


def test_a_body_that_is_too_large_is_a_problem_document(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/api/v1/measure", view_func=lambda: str(len(request.data)), methods=["POST"], endpoint="measure")

    response = client.post("/api/v1/measure", data=b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1))

    assert (response.status_code, response.json["code"]) == (413, "content_too_large")


def test_a_person_who_gets_lost_is_shown_a_page(idle_client: FlaskClient) -> None:
    response = idle_client.get("/no-such-page")

    assert (response.status_code, response.mimetype) == (404, "text/html")


def test_the_document_knows_the_code_of_every_error_that_a_service_raises() -> None:
    def kinds(error: type[AppError]) -> list[type[AppError]]:
        return [error, *(kind for narrower in error.__subclasses__() for kind in kinds(narrower))]

    # Accounts and settings are looked after on pages and by commands.
    elsewhere = ("app.accounts", "app.openid", "tests")
    raised = {kind.code for kind in kinds(AppError) if not kind.__module__.startswith(elsewhere)}

    assert raised - {"invalid_setting"} - set(PROBLEM_CODES) == set()
    assert {"not_from_here", "no_place_left"} <= raised
