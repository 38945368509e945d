"""Advice on a need in the API: counted among what is public, and silent about what is not."""

from __future__ import annotations

from uuid import uuid4

from flask.testing import FlaskClient

from app.db import Database
from matching.coach import Check
from matching.vocabulary import Visibility
from tests.factories import create_match_run, create_need, create_offer

FORENSICS = {
    "title": "Digital forensics training for police",
    "description": "Fifteen investigators need to learn to examine phones and computers.",
}


def test_a_need_is_told_its_nine_checks_and_the_next_best_edit(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, languages=(), **FORENSICS)
        create_offer(session)
        create_match_run(session)

    told = client.get(f"/api/v1/needs/{need.id}/coach").json

    assert [check["check"] for check in told["checks"]] == list(Check)
    assert told["passed"] == sum(check["verdict"] == "passed" for check in told["checks"])
    assert told["offers"] == 1
    assert told["next_edit"]["field"] in {"latest", "gap", "languages", "outcome"}


def test_offers_that_are_not_public_are_not_counted(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session)
        create_offer(session)
        create_offer(session, visibility=Visibility.MEMBERS)
        create_match_run(session)

    told = client.get(f"/api/v1/needs/{need.id}/coach").json

    assert told["offers"] == 1


def test_the_counts_do_not_tell_whom_a_state_excludes(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        plain = create_need(session, **FORENSICS)
        excluding = create_need(session, excluded_providers=("First Provider",), **FORENSICS)
        create_offer(session, provider="First Provider")
        create_match_run(session)

    told = [client.get(f"/api/v1/needs/{need.id}/coach").json for need in (plain, excluding)]

    assert told[0] == told[1]
    assert told[0]["qualifying"] == 1


def test_a_need_that_says_the_same_is_told_with_its_reasons(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, **FORENSICS)
        again = create_need(session, **FORENSICS)
        create_need(session, states=("XAB",), **FORENSICS)
        create_match_run(session)

    (told,) = client.get(f"/api/v1/needs/{need.id}/duplicates").json["data"]

    assert (told["need_id"], told["external_id"]) == (str(again.id), again.external_id)
    assert (told["kind"], told["suggestion"], told["likeness"]) == ("needs", "keep_one", 1.0)
    assert told["reasons"][-1] == "They share 10 in 10 of their weighty words."


def test_nobody_hears_of_a_hidden_need_through_its_double(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, **FORENSICS)
        hidden = create_need(session, visibility=Visibility.PROVIDERS, **FORENSICS)
        create_match_run(session)

    assert client.get(f"/api/v1/needs/{need.id}/duplicates").json == {"data": []}
    for part in ("coach", "duplicates"):
        assert client.get(f"/api/v1/needs/{hidden.id}/{part}").status_code == 404
        assert client.get(f"/api/v1/needs/{uuid4()}/{part}").status_code == 404


def test_before_the_first_run_there_is_no_advice(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session)

    answer = client.get(f"/api/v1/needs/{need.id}/coach")

    assert answer.status_code == 404
    assert "No match has been run yet" in answer.json["detail"]


def test_what_is_under_way_is_told_without_any_run(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, areas=("IRC.1",))
        other = create_need(session, areas=("IRC.2",), title="Equipment", underway="A partner lends two servers.")
        create_need(session, areas=("IRC.1",), visibility=Visibility.MEMBERS)
        hidden = create_need(session, areas=("IRC.1",), visibility=Visibility.MEMBERS)

    assert client.get(f"/api/v1/needs/{need.id}/under-way").json == {
        "data": [
            {
                "need_id": str(other.id),
                "external_id": other.external_id,
                "title": "Equipment",
                "status": "published",
                "underway": "A partner lends two servers.",
                "offer_id": None,
            }
        ]
    }
    assert client.get(f"/api/v1/needs/{hidden.id}/under-way").status_code == 404


def test_the_page_of_advice_begins_with_what_is_under_way(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session)
        create_need(session, title="Equipment for the team", underway="A partner lends two servers.")
        create_match_run(session)

    page = client.get(f"/needs/{need.id}/advice").get_data(as_text=True)

    assert "A partner lends two servers." in page
    assert page.index("Equipment for the team") < page.index("Could be more specific")
