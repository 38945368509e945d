"""Scores: the weighted mean of the comparisons, silence counted as neutral, contributions that add up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.arrays import Floats, Rows, rounded
from matching.comparisons.base import Comparison
from matching.profiles import ScoringProfile
from matching.results import Contribution
from matching.vocabulary import Component

Contributions = list[tuple[Contribution, ...]]
"""What every component adds, for each of some offers to one need."""


def total_score(contributions: Sequence[Contribution]) -> float:
    """Return the score that some contributions add up to, with six decimals, to the bit as ``Scorer.scores`` has it."""
    total = 0.0
    for part in contributions:
        # One after the other, as the arrays are added: a more exact sum could round to another millionth.
        total += part.share
    return float(rounded(np.array(total)))


class Scorer:
    """Scores blocks of needs against all offers with one profile."""

    def __init__(self, comparisons: Sequence[Comparison], profile: ScoringProfile) -> None:
        self._comparisons = tuple(comparisons)
        self._by_component = {comparison.component: comparison for comparison in comparisons}
        self._profile = profile

    def scores(self, rows: Rows) -> Floats:
        """Return the score of every pair of the given needs with all offers.

        Parameters
        ----------
        rows : shape (n_rows,)

        Returns
        -------
        shape (n_rows, n_offers)
            In [0, 1] with six decimals: sum of weight x component (or its neutral value) / sum of weights.
        """
        total: Floats | None = None
        for comparison in self._comparisons:
            weight = self._profile.weights[comparison.component]
            if weight > 0:
                value = rounded(comparison.values(rows))
                np.copyto(value, self._profile.neutral[comparison.component], where=np.isnan(value))
                value *= weight
                value /= self._profile.total_weight
                total = value if total is None else np.add(total, value, out=total)
        assert total is not None, "a profile has at least one weight above 0"  # noqa: S101 – parse_profile checks it
        return rounded(total)

    def contributions(self, rows: Rows, columns_by_row: Sequence[Sequence[int]]) -> list[Contributions]:
        """Return for some offers of each of some needs what every component adds to the score.

        Parameters
        ----------
        rows : shape (n_rows,)
            Needs, few enough that all their pairs can be held at once.
        columns_by_row
            For each of the rows, the offers to explain.

        Returns
        -------
        list of list of tuple of Contribution
            For each row and each of its offers, in the order of the components.
        """
        values_by_component = {part.component: rounded(part.values(rows)) for part in self._comparisons}
        return [
            [
                tuple(
                    self._contribution(component, int(row), column, float(values_by_component[component][at, column]))
                    for component in Component
                )
                for column in columns_by_row[at]
            ]
            for at, row in enumerate(rows)
        ]

    def _contribution(self, component: Component, row: int, column: int, value: float) -> Contribution:
        said = None if np.isnan(value) else value
        counted = self._profile.neutral[component] if said is None else said
        return Contribution(
            component=component,
            value=said,
            share=self._profile.weights[component] * counted / self._profile.total_weight,
            sentence=self._by_component[component].sentence(row, column, said),
        )
