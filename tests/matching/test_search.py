"""The compiled search finds what the plain definition finds, to the bit."""

from __future__ import annotations

import itertools
import runpy
from dataclasses import replace

import numpy as np
import pytest

from matching.allocation import worth_of
from matching.candidates import best_above_zero, find_candidates
from matching.command.datafiles import load_reference
from matching.engine import run
from matching.model import Model, prepare
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.search.finder import Finder
from matching.search.kernel import reaching, search
from matching.search.narrowing import narrowed
from matching.vocabulary import Component, Mode
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_need, make_offer, make_profile, make_reference

N_NEEDS, N_OFFERS = 150, 90


def made_profile(seed: int) -> ScoringProfile:
    """Return a profile drawn by chance; one component in four weighs nothing."""
    chance = np.random.default_rng(seed)
    weights = {part: float(chance.random() * (chance.random() > 0.25)) for part in Component}
    neutral = {part: round(float(chance.random()), 3) for part in Component}
    weights[Component.TEXT] += 0.01
    return make_profile(weights=weights, neutral=neutral, minimum_score=0.3)


def made_model(seed: int, *, n_needs: int = N_NEEDS, n_offers: int = N_OFFERS) -> tuple[Model, ScoringProfile]:
    profile = made_profile(seed)
    pool = random_pool(seed, n_needs=n_needs, n_offers=n_offers)
    return prepare(pool, make_reference(), profile, as_of_on=TODAY), profile


@pytest.mark.parametrize("n_kept", [1, 10, N_OFFERS, 2 * N_OFFERS])
@pytest.mark.parametrize("seed", range(8))
def test_the_best_offers_are_those_of_the_definition(seed: int, n_kept: int) -> None:
    model, profile = made_model(seed)
    rows = np.arange(N_NEEDS)

    found = Finder(model, profile).candidates(rows, n_kept=n_kept)

    expected = find_candidates(model.scorer, model.eligibility, rows, n_offers=N_OFFERS, n_kept=n_kept)
    assert np.array_equal(found.columns, expected.columns)
    assert np.array_equal(found.scores, expected.scores)
    assert np.array_equal(found.n_eligible, expected.n_eligible)
    assert (expected.columns >= 0).any()


@pytest.mark.parametrize("seed", range(3))
def test_needs_of_one_state_with_different_neighbours_are_searched_together(seed: int) -> None:
    chance, pool = np.random.default_rng(seed), random_pool(seed, n_needs=60, n_offers=N_OFFERS)
    neighbours = ("", "Uganda", "Somalia", "Uganda and Somalia")
    needs = [
        replace(need, states=("KEN",), description=f"Training with our neighbours {chance.choice(neighbours)}.")
        for need in pool.needs
    ]
    open_to = (("KEN",), ("KEN", "UGA"), ("KEN", "SOM", "UGA"), ("AFR",), ("*",), ("FJI",))
    offers = [replace(offer, eligible=open_to[chance.integers(len(open_to))]) for offer in pool.offers]
    profile, rows = make_profile(), np.arange(60)
    reference = load_reference(as_of_on=TODAY)
    model = prepare(Pool(needs=tuple(needs), offers=tuple(offers)), reference, profile, as_of_on=TODAY)

    finder = Finder(model, profile)
    found, qualifying = finder.candidates(rows, n_kept=10), finder.qualifying(rows)

    expected = find_candidates(model.scorer, model.eligibility, rows, n_offers=N_OFFERS, n_kept=10)
    assert 10 < model.eligibility.has_neighbours.sum() < 60
    assert (len(finder.blocks()), found.columns.tolist()) == (1, expected.columns.tolist())
    assert np.array_equal(found.scores, expected.scores)
    reaches = model.eligibility.is_eligible(rows) & (model.scorer.scores(rows) >= profile.minimum_score)
    assert np.array_equal(qualifying, reaches)


@pytest.mark.parametrize("seed", range(8))
def test_the_pairs_that_gain_at_some_prices_are_those_of_the_definition(seed: int) -> None:
    model, profile = made_model(seed)
    chance = np.random.default_rng(seed)
    rows = np.sort(chance.choice(N_NEEDS, 70, replace=False))
    urgency = chance.choice([0.8, 0.9, 1.0, 1.1, 1.2], 70)
    price, surplus = chance.integers(0, 300_000, N_OFFERS), chance.integers(0, 300_000, 70)
    scores = model.scorer.scores(rows)
    gain = worth_of(scores, urgency[:, None]) - price[None, :] - surplus[:, None]
    gain[~model.eligibility.is_eligible(rows) | (scores < profile.minimum_score)] = 0
    at, column = best_above_zero(gain, N_OFFERS)

    found_rows, found_columns, found_scores = Finder(model, profile).gaining(
        rows, urgency=urgency, price=price, surplus=surplus, n_kept=N_OFFERS
    )

    assert len(at) > 0
    order = np.lexsort((found_columns, found_rows))
    assert found_rows[order].tolist() == rows[at].tolist()
    assert found_columns[order].tolist() == column.tolist()
    assert np.array_equal(found_scores[order], scores[at, column])


def test_modes_and_audiences_stand_in_two_tables_and_not_in_one_of_all_their_combinations() -> None:
    """Together they had so many kinds that a large pool was searched the slow way."""
    people = "prosecutors", "judges", "police officers", "diplomats"
    sayings = [
        ((first, second), f"Support for {one} and {other}.")
        for first, second in itertools.combinations(Mode, 2)
        for one, other in itertools.combinations(people, 2)
    ]
    needs = tuple(
        make_need(f"N{at}", states=("FJI",), modes=said, title="CSIRT", description=text)
        for at, (said, text) in enumerate(sayings)
    )
    offers = tuple(
        make_offer(f"O{at}", eligible=("*",), modes=said, title="CSIRT", description=text)
        for at, (said, text) in enumerate(sayings)
    )
    model = prepare(Pool(needs=needs, offers=offers), load_reference(as_of_on=TODAY), make_profile(), as_of_on=TODAY)
    rows = np.arange(len(needs))

    of_modes, of_audiences = model.comparisons.mode.by_kinds()
    found = Finder(model, make_profile()).candidates(rows, n_kept=10)

    expected = find_candidates(model.scorer, model.eligibility, rows, n_offers=len(offers), n_kept=10)
    n_kinds = len({(reading.modes, reading.audiences) for reading in model.need_readings})
    assert of_modes.values.size + of_audiences.values.size < n_kinds**2 / 3
    assert np.array_equal(found.columns, expected.columns)
    assert np.array_equal(found.scores, expected.scores)


def test_any_order_of_the_needs_finds_the_same() -> None:
    model, profile = made_model(3)
    rows = np.arange(N_NEEDS)
    shuffled = np.random.default_rng(3).permutation(rows)

    alone = Finder(model, profile).candidates(rows, n_kept=7)
    together = Finder(model, profile).candidates(shuffled, n_kept=7)

    assert np.array_equal(together.columns, alone.columns[shuffled])
    assert np.array_equal(together.scores, alone.scores[shuffled])


@pytest.mark.parametrize(("n_needs", "n_offers"), [(0, 5), (5, 0), (0, 0), (1, 1)])
def test_a_search_with_nothing_to_find_ends(n_needs: int, n_offers: int) -> None:
    model, profile = made_model(1, n_needs=n_needs, n_offers=n_offers)

    found = Finder(model, profile).candidates(np.arange(n_needs), n_kept=3)

    assert found.columns.shape == (n_needs, min(3, n_offers))


def test_pools_of_many_ties_are_searched_in_the_order_of_the_offers() -> None:
    """Copies of one offer have one score, and their bounds are equal as well."""
    pool = random_pool(4, n_needs=20, n_offers=1)
    copies = tuple(replace(pool.offers[0], offer_id=f"O{at:04d}", eligible=("*",)) for at in range(300))
    profile = made_profile(4)
    model = prepare(Pool(needs=pool.needs, offers=copies), make_reference(), profile, as_of_on=TODAY)
    rows = np.arange(20)

    found = Finder(model, profile).candidates(rows, n_kept=10)

    expected = find_candidates(model.scorer, model.eligibility, rows, n_offers=300, n_kept=10)
    assert np.array_equal(found.columns, expected.columns)


def test_the_blocks_hold_every_need_once() -> None:
    model, profile = made_model(2, n_needs=1300)

    blocks = Finder(model, profile).blocks()

    assert len(blocks) > 1
    assert sorted(np.concatenate(blocks).tolist()) == list(range(1300))


def test_a_pool_that_says_too_many_different_things_is_searched_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.engine.FEWEST_PAIRS", 0)
    pool, profile = random_pool(6, n_needs=30, n_offers=20), made_profile(6)
    compiled = run(pool, make_reference(), profile, as_of_on=TODAY)

    monkeypatch.setattr("matching.comparisons.base._MOST_CELLS", 1)
    plain = run(pool, make_reference(), profile, as_of_on=TODAY)

    assert plain.matches == compiled.matches
    assert plain.unmet == compiled.unmet


def test_the_set_up_compiles_what_a_run_calls() -> None:
    """The set-up called the search by a name that had changed, and ended there."""
    functions = runpy.run_path("deploy/compile_search.py")

    functions["search_a_tiny_pool"]()
    model, profile = made_model(0)
    finder, rows = Finder(model, profile), np.arange(N_NEEDS)
    finder.candidates(rows, n_kept=10)
    finder.qualifying(rows)

    # Whatever has been compiled in this process was compiled once: for the types of the set-up, which are those of a run.
    assert [len(function.signatures) for function in (search, reaching, narrowed)] == [1, 1, 1]  # type: ignore[attr-defined]
