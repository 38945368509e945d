"""What a run answers beside its matches: asked for, stored with it, and told as far as its readers may know."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM
from app.errors import InvalidInputError, NotFoundError
from app.matches import queries as matches
from app.matches.answer_models import Coalition, NamedOffer, OfferDuplicate, PoolChange, Sensitivity
from app.matches.models import MatchRun, MatchRunFile, Tandem, UnmetNeed
from app.matches.options import RunOptions
from app.matches.services import RunOrder, run_match
from matching.vocabulary import AllocationRule, Visibility
from tests.factories import (
    create_group,
    create_membership,
    create_need,
    create_offer,
    create_scoring_profile,
    create_state,
)
from tests.factories.answers import create_coalition, create_pool_change, create_sensitivity

A_DAY = date(2026, 3, 2)
TEXTS = {"title": "Train our incident response team", "description": "Ten analysts of the national team."}


WEIGHTS = {"area": 0.4, "mode": 0.4, "text": 0.2}
PROFILE = {"name": "default", "version": "1", "weights": WEIGHTS, "neutral": 0.5, "minimum_score": 0.2}


def seed(session: Session) -> None:
    """Store three needs of two regional groups, two of one text, and two offers of one text with three places, and a third."""
    create_scoring_profile(session, document=PROFILE)
    for code, group in (("XAA", "AFR"), ("XAB", "APG")):
        create_membership(session, create_state(session, code), create_group(session, group))
    create_need(session, external_id="n-1", states=("XAA",), **TEXTS)
    create_need(session, external_id="n-2", states=("XAB",), **TEXTS)
    create_need(session, external_id="n-3", states=("XAA",), areas=("IRC", "LAW"), modes=("training", "drafting"))
    offered = {"title": "Training of incident response teams", "provider": "First Provider"}
    create_offer(session, external_id="o-1", description="Two weeks for ten analysts.", **offered)
    create_offer(session, external_id="o-2", description="Two weeks for ten analysts.", capacity=2, **offered)
    create_offer(session, external_id="o-3", title="Drafting of laws", areas=("LAW",), modes=("drafting",))


def ordered(session: Session, **options: object) -> MatchRun:
    """Return a run that was asked for something."""
    return run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, options=RunOptions(**options))).run  # type: ignore[arg-type]  # whatever the test names


def test_the_firmness_of_each_first_place_is_kept(session: Session) -> None:
    seed(session)

    run = ordered(session)

    rows = session.scalars(select(Sensitivity).filter_by(run_id=run.id)).all()
    assert len(rows) == 3
    tied = next(row for row in rows if row.margin == 0)
    assert tied.is_toss_up
    assert tied.told[0]["message"] == "The first two offers have the same score: treat them as equal."


def test_changes_to_offers_are_kept_with_the_rows_that_they_name(session: Session) -> None:
    seed(session)
    for number in range(4, 7):
        create_need(session, external_id=f"n-{number}", states=("XAB",), **TEXTS)

    run = ordered(session)

    best = session.scalars(select(PoolChange).filter_by(run_id=run.id, listing="single", rank=1)).one()
    unmet = session.scalars(select(UnmetNeed.need_id).filter_by(run_id=run.id)).all()
    assert best.n_gained == len(best.need_ids) >= 1
    assert set(best.need_ids) <= {str(need_id) for need_id in unmet}


def test_offers_that_say_the_same_are_kept_as_a_pair(session: Session) -> None:
    seed(session)

    run = ordered(session)

    pair = session.scalars(select(OfferDuplicate).filter_by(run_id=run.id)).one()
    assert (pair.likeness, pair.suggestion) == (1.0, "keep_one")


def test_coalitions_are_found_where_they_are_asked_for(session: Session) -> None:
    seed(session)

    plain, asked = ordered(session), ordered(session, max_coalition=3)

    assert "coalitions" not in (plain.answers or [])
    formed = session.scalars(select(Coalition)).one()
    assert (formed.run_id, len(formed.partners)) == (asked.id, 2)
    assert formed.value > formed.alone
    names = session.scalars(select(MatchRunFile.name).filter_by(run_id=asked.id)).all()
    assert "coalitions.csv" in names


def test_the_file_of_changes_is_written_where_it_is_asked_for(session: Session) -> None:
    seed(session)

    run = ordered(session, needs_changes=True)

    assert "changes.csv" in session.scalars(select(MatchRunFile.name).filter_by(run_id=run.id)).all()


def test_the_price_of_a_floor_is_kept(session: Session) -> None:
    seed(session)

    run = ordered(session, equity_floor={"AFR": 1.0})

    assert run.fairness is not None
    assert [(row["group"], row["floor"], row["open"]) for row in run.fairness["groups"]] == [("AFR", 1.0, 2)]
    assert set(run.fairness["price"]) == {"worth", "score"}


def test_peers_are_kept_with_the_draft_of_their_joint_need(session: Session) -> None:
    seed(session)

    run = ordered(session)

    tandem = session.scalars(select(Tandem).filter_by(run_id=run.id)).one()
    assert tandem.joint_need is not None
    assert (tandem.joint_need["states"], tandem.joint_need["area_codes"]) == (["XAA", "XAB"], ["IRC"])
    assert len(tandem.joint_need["need_ids"]) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"equity_floor": {"XQ": 0.5}}, "unknown group 'XQ'"),
        ({"equity_floor": {"AFR": 0.5}, "rule": AllocationRule.STABLE}, "keeps no equity floor"),
    ],
    ids=["nobody", "no floors by this rule"],
)
def test_a_floor_that_cannot_be_kept_is_refused(session: Session, options: dict[str, object], sentence: str) -> None:
    seed(session)

    with pytest.raises(InvalidInputError, match=sentence):
        ordered(session, **options)


def test_a_run_by_a_rule_to_compare_with_does_not_take_the_place_of_the_newest(session: Session) -> None:
    seed(session)
    newest = ordered(session)

    greedy = ordered(session, rule=AllocationRule.GREEDY)

    assert greedy.allocation is AllocationRule.GREEDY
    assert matches.find_latest_run(session, PUBLIC) is newest
    assert matches.get_run(session, PUBLIC, greedy.id) is greedy


def test_each_scenario_of_a_day_is_run_once(session: Session) -> None:
    seed(session)
    wanted = [{}, {"rule": AllocationRule.GREEDY}, {"max_coalition": 2}, {"equity_floor": {"AFR": 0.5}}]
    first = [ordered(session, **options).id for options in wanted]

    again = [ordered(session, **options).id for options in wanted]

    assert len(set(first)) == 4
    assert again == first


def test_a_run_closes_with_an_offer_that_only_an_answer_names(session: Session) -> None:
    for create in (create_sensitivity, create_pool_change, create_coalition):
        row = create(session)
        run = session.get_one(MatchRun, row.run_id)
        assert matches.get_run(session, PUBLIC, run.id) is run
        for named in session.scalars(select(NamedOffer).filter_by(run_id=run.id)):
            session.refresh(named, ["offer"])
            named.offer.visibility = Visibility.MEMBERS
        session.flush()

        with pytest.raises(NotFoundError):
            matches.get_run(session, PUBLIC, run.id)


@pytest.mark.parametrize("circle", [Visibility.PUBLIC, Visibility.SECRETARIAT])
def test_what_knows_all_exclusions_is_told_to_the_secretariat_alone(session: Session, circle: Visibility) -> None:
    seed(session)
    create_need(session, external_id="n-4", states=("XAB",), excluded_providers=("Second Provider",))
    options = RunOptions(max_coalition=3, equity_floor={"AFR": 0.5}, needs_changes=True)

    run = run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY, circle=circle, options=options)).run

    is_told = circle is Visibility.SECRETARIAT
    assert (run.fairness is not None) == is_told
    assert ({"coalitions", "changes"} <= set(run.answers or ())) == is_told
    n_measured = len(session.scalars(select(Sensitivity).filter_by(run_id=run.id)).all())
    assert n_measured == (4 if is_told else 3)
