"""Scores: weighted means whose contributions add up to what is ranked, to the last decimal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from matching.arrays import Floats, Rows
from matching.comparisons.base import Comparison
from matching.profiles import ScoringProfile
from matching.scoring import Scorer, total_score
from matching.sentences import Sentence
from matching.vocabulary import Component
from tests.matching.worlds import make_profile

N_NEEDS, N_OFFERS = 3, 4_000
WEIGHTS = dict(zip(Component, (0.25, 0.4, 0.06, 0.06, 0.1, 0.05, 0.03, 0.03, 0.02), strict=True))


@dataclass(frozen=True, slots=True)
class GivenComparison(Comparison):
    """A comparison whose values are given."""

    component: Component
    given: Floats

    def values(self, rows: Rows) -> Floats:
        return self.given[rows].copy()

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        return self.given[rows, columns]

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:  # noqa: ARG002 – as the protocol has it
        return Sentence(message="So it is.")


def make_scorer(values: Floats, profile: ScoringProfile) -> Scorer:
    """Return a scorer of one need for each row of values, which have shape (n_components, n_needs, n_offers)."""
    return Scorer([GivenComparison(part, values[at]) for at, part in enumerate(Component)], profile)


def test_what_is_ranked_is_what_is_read() -> None:
    """One score in 300 ended in a half and was rounded up for the ranking and down for the reader, or reversely."""
    chance = np.random.default_rng(2026)
    values = np.round(chance.random((len(Component), N_NEEDS, N_OFFERS)), 6)
    values[chance.random(values.shape) < 0.2] = np.nan
    scorer = make_scorer(values, make_profile(weights=WEIGHTS))
    rows = np.arange(N_NEEDS)

    ranked = scorer.scores(rows)
    pairs = np.divmod(np.arange(N_NEEDS * N_OFFERS), N_OFFERS)
    read = [total_score(parts) for parts in scorer.explain(*pairs).contributions()]

    assert np.array_equal(ranked.ravel(), read)


def test_a_component_without_weight_adds_nothing_and_is_shown() -> None:
    values = np.full((len(Component), 1, 1), 1.0)
    weights = {component: float(component is Component.TEXT) for component in Component}
    values[0] = 0.25

    explained = make_scorer(values, make_profile(weights=weights)).explain(np.array([0]), np.array([0]))
    parts = explained.contributions()[0]

    assert (parts[0].component, parts[0].value, parts[0].share) == (Component.AREA, 0.25, 0.0)
    assert total_score(parts) == 1.0


@pytest.mark.parametrize(("neutral", "score"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)], ids=["nothing", "half", "full"])
def test_silence_counts_what_the_profile_says(neutral: float, score: float) -> None:
    values = np.full((len(Component), 1, 1), 1.0)
    values[0] = np.nan
    weights = {component: float(component in (Component.AREA, Component.TEXT)) for component in Component}
    profile = make_profile(weights=weights, neutral=dict.fromkeys(Component, neutral))

    found = make_scorer(values, profile).scores(np.array([0]))

    assert found.tolist() == [[score]]
