"""The made-up people of the measurements of learning decide as they are said to."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.learning import N_SHOWN, Truth, World, decide, quality, row, tried, truth_of, values_of
from matching.command.profilefiles import load_profile
from matching.learning.decisions import Answer, filled
from matching.learning.fitting import shares_of
from matching.vocabulary import Component


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(7)


def test_the_true_weights_rank_best(chance: np.random.Generator) -> None:
    profile = load_profile()
    truth = truth_of(World.FAR, chance, profile)
    values = filled(values_of(chance, 300), profile)

    assert quality(values, truth.weights, truth) == pytest.approx(1.0)
    assert quality(values, shares_of(profile), truth) < 0.99


def test_people_look_less_at_later_places_and_say_of_few_that_they_do_not_fit(chance: np.random.Generator) -> None:
    profile = load_profile()
    # Everything fits half of the time.
    truth = Truth(weights=np.zeros(len(Component)), level=0.0, decay=1.0)

    decisions = decide(chance, truth, profile, n_decisions=20_000)

    taken = [np.mean([item.answer is Answer.TAKEN for item in decisions if item.rank == place]) for place in (1, 5, 10)]
    assert taken == pytest.approx([0.5, 0.1, 0.05], abs=0.03)
    declined = np.mean([item.answer is Answer.DECLINED for item in decisions if item.rank == 1])
    assert declined == pytest.approx(0.2, abs=0.03)


def test_lists_show_the_best_by_the_current_weights_first(chance: np.random.Generator) -> None:
    profile = load_profile()

    decisions = decide(chance, truth_of(World.SAME, chance, profile), profile, n_decisions=N_SHOWN)

    scores = filled(np.array([item.values for item in decisions]), profile) @ shares_of(profile)
    assert [item.rank for item in decisions] == list(range(1, N_SHOWN + 1))
    assert (np.diff(scores) <= 0).all()


def test_with_few_decisions_the_table_tells_that_nothing_was_learned() -> None:
    trials = [tried(World.FAR, 20, seed) for seed in range(2)]

    cells = [cell.strip() for cell in row(World.FAR, 20, trials).strip("|").split("|")]

    assert cells[:2] + cells[3:5] == ["far", "20", "0 of 2", "0"]
    assert cells[5] == cells[6] != "0.000"
    assert cells[8:] == ["–", "–", "–"]
