"""Equity floors: beside brute force, with groups that overlap, out of reach, and in a whole run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import allocate_exactly, allocate_with_floors, equity, tell_fairness
from matching.command.summary import told_in_short
from matching.engine import run
from matching.errors import UnreadableProfileError
from matching.groups import NEVER_SERVED, never_served, read_floors
from matching.output import matches_csv, run_document, unmet_csv
from matching.records import Need, Offer, Outcome, Pool
from matching.report import render_report
from matching.results import Fairness, RunResult
from matching.vocabulary import Visibility
from tests.matching.markets import every_allocation, make_floors, make_market, random_market, worth_in
from tests.matching.worlds import TODAY, make_geography, make_need, make_offer, make_profile, make_reference


def match(*records: Need | Offer, floor: Mapping[str, float], outcomes: tuple[Outcome, ...] = ()) -> RunResult:
    pool = Pool(
        needs=tuple(item for item in records if isinstance(item, Need)),
        offers=tuple(item for item in records if isinstance(item, Offer)),
        outcomes=outcomes,
    )
    return run(pool, make_reference(), make_profile(equity_floor=floor), as_of_on=TODAY)


def served_ids(result: RunResult) -> set[str]:
    return {item.need_id for item in result.matches if item.is_allocated}


def fairness_of(result: RunResult) -> Fairness:
    assert result.fairness is not None
    return result.fairness


# One place for two needs: the Asian-Pacific one has the words of the offer, the African one has not.
ASIAN = make_need("N1", states=("XBA",))
AFRICAN = make_need("N2", states=("XAA",), title="Support with a plan", description="Drafting.")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 100_000))
def test_least_shortfall_then_the_best_total_is_what_brute_force_finds(seed: int) -> None:
    scores, market = random_market(seed)
    chance = np.random.default_rng(seed)
    members = chance.random((int(chance.integers(1, 4)), market.n_needs)) < 0.5
    floors = make_floors(members, [int(chance.integers(0, inside.sum() + 1)) for inside in members])

    found = allocate_with_floors(market, floors)

    columns = found.with_floor.columns
    best = max((-floors.shortfall(any_), worth_in(scores, market, any_)) for any_ in every_allocation(scores, market))
    assert (-floors.shortfall(columns), worth_in(scores, market, columns)) == best
    assert found.is_proven
    assert worth_in(scores, market, found.without.columns) == allocate_exactly(market).total


def test_overlapping_groups_for_which_no_prices_are_enough_are_solved_as_well() -> None:
    # Each two of three needs form a group and one place is there for each group, but a need is in two groups: serving
    # half of each need would keep all floors at the best total, and no need can be served by half.
    scores = np.array([[0.9, 0.9], [0.8, 0.8], [0.7, 0.7], [1.0, 1.0]])
    market = make_market(scores, [1, 1])
    floors = make_floors([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0]], [1, 1, 1])

    found = allocate_with_floors(market, floors)

    assert sorted(np.flatnonzero(found.with_floor.columns >= 0)) == [0, 1]


def test_a_floor_takes_the_place_from_the_better_match_and_says_what_it_costs() -> None:
    free, floored = match(ASIAN, AFRICAN, make_offer(), floor={}), match(ASIAN, AFRICAN, make_offer(), floor={"AFR": 1})

    fairness = fairness_of(floored)
    (share,) = fairness.groups
    scores = {item.need_id: item.score for item in floored.matches}
    assert (served_ids(free), served_ids(floored)) == ({"N1"}, {"N2"})
    assert free.fairness is None
    assert (share.n_open, share.n_needed, share.n_served, share.n_served_without) == (1, 1, 1, 0)
    assert fairness.score_price == fairness.worth_price == pytest.approx(scores["N1"] - scores["N2"])
    assert fairness.without_floor.score == scores["N1"]


def test_a_floor_that_the_best_total_keeps_anyway_changes_no_byte() -> None:
    offers = (make_offer("O1"), make_offer("O2"))

    free, floored = (match(ASIAN, AFRICAN, *offers, floor=floor) for floor in ({}, {"AFR": 1.0, "APG": 0.5}))

    assert matches_csv(free) == matches_csv(floored)
    assert unmet_csv(free) == unmet_csv(floored)
    assert fairness_of(floored).worth_price == 0


def test_a_floor_that_no_allocation_comes_nearer_to_changes_no_byte() -> None:
    """Nobody can serve the Eastern European need; the others must not be told that their places went to a floor."""
    out_of_reach = make_need("N3", states=("XCA",))
    offer = make_offer(eligible=("AFR", "APG"))

    free, floored = (match(ASIAN, AFRICAN, out_of_reach, offer, floor=floor) for floor in ({}, {"EEG": 1.0}))

    assert (matches_csv(free), unmet_csv(free)) == (matches_csv(floored), unmet_csv(floored))
    assert not fairness_of(floored).groups[0].is_reached


def test_a_floor_of_nothing_is_no_floor() -> None:
    assert match(ASIAN, AFRICAN, make_offer(), floor={"AFR": 0.0}).fairness is None


def test_a_floor_out_of_reach_serves_as_many_as_can_be_served_and_says_so() -> None:
    needs = [make_need(f"N{at}", states=("XAA",)) for at in range(3)]
    result = match(*needs, ASIAN, make_offer(capacity=2), floor={"AFR": 1.0})

    (share,) = fairness_of(result).groups
    assert (share.n_needed, share.n_served, share.is_reached) == (3, 2, False)
    assert "AFR 2 served of 3, 3 needed (" in told_in_short(result)
    assert "more cannot be served" in told_in_short(result)
    assert "Not every floor can be reached" in render_report(result, make_reference(), inputs=())


def test_a_need_is_told_whom_one_more_place_would_serve_beside_the_floor() -> None:
    result = match(ASIAN, AFRICAN, make_offer(), floor={"AFR": 1})

    more = match(ASIAN, AFRICAN, make_offer(capacity=2), floor={"AFR": 1})

    assert [(item.need_id, str(item.would_match_if)) for item in result.unmet] == [("N1", "If O1 had one more place.")]
    assert served_ids(more) == {"N1", "N2"}


@pytest.mark.parametrize(
    ("share", "needed"), [(0.1, 3), (0.3, 9), (0.31, 10), (1.0, 30)], ids=["a tenth", "three tenths", "more", "all"]
)
def test_a_share_is_counted_as_it_is_written_and_rounded_up(share: float, needed: int) -> None:
    """A tenth of thirty was four: 0.1 is a little more than a tenth inside a machine."""
    needs = [make_need(f"N{at:02}") for at in range(30)]

    profile = make_profile(equity_floor={"AFR": share})
    floors = read_floors(needs, make_geography(), profile, outcomes=(), as_of_on=TODAY)

    assert floors.needed.tolist() == [needed]


def test_a_closed_need_asks_for_no_place_and_a_joint_one_counts_in_each_of_its_groups() -> None:
    closed = make_need("N1", latest_on=date(2026, 5, 31))
    joint = make_need("N2", states=("XAA", "XBA"))

    profile = make_profile(equity_floor={"AFR": 1.0, "APG": 1.0})
    floors = read_floors([closed, joint], make_geography(), profile, outcomes=(), as_of_on=TODAY)

    assert floors.members.tolist() == [[False, True], [False, True]]


def test_states_never_served_are_those_that_no_finished_engagement_names() -> None:
    def outcome(state: str, ended_on: date | None) -> Outcome:
        return Outcome(outcome_id=state, states=(state,), provider="Provider A", ended_on=ended_on)

    finished, under_way = outcome("XAA", date(2025, 1, 1)), outcome("XBA", None)
    to_come = outcome("XBB", date(2027, 1, 1))

    states = never_served(make_geography(), [finished, under_way, to_come], as_of_on=TODAY)
    result = match(
        make_need("N1", states=("XAA",)), replace_state(AFRICAN, "XCA"), make_offer(),
        floor={NEVER_SERVED: 1}, outcomes=(finished,),
    )  # fmt: skip

    assert states == {"XAB", "XBA", "XBB", "XCA", "XZZ"}
    assert served_ids(result) == {"N2"}


def replace_state(need: Need, state: str) -> Need:
    return make_need(need.need_id, states=(state,), title=need.title, description=need.description)


def test_a_floor_for_an_unknown_group_is_refused_by_name() -> None:
    with pytest.raises(UnreadableProfileError, match="unknown group 'LCD'") as refused:
        match(ASIAN, make_offer(), floor={"LCD": 0.5})

    assert refused.value.key == "equity_floor.LCD"


def test_the_order_of_records_and_groups_changes_nothing() -> None:
    chance = Random(7)
    states = ("XAA", "XAB", "XBA", "XBB", "XCA")
    titles = ("Support with a strategy", "A plan", "Training of a CSIRT", "Support with a cybersecurity strategy")
    records: list[Need | Offer] = [
        make_need(f"N{at:02}", states=(states[at % 5],), title=titles[at % 4], priority=1 + at % 5) for at in range(24)
    ]
    records += [make_offer(f"O{at}", eligible=(states[at], states[(at + 1) % 5]), capacity=2) for at in range(5)]
    floor = {"AFR": 0.6, "APG": 0.6, NEVER_SERVED: 0.4, "EEG": 0.9}

    first = match(*records, floor=floor)
    chance.shuffle(records)
    second = match(*records, floor=dict(reversed(list(floor.items()))))

    assert fairness_of(first).groups != ()
    assert (matches_csv(first), unmet_csv(first)) == (matches_csv(second), unmet_csv(second))
    assert first.fairness == second.fairness


def test_what_is_too_large_to_be_proven_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equity, "MAX_PROGRAMME_PAIRS", 0)

    result = match(ASIAN, AFRICAN, make_offer(), floor={"AFR": 1})

    assert not fairness_of(result).is_proven
    assert "not proven to be the best" in told_in_short(result)
    assert "may be a better allocation" in render_report(result, make_reference(), inputs=())


def run_json_of(result: RunResult) -> dict[str, Any]:
    document = run_document(result, inputs=(), ranking_sha256="", peak_memory_mb=0)
    loaded: dict[str, Any] = json.loads(json.dumps(document))
    return loaded


def test_run_json_tells_the_price_of_fairness_where_there_is_a_floor_and_only_there() -> None:
    free, floored = (match(ASIAN, AFRICAN, make_offer(), floor=floor) for floor in ({}, {"AFR": 1}))

    told = run_json_of(floored)["fairness"]

    assert "fairness" not in run_json_of(free)
    assert told["groups"] == [
        {"group": "AFR", "floor": 1, "open": 1, "needed": 1, "served": 1, "served_without": 0, "reached": True}
    ]
    assert told["price"]["worth"] == pytest.approx(told["without_floor"]["worth"] - told["with_floor"]["worth"])
    assert told["proven"] is True


def test_the_report_has_a_paragraph_on_the_floor_where_there_is_one_and_only_there() -> None:
    free, floored = (
        render_report(match(ASIAN, AFRICAN, make_offer(), floor=floor), make_reference(), inputs=())
        for floor in ({}, {"AFR": 1})
    )

    assert "Every floor is reached." in floored
    assert "The equity floor and its price" not in free


def test_the_report_keeps_the_numbers_of_a_group_in_which_one_need_is_shown_by_id_only() -> None:
    hidden = make_need("N2", states=("XAA",), visibility=Visibility.SECRETARIAT)

    page = render_report(match(ASIAN, hidden, make_offer(), floor={"AFR": 1}), make_reference(), inputs=())

    row = page.partition("To be served")[2].partition("African States")[2].partition("</tr>")[0]
    assert row.count("–") == 4


def test_the_totals_hold_pairs_behind_the_lists_as_well() -> None:
    scores = np.array([[0.9, 0.8, 0.7], [0.9, 0.8, 0.3]])
    market = make_market(scores, [0, 1, 1], n_kept=1)
    floors = make_floors([[0, 1]], [1])

    fairness = tell_fairness(market, floors, allocate_with_floors(market, floors))

    assert (fairness.with_floor.score, fairness.with_floor.n_served) == (1.5, 2)
