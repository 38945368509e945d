"""What runs answer beside their matches in the API, and what of it stays hidden."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.db import Database
from app.matches.models import MatchRun
from app.matches.options import RunOptions
from app.matches.services import RunOrder, run_match
from app.needs.models import Need
from matching.vocabulary import Visibility
from tests.api.test_confidential import AN_ID, NOON, exclude, public_answers
from tests.factories import (
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_scoring_profile,
    create_state,
)
from tests.factories.answers import create_offer_duplicate

A_DAY = date(2026, 3, 2)
PARTS = ("sensitivities", "coalitions", "pool-changes")
ASKED = RunOptions(max_coalition=3, equity_floor={"XAA": 0.5}, needs_changes=True)


def seed(session: Session) -> tuple[Need, Need]:
    """Store three needs, one of them of no offer, and three offers, two of them of one text."""
    create_scoring_profile(session)
    create_state(session, "XAB")
    first = create_need(session, external_id="n-1", title="Train our incident response team")
    create_need(session, external_id="n-2", title="Train our incident response team", states=("XAB",))
    last = create_need(session, external_id="n-3", title="Write a law", areas=("LAW",), modes=("drafting",))
    text = {"title": "Training of incident response teams", "description": "Two weeks for ten analysts."}
    create_offer(session, external_id="o-1", provider="First Provider", **text)
    create_offer(session, external_id="o-2", provider="First Provider", capacity=0, **text)
    create_offer(session, external_id="o-3", provider="Third Provider", title="Something on cables", capacity=0)
    return first, last


def asked_run(session: Session) -> MatchRun:
    """Return a run that was asked for everything, the only one there is."""
    session.execute(delete(MatchRun))
    return run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, options=ASKED), clock=lambda: NOON).run


def answers(client: FlaskClient, run: MatchRun) -> dict[str, str]:
    """Return everything that the public reads of the further answers of a run, ids of rows left out."""
    addresses = [
        *(f"/api/v1/match-runs/{run.id}/{part}" for part in PARTS),
        *(
            f"/match-runs/{run.id}?format=csv&table={table}"
            for table in ("changes", "sensitivities", "coalitions", "fairness")
        ),
    ]
    told = {}
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200, address
            told[address.replace(str(run.id), "RUN")] = AN_ID.sub("an id", response.get_data(as_text=True))
    return told


def test_a_run_says_what_it_was_asked_for_and_what_it_answers(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
        run = asked_run(session)

    told = client.get(f"/api/v1/match-runs/{run.id}").json

    assert told["allocation"] == "optimal"
    assert told["options"] == {"max_coalition": 3, "equity_floor": {"XAA": 0.5}, "needs_changes": True}
    assert told["answers"] == ["coalitions", "sensitivities", "changes", "offer_duplicates"]
    assert [row["group"] for row in told["fairness"]["groups"]] == ["XAA"]


def test_each_further_answer_is_a_list_of_its_own(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
        run = asked_run(session)

    sensitivities, _, changes = (client.get(f"/api/v1/match-runs/{run.id}/{part}").json["data"] for part in PARTS)

    assert len(sensitivities) == 3
    assert all(len(row["ranges"]) == 9 and row["sentences"] for row in sensitivities)
    assert {row["list"] for row in changes} == {"single", "together"}
    assert all(row["needs_gained"] == len(row["need_ids"]) - len(row["lost_need_ids"]) for row in changes)


def test_peers_have_the_draft_of_a_joint_need(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
        asked_run(session)

    tandems = client.get("/api/v1/tandems").json["data"]

    assert all((row["joint_need"] is not None) == (row["kind"] == "peer") for row in tandems)


@pytest.mark.parametrize("part", PARTS)
def test_a_run_that_one_may_not_see_answers_nothing(client: FlaskClient, database: Database, part: str) -> None:
    with database.unit_of_work() as session:
        hidden = create_match_run(session, visibility=Visibility.SECRETARIAT)

    told = [client.get(f"/api/v1/match-runs/{run_id}/{part}") for run_id in (hidden.id, uuid4())]

    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].json["detail"] == told[1].json["detail"]


@pytest.mark.parametrize("visibility", [one for one in Visibility if one is not Visibility.PUBLIC])
def test_a_hidden_need_and_a_hidden_offer_change_no_answer(
    client: FlaskClient, database: Database, visibility: Visibility
) -> None:
    with database.unit_of_work() as session:
        seed(session)
        before = asked_run(session)
    first = answers(client, before)

    with database.unit_of_work() as session:
        desk = create_organization(session, "desk")
        texts = {"title": "Train our incident response team", "organization": desk, "visibility": visibility}
        create_need(session, external_id="n-1", priority=5, **texts)
        create_offer(session, external_id="o-1", provider="First Provider", **texts)
        after = asked_run(session)

    assert answers(client, after) == first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Third Provider",), ("Nobody We Know",)),
        (("Nobody We Know",), ("Nobody We Know", "Third Provider")),
    ],
    ids=["another one", "one more"],
)
def test_no_answer_tells_whom_a_state_excludes(
    client: FlaskClient, database: Database, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    with database.unit_of_work() as session:
        needs = seed(session)

    told = []
    for excluded in (before, after):
        with database.unit_of_work() as session:
            for need in needs:
                exclude(session, need, *excluded)
            session.flush()
            session.expire_all()
            run = asked_run(session)
        told.append(answers(client, run) | public_answers(client, run, needs))

    assert told[0] == told[1]
    assert '"data": []' in told[0]["/api/v1/match-runs/RUN/coalitions"].replace('":[', '": [')


def test_the_page_of_a_run_says_what_is_told_to_the_secretariat_only(client: FlaskClient, database: Database) -> None:
    told = []
    for excluded in ((), ("Third Provider",)):
        with database.unit_of_work() as session:
            if not excluded:
                needs = seed(session)
            exclude(session, needs[0], *excluded)
            session.flush()
            session.expire_all()
            run = asked_run(session)
        told.append(client.get(f"/match-runs/{run.id}").get_data(as_text=True))

    assert ["are told to the secretariat only" in page for page in told] == [False, True]


def test_offers_that_say_the_same_are_told_of_each_other(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
        asked_run(session)
    ids = {row["external_id"]: row["id"] for row in client.get("/api/v1/offers").json["data"]}

    told = {name: client.get(f"/api/v1/offers/{ids[name]}/duplicates").json["data"] for name in ids}

    assert [row["external_id"] for row in told["o-1"]] == ["o-2"]
    assert [row["external_id"] for row in told["o-2"]] == ["o-1"]
    assert told["o-3"] == []
    assert (told["o-1"][0]["suggestion"], told["o-1"][0]["likeness"]) == ("keep_one", 1.0)
    assert "Training of incident response teams" in client.get(f"/offers/{ids['o-1']}").get_data(as_text=True)
    assert "Offers that probably say the same" in client.get(f"/offers/{ids['o-1']}").get_data(as_text=True)


def test_nobody_hears_of_a_withdrawn_offer_through_its_double(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        pair = create_offer_duplicate(session)
        offer_id, other_id = pair.one_id, pair.other_id
        session.refresh(pair, ["other"])
        pair.other.visibility = Visibility.MEMBERS

    assert client.get(f"/api/v1/offers/{offer_id}/duplicates").json == {"data": []}
    assert "probably say the same" not in client.get(f"/offers/{offer_id}").get_data(as_text=True)
    for hidden in (other_id, uuid4()):
        answer = client.get(f"/api/v1/offers/{hidden}/duplicates")
        assert (answer.status_code, answer.json["detail"]) == (404, "There is no such offer.")
