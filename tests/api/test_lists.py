"""Lists of the API: pages without gaps or doubles, filters, and nothing that is not public."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import Database
from app.needs.models import Need
from matching.vocabulary import Visibility
from tests.factories import (
    create_area,
    create_group,
    create_match,
    create_match_run,
    create_membership,
    create_need,
    create_offer,
    create_state,
    create_tandem,
)


def walk(client: FlaskClient, address: str, **query: Any) -> list[dict[str, Any]]:
    """Return all records of a list, page after page."""
    records: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = client.get(address, query_string=query | ({"cursor": cursor} if cursor else {})).json
        records += page["data"]
        cursor = page["page"]["next"]
        if cursor is None:
            return records


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_walking_the_pages_meets_every_record_once(client: FlaskClient, database: Database, limit: int) -> None:
    with database.unit_of_work() as session:
        for number in range(7):
            create_need(session, external_id=f"n-{number}")

    records = walk(client, "/api/v1/needs", limit=limit)

    assert [record["external_id"] for record in records] == [f"n-{number}" for number in range(7)]


def test_walking_the_runs_meets_the_newest_first(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        ids = [str(create_match_run(session).id) for _ in range(5)]

    records = walk(client, "/api/v1/match-runs", limit=2)

    assert [record["id"] for record in records] == ids[::-1]


def test_walking_the_matches_of_a_run_meets_every_pair_once(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        run, offers = create_match_run(session), [create_offer(session) for _ in range(3)]
        for need in [create_need(session) for _ in range(3)]:
            for rank, offer in enumerate(offers, start=1):
                create_match(session, run=run, need=need, offer=offer, rank=rank, is_allocated=rank == 1)

    records = walk(client, "/api/v1/matches", limit=2)

    assert len({(record["need_id"], record["offer_id"]) for record in records}) == len(records) == 9


@pytest.mark.parametrize("name", ["matches", "tandems"])
def test_a_walk_stays_with_the_run_that_it_began_with(client: FlaskClient, database: Database, name: str) -> None:
    """A run that was made between two pages once gave the second page, as if it followed the first."""
    with database.unit_of_work() as session:
        first_run = fill_run(session)
    page = client.get(f"/api/v1/{name}?limit=2")
    with database.unit_of_work() as session:
        fill_run(session)

    by_cursor = walk(client, f"/api/v1/{name}", limit=2, cursor=page.json["page"]["next"])
    by_link = client.get(page.headers["Link"].partition(">")[0].removeprefix("<")).json["data"]

    assert {record["run_id"] for record in page.json["data"] + by_cursor + by_link} == {str(first_run)}
    assert len(page.json["data"] + by_cursor) == 5


@pytest.mark.parametrize("name", ["matches", "tandems"])
@pytest.mark.parametrize("cursor", ["x", ".", "{other}.", "{other}.x", "{run}", "{run}."])
def test_a_cursor_that_names_no_place_in_the_run_is_refused(
    client: FlaskClient, database: Database, name: str, cursor: str
) -> None:
    with database.unit_of_work() as session:
        run_id = fill_run(session)
    query = {"run_id": str(run_id), "cursor": cursor.format(run=run_id, other=uuid4())}

    response = client.get(f"/api/v1/{name}", query_string=query)

    assert (response.status_code, response.json["code"]) == (400, "bad_cursor")


def fill_run(session: Session) -> UUID:
    """Return a new run with five matches and five tandems."""
    run = create_match_run(session)
    need = create_need(session)
    for rank in range(1, 6):
        create_match(session, run=run, need=need, rank=rank, is_allocated=rank == 1)
        create_tandem(session, run=run, area_code=f"IRC.{rank}")
    return run.id


def test_a_page_names_the_next_one_in_a_link_too(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        for _ in range(3):
            create_need(session)

    first = client.get("/api/v1/needs?limit=2")

    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert len(second.json["data"]) == 1
    assert second.json["page"] == {"next": None}


def test_a_record_added_before_the_cursor_moves_no_other(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        for name in ("b", "c", "d"):
            create_need(session, external_id=name)
    cursor = client.get("/api/v1/needs?limit=2").json["page"]["next"]
    with database.unit_of_work() as session:
        create_need(session, external_id="a")

    rest = walk(client, "/api/v1/needs", limit=2, cursor=cursor)

    assert [record["external_id"] for record in rest][-1:] == ["d"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "КИБЕР"}, ["cyrillic"]),
        ({"text": "100%"}, ["cyrillic"]),
        ({"text": "_"}, []),
        ({"area": "irc"}, ["plain", "subtopic"]),
        ({"area": "IRC.1"}, ["subtopic"]),
        ({"state": "xab"}, ["plain"]),
        ({"group": "SIDS"}, ["plain"]),
        ({"mode": "drafting"}, ["cyrillic"]),
        ({"language": "FR"}, ["subtopic"]),
        ({"is_open_on": "2026-06-01"}, ["cyrillic", "plain"]),
        ({"area": "IRC", "language": "en"}, ["plain"]),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_needs_are_filtered(
    client: FlaskClient, database: Database, query: dict[str, str], expected: list[str]
) -> None:
    with database.unit_of_work() as session:
        create_membership(session, create_state(session, "XAB"), create_group(session, "SIDS"))
        create_need(session, external_id="cyrillic", title="Кибергигиена на 100%", areas=("LAW",), modes=("drafting",))
        create_need(session, external_id="plain", states=("XAB",))
        create_need(session, external_id="subtopic", areas=("IRC.1",), languages=("fr",), latest_on=date(2026, 5, 31))

    records = client.get("/api/v1/needs", query_string=query).json["data"]

    assert [record["external_id"] for record in records] == expected


@pytest.mark.parametrize("tag", ["en", "EN", "en-GB", "en_US", "eng"])
def test_a_language_is_found_by_any_of_its_names(client: FlaskClient, database: Database, tag: str) -> None:
    """The contract has it that en equals en-GB and eng; once only the code as stored found anything."""
    with database.unit_of_work() as session:
        create_need(session, languages=("en",))
        create_offer(session, languages=("fr", "en"))
        create_offer(session, languages=("fr",))

    found = [client.get(f"/api/v1/{name}?language={tag}").json["data"] for name in ("needs", "offers")]

    assert [len(records) for records in found] == [1, 1]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("XAA", ["everybody", "group", "named"]), ("xab", ["everybody"]), ("XZZ", [])],
    ids=["by name and group", "as one of all", "a State that does not exist"],
)
def test_offers_are_filtered_by_the_state_they_are_open_to(
    client: FlaskClient, database: Database, state: str, expected: list[str]
) -> None:
    with database.unit_of_work() as session:
        create_state(session, "XAB")
        create_membership(session, create_state(session, "XAA"), create_group(session, "AFR"))
        former = create_membership(session, create_state(session, "XAB"), create_group(session, "AFR"))
        former.valid_until_on = date(2020, 1, 1)
        create_offer(session, external_id="everybody")
        create_offer(session, external_id="group", eligible=("AFR",))
        create_offer(session, external_id="named", eligible=("XAA",))

    records = client.get("/api/v1/offers", query_string={"state": state}).json["data"]

    assert [record["external_id"] for record in records] == expected


def test_a_group_holds_those_whose_membership_ends_some_day(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        group = create_group(session, "LDC")
        for code, year in (("XAA", 2999), ("XAB", 2020)):
            create_membership(session, create_state(session, code), group, valid_until_on=date(year, 12, 31))
            create_need(session, external_id=code, states=(code,))
        create_offer(session, external_id="for-ldcs", eligible=("LDC",))

    needs = client.get("/api/v1/needs?group=LDC").json["data"]
    offers = [client.get(f"/api/v1/offers?state={code}").json["data"] for code in ("XAA", "XAB")]

    assert [record["external_id"] for record in needs] == ["XAA"]
    assert [[record["external_id"] for record in found] for found in offers] == [["for-ldcs"], []]


def test_areas_are_found_by_a_term_in_another_language(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_area(session, "IRC.1", terms=(("fr", "équipe d'intervention"),))
        create_area(session, "LAW")

    records = client.get("/api/v1/areas", query_string={"text": "ÉQUIPE"}).json["data"]

    assert [record["code"] for record in records] == ["IRC.1"]


@pytest.mark.parametrize("visibility", [level for level in Visibility if level is not Visibility.PUBLIC])
def test_what_is_not_public_is_in_no_list(client: FlaskClient, database: Database, visibility: Visibility) -> None:
    with database.unit_of_work() as session:
        need = create_need(session, title="Unheard-of subject", visibility=visibility)
        offer = create_offer(session, title="Unheard-of subject", visibility=visibility)
        run = create_match_run(session, visibility=visibility)
        create_match(session, run=run, need=need, offer=offer)

    answers = [
        client.get(f"/api/v1/{address}").json["data"]
        for address in ("needs", "needs?text=unheard", "offers", "offers?text=unheard", "match-runs", "matches")
    ]

    assert answers == [[], [], [], [], [], []]


def test_a_run_closes_when_a_record_in_it_is_withdrawn(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        need = create_need(session)
        create_match(session, need=need)
    assert len(client.get("/api/v1/matches").json["data"]) == 1
    with database.unit_of_work() as session:
        session.get_one(Need, need.id).visibility = Visibility.SECRETARIAT

    answers = [client.get(f"/api/v1/{address}").json["data"] for address in ("match-runs", "matches")]

    assert answers == [[], []]


def test_a_longer_page_takes_no_more_queries(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        for number in range(12):
            create_need(session, states=(f"XA{chr(65 + number)}",), areas=(f"IRC.{number + 1}",))

    counts = [count_queries(client, database, f"/api/v1/needs?limit={limit}") for limit in (2, 12)]

    assert counts[0] == counts[1] > 0


def count_queries(client: FlaskClient, database: Database, address: str) -> int:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(statements)
