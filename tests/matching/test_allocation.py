"""The allocation beside brute force, and the proof that cut lists are enough."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import Allocation, Edges, Market, allocate, allocate_exactly, worth_of
from matching.candidates import Candidates
from matching.engine import run
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference


def best_total(worth: dict[tuple[int, int], int], n_needs: int, capacities: list[int]) -> int:
    """Try every way to give each need an offer or none."""
    best = 0
    for chosen in product([-1, *range(len(capacities))], repeat=n_needs):
        is_within = all(chosen.count(offer) <= capacity for offer, capacity in enumerate(capacities))
        is_known = all(offer < 0 or (need, offer) in worth for need, offer in enumerate(chosen))
        if is_within and is_known:
            best = max(best, sum(worth[need, offer] for need, offer in enumerate(chosen) if offer >= 0))
    return best


def edges_of(worth: dict[tuple[int, int], int]) -> Edges:
    """Return the pairs of a need and an offer with what each is worth."""
    return Edges(
        need=np.array([need for need, _ in worth], dtype=np.int64),
        offer=np.array([offer for _, offer in worth], dtype=np.int64),
        worth=np.array(list(worth.values()), dtype=np.int64),
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[dict[tuple[int, int], int], int, list[int]]:
    n_needs, n_offers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    pairs = [(need, offer) for need in range(n_needs) for offer in range(n_offers)]
    kept = draw(st.lists(st.sampled_from(pairs), unique=True))
    return (
        {pair: draw(st.integers(1, 50)) for pair in kept},
        n_needs,
        draw(st.lists(st.integers(0, 2), min_size=n_offers, max_size=n_offers)),
    )


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_total_is_the_best_that_brute_force_finds(
    problem: tuple[dict[tuple[int, int], int], int, list[int]],
) -> None:
    worth, n_needs, capacities = problem
    edges = edges_of(worth)

    chosen = allocate(edges, np.array(capacities), n_needs=n_needs)

    total = sum(worth[need, int(offer)] for need, offer in enumerate(chosen) if offer >= 0)
    assert total == best_total(worth, n_needs, capacities)
    assert all((chosen == offer).sum() <= capacity for offer, capacity in enumerate(capacities))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_lists_cut_short_give_the_same_total_as_whole_ones(seed: int, n_kept: int) -> None:
    chance = np.random.default_rng(seed)
    n_needs, n_offers = 6, 8
    scores = np.round(chance.random((n_needs, n_offers)), 6)
    capacities = chance.integers(0, 3, n_offers)

    def listed(rows: np.ndarray, n: int) -> Candidates:
        order = np.argsort(-scores[rows], axis=1)[:, :n]
        return Candidates(
            columns=order,
            scores=np.take_along_axis(scores[rows], order, axis=1),
            n_eligible=np.full(len(rows), n_offers),
        )

    def total(n: int) -> int:
        market = Market(
            candidates=listed(np.arange(n_needs), n), scores_of=lambda rows: scores[rows],
            urgency=np.ones(n_needs), capacities=capacities, minimum_score=0.2,
        )  # fmt: skip
        found = allocate_exactly(market)
        served = np.flatnonzero(found.columns >= 0)
        return int(worth_of(scores[served, found.columns[served]], np.ones(len(served))).sum())

    assert total(n_kept) == total(n_offers)


def test_the_whole_pool_is_better_served_than_one_need_after_another() -> None:
    # The first need likes both offers, the second only one: greedy would leave the second without.
    first = make_need("N1", states=("XAA",))
    second = make_need("N2", states=("XAB",), description="Drafting.")
    shared = make_offer("O1", eligible=("XAA", "XAB"))
    other = make_offer("O2", eligible=("XAA",), description="Drafting support for a national strategy.")

    result = run(make_pool(first, second, shared, other), make_reference(), make_profile(), as_of_on=TODAY)

    assert {item.need_id: item.offer_id for item in result.matches if item.is_allocated} == {"N1": "O2", "N2": "O1"}


@pytest.mark.parametrize(("first", "second", "served"), [(5, 1, "N1"), (1, 5, "N2")], ids=["first", "second"])
def test_urgency_decides_who_gets_the_last_place(first: int, second: int, served: str) -> None:
    needs = (make_need("N1", priority=first), make_need("N2", priority=second))

    result = run(make_pool(*needs, make_offer()), make_reference(), make_profile(), as_of_on=TODAY)

    assert [item.need_id for item in result.matches if item.is_allocated] == [served]


def test_a_longer_list_to_read_changes_no_allocation() -> None:
    """Forty needs and offers of one score each: how many were listed once decided which of the equals was allocated."""
    needs = [make_need(f"N{at:02}") for at in range(40)]
    offers = [make_offer(f"O{at:03}") for at in range(100)]
    pool = make_pool(*needs, *offers)

    short, long = (run(pool, make_reference(), make_profile(), as_of_on=TODAY, top=top).matches for top in (10, 100))

    allocated = [[(item.need_id, item.offer_id) for item in found if item.is_allocated] for found in (short, long)]
    assert len(allocated[0]) == 40
    assert allocated[0] == allocated[1]


@settings(max_examples=150, deadline=None)
@given(problems())
def test_whom_one_more_place_would_serve_is_what_allocating_again_serves(
    problem: tuple[dict[tuple[int, int], int], int, list[int]],
) -> None:
    worth, n_needs, capacities = problem
    # Powers of two apart, so that no two allocations are worth the same.
    distinct = {pair: value * 2**20 + 2**at for at, (pair, value) in enumerate(worth.items())}
    edges = edges_of(distinct)
    chosen = allocate(edges, np.array(capacities), n_needs=n_needs)
    allocation = Allocation(columns=chosen, edges=edges, capacities=np.array(capacities))

    told = allocation.chains().served

    for offer in range(len(capacities)):
        more = np.array(capacities)
        more[offer] += 1
        again = allocate(edges, more, n_needs=n_needs)
        newly_served = np.flatnonzero((again >= 0) & (chosen < 0))
        assert told[offer] == (newly_served[0] if len(newly_served) else -1)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_the_price_of_an_offer_is_what_one_more_place_adds_to_the_total(
    problem: tuple[dict[tuple[int, int], int], int, list[int]],
) -> None:
    """A move to another place that then stays free gains as well, which the search for chains once left out."""
    worth, n_needs, capacities = problem
    edges = edges_of(worth)
    chosen = allocate(edges, np.array(capacities), n_needs=n_needs)

    price = Allocation(columns=chosen, edges=edges, capacities=np.array(capacities)).chains().price

    for offer in range(len(capacities)):
        more = [capacity + (at == offer) for at, capacity in enumerate(capacities)]
        assert price[offer] == best_total(worth, n_needs, more) - best_total(worth, n_needs, capacities)
