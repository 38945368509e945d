"""Greedy and stable allocation, equity first, and all rules side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import Allocation, allocate_by_every_rule, allocate_exactly, allocate_greedily, allocate_stably
from matching.vocabulary import AllocationRule
from tests.matching.markets import every_allocation, make_floors, make_market, random_market, worth_in


def served(allocation: Allocation) -> list[int]:
    return allocation.columns.tolist()


def blocking_pairs(scores: np.ndarray, capacities: np.ndarray, columns: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of a need and an offer that would both rather have each other; ties go by position."""
    found = []
    for need, offer in zip(*np.nonzero(scores >= 0.2), strict=True):
        mine = int(columns[need])
        would_move = mine < 0 or (-scores[need, offer], offer) < (-scores[need, mine], mine)
        holders = np.flatnonzero(columns == offer)
        has_room = len(holders) < capacities[offer]
        would_take = any((-scores[need, offer], need) < (-scores[other, offer], other) for other in holders)
        if mine != offer and would_move and (has_room or would_take):
            found.append((int(need), int(offer)))
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000))
def test_no_pair_would_break_up_a_stable_allocation(seed: int) -> None:
    scores, market = random_market(seed, n_needs=7, n_offers=5)

    columns = allocate_stably(market).columns

    assert blocking_pairs(scores, market.capacities, columns) == []
    taken = np.bincount(columns[columns >= 0], minlength=len(market.capacities))
    assert (taken <= market.capacities).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
def test_the_stable_allocation_is_the_only_one_that_no_pair_would_break_up(seed: int) -> None:
    scores, market = random_market(seed)

    stable = [
        allocation.tolist()
        for allocation in every_allocation(scores, market)
        if not blocking_pairs(scores, market.capacities, allocation)
    ]

    assert stable == [served(allocate_stably(market))]


def test_greedy_serves_the_urgent_first_then_the_best_first_offer_then_the_first_id() -> None:
    scores = [[0.5, 0.4], [0.9, 0.8], [0.9, 0.3]]

    by_score = allocate_greedily(make_market(scores, [1, 1]))
    by_urgency = allocate_greedily(make_market(scores, [1, 1], urgency=[1.2, 1.0, 1.0]))

    # Need 1 takes offer 0 and need 2 offer 1; then need 0, which is urgent, takes offer 0 and leaves the rest to them.
    assert served(by_score) == [-1, 0, 1]
    assert served(by_urgency) == [0, 1, -1]


@pytest.mark.parametrize("allocate", [allocate_greedily, allocate_stably], ids=["greedy", "stable"])
def test_an_offer_behind_the_end_of_the_list_is_found(allocate: object) -> None:
    market = make_market([[0.9, 0.8, 0.7], [0.8, 0.7, 0.6], [0.7, 0.6, 0.5]], [1, 1, 1], n_kept=1)

    assert callable(allocate)
    assert served(allocate(market)) == [0, 1, 2]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
@pytest.mark.parametrize("allocate", [allocate_greedily, allocate_stably], ids=["greedy", "stable"])
def test_lists_cut_short_change_no_allocation(allocate: object, seed: int) -> None:
    scores, market = random_market(seed, n_needs=7, n_offers=5)
    whole = make_market(scores, market.capacities.tolist(), urgency=market.urgency.tolist())

    assert callable(allocate)
    assert served(allocate(market)) == served(allocate(whole))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
@pytest.mark.parametrize("allocate", [allocate_greedily, allocate_stably], ids=["greedy", "stable"])
def test_whom_one_more_place_would_serve_is_whom_the_rule_serves_with_it(allocate: object, seed: int) -> None:
    scores, market = random_market(seed, n_needs=7, n_offers=5)
    assert callable(allocate)
    first = allocate(market)

    told = first.chains().served

    for offer in range(len(market.capacities)):
        more = market.capacities.copy()
        more[offer] += 1
        again = allocate(make_market(scores, more.tolist(), urgency=market.urgency.tolist()))
        newly_served = np.flatnonzero((again.columns >= 0) & (first.columns < 0))
        assert told[offer] == (newly_served[0] if len(newly_served) else -1)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
def test_no_rule_is_worth_more_than_the_optimum_and_each_keeps_the_capacities(seed: int) -> None:
    scores, market = random_market(seed, n_needs=6)
    floors = make_floors([[1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0]], [2, 2])

    found = allocate_by_every_rule(market, floors)

    best = allocate_exactly(market).total / 1e6
    assert [item.rule for item in found] == list(AllocationRule)
    assert found[0].totals.worth == pytest.approx(best)
    for item in found:
        taken = np.bincount(item.columns[item.columns >= 0], minlength=len(market.capacities))
        assert (taken <= market.capacities).all()
        assert item.totals.worth == pytest.approx(worth_in(scores, market, item.columns) / 1e6)
        assert item.totals.worth <= best + 1e-9
        assert item.totals.n_served == (item.columns >= 0).sum()


def test_rules_differ_where_they_have_to() -> None:
    # One place each. The best total serves both needs; greedy and stable give the first offer to need 0, which leaves
    # need 1 without; the floor asks for need 2, and equity first gives it the place that it likes best.
    market = make_market([[0.9, 0.8], [0.8, 0.0], [0.5, 0.45]], [1, 1])
    floors = make_floors([[0, 0, 1]], [1])

    found = {item.rule: item for item in allocate_by_every_rule(market, floors)}

    assert {rule: item.columns.tolist() for rule, item in found.items()} == {
        AllocationRule.OPTIMAL: [1, 0, -1],
        AllocationRule.WITH_FLOOR: [0, -1, 1],
        AllocationRule.EQUITY_FIRST: [1, -1, 0],
        AllocationRule.GREEDY: [0, -1, 1],
        AllocationRule.STABLE: [0, -1, 1],
    }
    assert found[AllocationRule.OPTIMAL].served_share_by_group == {"A": 0.0}
    assert found[AllocationRule.WITH_FLOOR].served_share_by_group == {"A": 1.0}


def test_deferred_acceptance_holds_at_a_size_at_which_recursion_ends() -> None:
    """A known package fails with RecursionError here: every need wants the same offers, so that all are turned away."""
    n = 500
    scores = np.round(0.9 - np.arange(n)[None, :] * 0.0004 - np.arange(n)[::-1, None] * 0.00001, 6)

    columns = allocate_stably(make_market(scores, [1] * n)).columns

    assert columns.tolist() == list(range(n - 1, -1, -1))
