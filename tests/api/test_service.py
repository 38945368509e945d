"""The addresses that say how the service is, and the id of each request."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import create_app, schema
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from tests.api.conftest import served
from tests.support.keys import KEYRING


def test_a_process_that_answers_is_alive(idle_client: FlaskClient) -> None:
    response = idle_client.get("/healthz")

    assert (response.status_code, response.json) == (200, {"status": "alive"})


def test_a_migrated_database_is_ready(idle_client: FlaskClient) -> None:
    response = idle_client.get("/readyz")

    assert (response.status_code, response.json) == (200, {"status": "ready"})


def test_a_database_behind_the_release_is_not_ready(client: FlaskClient, database: Database) -> None:
    schema.downgrade(database)

    response = client.get("/readyz")

    assert (response.status_code, response.json["code"]) == (503, "not_migrated")
    assert "db upgrade" in response.json["detail"]


def test_a_database_that_cannot_be_reached_is_not_ready(tmp_path: object) -> None:
    app = create_app(
        Settings(database_url=f"sqlite:///{tmp_path}/missing/tandem.sqlite3", secret_key="k" * 32, keyring=KEYRING)
    )

    response = app.test_client().get("/readyz")

    assert (response.status_code, response.json["code"]) == (503, "unavailable")
    app.extensions[DATABASE_EXTENSION].close()


@pytest.mark.parametrize("address", ["/", "/needs", "/api/v1/needs", "/api/v1/match-runs"])
def test_a_database_without_tables_is_a_503_everywhere(database_url: str, address: str) -> None:
    """On PostgreSQL a missing table once was a 500, as if the fault were in the program."""
    with served(database_url) as app:
        response = app.test_client().get(address)

    assert response.status_code == 503


def test_figures_are_given_to_this_machine(idle_client: FlaskClient) -> None:
    idle_client.get("/api/v1/states")

    response = idle_client.get("/metrics")

    assert response.status_code == 200
    assert (
        'tandem_http_requests_total{endpoint="api_states.list_states",method="GET",status="200"} 1.0' in response.text
    )


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("198.51.100.7", {}),
        ("127.0.0.1", {"X-Forwarded-For": "198.51.100.7"}),
        ("127.0.0.1", {"Via": "1.1 proxy", "X-Forwarded-Proto": "https"}),
        ("", {}),
        ("198.51.100.7", {"Authorization": "Bearer "}),
        ("198.51.100.7", {"Authorization": "Bearer None"}),
    ],
    ids=["another machine", "a proxy on this one", "a proxy that names nobody", "nobody", "no token", "a token"],
)
def test_figures_are_given_to_nobody_else(idle_client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    response = idle_client.get("/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=headers)

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("Bearer collector-token-1", 200),
        ("Bearer another-token-11", 404),
        ("Bearer näher", 404),
        ("Basic Y29sbGVjdG9yLXRva2VuLTE=", 404),
    ],
    ids=["the token", "another", "not ASCII", "another scheme"],
)
def test_figures_are_given_to_who_has_the_token(idle_client: FlaskClient, authorization: str, status: int) -> None:
    idle_client.application.config["METRICS_TOKEN"] = "collector-token-1"

    response = idle_client.get(
        "/metrics", environ_overrides={"REMOTE_ADDR": "198.51.100.7"}, headers={"Authorization": authorization}
    )

    assert response.status_code == status


def test_invented_methods_are_counted_as_one(idle_client: FlaskClient) -> None:
    """Sixty invented methods once made fifty-two series in one worker."""
    for method in ("BREW", "WHEN"):
        idle_client.open("/api/v1/states", method=method)

    figures = idle_client.get("/metrics").text

    assert 'method="other"' in figures
    assert "BREW" not in figures


def test_a_request_keeps_the_id_it_came_with(idle_client: FlaskClient) -> None:
    response = idle_client.get("/api/v1/states", headers={"X-Request-Id": "trace-12345"})

    assert response.headers["X-Request-Id"] == "trace-12345"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "sp ace-1234", "<script>alert</script>"])
def test_an_id_that_cannot_be_used_is_replaced(idle_client: FlaskClient, given: str) -> None:
    response = idle_client.get("/api/v1/states", headers={"X-Request-Id": given})

    assert response.headers["X-Request-Id"] != given
    assert len(response.headers["X-Request-Id"]) == 36
