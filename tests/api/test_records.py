"""Single records of the API: whole, with a tag, and silent about what is not public."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.db import Database
from matching.vocabulary import Visibility
from tests.factories import (
    create_match,
    create_match_run,
    create_match_run_file,
    create_need,
    create_offer,
    create_unmet_need,
)


def test_a_need_is_answered_whole(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(
            session,
            external_id="n-1",
            states=("XAB", "XAA"),
            areas=("LAW", "IRC.1"),
            latest_on=date(2026, 12, 31),
            budget=Decimal("1250000.10"),
            currency="EUR",
        )

    record = client.get(f"/api/v1/needs/{need.id}").json

    assert record["external_id"] == "n-1"
    assert record["states"] == ["XAA", "XAB"]
    assert record["areas"] == ["LAW", "IRC.1"]
    assert (record["earliest_on"], record["latest_on"]) == (None, "2026-12-31")
    assert record["budget"] == "1250000.10"
    assert record["created_at"] == "2026-03-02T09:30:00Z"


def test_nobody_learns_whom_a_state_excludes(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, excluded_providers=("Unwanted Ltd",))

        none = create_need(session)

    answers = [client.get(address).text for address in (f"/api/v1/needs/{need.id}", "/api/v1/needs")]
    told = [client.get(f"/api/v1/needs/{row.id}").json["excluded_providers"] for row in (need, none)]

    assert not any("Unwanted" in answer for answer in answers)
    assert told == [None, None]


def test_a_match_tells_its_reasons_in_sentences(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        match = create_match(session)

    record = client.get(f"/api/v1/matches/{match.id}").json

    assert record["score"] == 0.75
    assert record["contributions"][0] == {
        "component": "area",
        "value": 1.0,
        "share": 0.5,
        "reason": "Both are about IRC.",
    }
    assert record["contributions"][2]["value"] is None


def test_an_unmet_need_tells_why(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        unmet = create_unmet_need(session)

    (record,) = client.get(f"/api/v1/match-runs/{unmet.run_id}/unmet-needs").json["data"]

    assert record["reason"] == "no_eligible_offer"
    assert record["detail"] == "No offer is open to XAA."
    assert record["would_match_if"] is None


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"other", W/{tag}', "*"])
def test_an_unchanged_record_is_not_sent_again(client: FlaskClient, database: Database, known: str) -> None:
    """A proxy that compresses makes the tag weak: it still means this record. The answer repeats the tag."""
    with database.unit_of_work() as session:
        need = create_need(session)
    tag = client.get(f"/api/v1/needs/{need.id}").headers["ETag"]

    again = client.get(f"/api/v1/needs/{need.id}", headers={"If-None-Match": known.format(tag=tag)})
    other = client.get(f"/api/v1/needs/{need.id}", headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


@pytest.mark.parametrize("visibility", [level for level in Visibility if level is not Visibility.PUBLIC])
@pytest.mark.parametrize("collection", ["needs", "offers", "match-runs", "matches"])
def test_a_hidden_record_answers_like_one_that_never_was(
    client: FlaskClient, database: Database, visibility: Visibility, collection: str
) -> None:
    with database.unit_of_work() as session:
        need, offer = create_need(session, visibility=visibility), create_offer(session, visibility=visibility)
        run = create_match_run(session, visibility=visibility)
        match = create_match(session, run=run, need=need, offer=offer)
        hidden = {"needs": need.id, "offers": offer.id, "match-runs": run.id, "matches": match.id}[collection]

    answers = [client.get(f"/api/v1/{collection}/{record_id}") for record_id in (hidden, uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert told(answers[0].headers) == told(answers[1].headers)


def told(headers: object) -> list[tuple[str, str]]:
    """Return the headers that do not differ from request to request."""
    return [(name, value) for name, value in dict(headers).items() if name != "X-Request-Id"]  # type: ignore[call-overload]


def test_a_hidden_need_has_no_matches_to_be_found_by(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, visibility=Visibility.PROVIDERS)
        create_match(session, run=create_match_run(session, visibility=Visibility.PROVIDERS), need=need)
        create_match(session)

    answers = [client.get("/api/v1/matches", query_string={"need_id": str(need_id)}) for need_id in (need.id, uuid4())]

    assert answers[0].data == answers[1].data
    assert answers[0].json == {"data": [], "page": {"next": None}}


def test_a_run_does_not_tell_how_many_private_records_it_left_out(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        run = create_match_run(session)

    record = client.get(f"/api/v1/match-runs/{run.id}").json

    assert record["counts"] == {"needs": 1, "offers": 1, "eligible_pairs": 1, "allocated": 1, "unmet": 0}


@pytest.mark.parametrize("part", ["report", "files/report.html"])
@pytest.mark.parametrize("known", ["{tag}", "W/{tag}"])
def test_an_unchanged_report_is_not_sent_again(client: FlaskClient, database: Database, part: str, known: str) -> None:
    with database.unit_of_work() as session:
        run = create_match_run(session)
        create_match_run_file(session, run=run, name="report.html", content=b"<!doctype html><title>R</title>")
    tag = client.get(f"/match-runs/{run.id}/{part}").headers["ETag"]

    again = client.get(f"/match-runs/{run.id}/{part}", headers={"If-None-Match": known.format(tag=tag)})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("name", ["%00", "a%00.csv", "..%2f", "other.csv"])
def test_a_file_that_no_run_has_is_not_found(client: FlaskClient, database: Database, name: str) -> None:
    """PostgreSQL refuses a NUL in a text, which once was a 500."""
    with database.unit_of_work() as session:
        run = create_match_run(session)

    response = client.get(f"/match-runs/{run.id}/files/{name}")

    assert response.status_code == 404
