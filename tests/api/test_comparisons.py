"""Two runs side by side in the API, and for whom."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.db import Database
from app.matches.comparison import compare
from app.matches.models import MatchRun
from app.matches.services import RunOrder, run_match
from app.needs.models import Need
from matching.differences import Change
from matching.vocabulary import Visibility
from tests.factories import (
    create_match,
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_scoring_profile,
    create_unmet_need,
)

A_DAY = date(2026, 3, 2)
NEXT_DAY = date(2026, 3, 3)


def seed(session: Session) -> tuple[Need, Need]:
    """Store two needs that want the one place of one offer, the second more urgently."""
    create_scoring_profile(session)
    texts = {"title": "Train our incident response team", "description": "Ten analysts."}
    first = create_need(session, external_id="n-1", priority=1, **texts)
    second = create_need(session, external_id="n-2", priority=5, visibility=Visibility.MEMBERS, **texts)
    create_offer(session, external_id="o-1", title="Training of incident response teams")
    return first, second


def run_on(session: Session, day: date) -> MatchRun:
    return run_match(session, SYSTEM, RunOrder(as_of_on=day)).run


def test_who_gains_and_who_loses_is_told_with_reasons(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        loser, winner = seed(session)
        before = run_on(session, A_DAY)
        winner.visibility = Visibility.PUBLIC
        session.flush()
        after = run_on(session, NEXT_DAY)

    told = client.get(f"/api/v1/match-runs/{before.id}/comparisons/{after.id}").json

    assert told["counts"] == {"gains": 0, "loses": 1, "moves": 0, "same": 0, "new": 1, "gone": 0}
    lost, new = told["needs"]
    assert (lost["need_id"], lost["change"], lost["before"]["offer_external_id"], lost["after"]) == (
        str(loser.id),
        "loses",
        "o-1",
        None,
    )
    assert "A place in o-1 went to n-2." in lost["reasons"]
    assert (new["need_external_id"], new["after"]["rank"]) == ("n-2", 1)
    assert {"key": "as_of", "before": "2026-03-02", "after": "2026-03-03"} in told["settings"]


def test_a_run_that_one_may_not_see_answers_as_one_that_never_was(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        seed(session)
        shown = run_on(session, A_DAY)
        hidden = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, circle=Visibility.SECRETARIAT)).run

    for other in (hidden.id, uuid4()):
        for pair in ((shown.id, other), (other, shown.id)):
            answer = client.get(f"/api/v1/match-runs/{pair[0]}/comparisons/{pair[1]}")
            assert (answer.status_code, answer.json["detail"]) == (404, "There is no such run.")


def test_a_run_with_a_record_that_was_withdrawn_is_compared_with_nothing(
    client: FlaskClient, database: Database
) -> None:
    with database.unit_of_work() as session:
        need, _ = seed(session)
        before, after = run_on(session, A_DAY), run_on(session, NEXT_DAY)
        need.visibility, need.title, need.description = Visibility.PRIVATE, "", ""

    assert client.get(f"/api/v1/match-runs/{before.id}/comparisons/{after.id}").status_code == 404


@pytest.mark.parametrize("hidden", [Visibility.PRIVATE, Visibility.SECRETARIAT, Visibility.MEMBERS])
def test_two_pools_that_differ_in_a_hidden_record_compare_alike(
    client: FlaskClient, database: Database, hidden: Visibility
) -> None:
    """The hidden need would take the place, and has the id of a public record, as a trap for names."""
    answers = []
    for has_secret in (False, True):
        with database.unit_of_work() as session:
            if has_secret:
                session.execute(delete(MatchRun))
                texts = {"title": "Train our incident response team", "visibility": hidden}
                create_need(session, organization=create_organization(session, "desk"), external_id="n-1", **texts)
            else:
                seed(session)
            runs = [run_on(session, day) for day in (A_DAY, NEXT_DAY)]
        answers.append(client.get(f"/api/v1/match-runs/{runs[0].id}/comparisons/{runs[1].id}").json)

    for answer in answers:
        answer.pop("before_run_id")
        answer.pop("after_run_id")
    assert answers[0] == answers[1]
    assert answers[0]["counts"]["same"] == 1


def test_needs_of_two_organizations_with_one_id_are_told_apart(database: Database) -> None:
    with database.unit_of_work() as session:
        first, second = create_organization(session, "cert-xaa"), create_organization(session, "cert-xab")
        one = create_need(session, organization=first, external_id="n-1")
        other = create_need(session, organization=second, external_id="n-1")
        offer = create_offer(session, external_id="o-1")
        before, after = create_match_run(session), create_match_run(session)
        for run, served, unmet in ((before, one, other), (after, other, one)):
            create_match(session, run=run, need=served, offer=offer)
            create_unmet_need(session, run=run, need=unmet)

        compared = compare(session, SYSTEM, before.id, after.id)

    assert [(need.need_id, need.change) for need in compared.changed] == [
        ("cert-xaa:n-1", Change.LOSES),
        ("cert-xab:n-1", Change.GAINS),
    ]
