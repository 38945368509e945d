"""Scores: the weighted mean of the comparisons, silence counted as neutral, contributions that add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import Bools, Floats, Rows, rounded
from matching.comparisons.base import Comparison, said
from matching.profiles import ScoringProfile
from matching.results import Contribution
from matching.sentences import Sentence, SentenceColumn
from matching.vocabulary import Component


def total_score(contributions: Sequence[Contribution]) -> float:
    """Return the score that some contributions add up to, with six decimals, to the bit as ``Scorer.scores`` has it."""
    total = 0.0
    for part in contributions:
        # One after the other, as the arrays are added: a more exact sum could round to another millionth.
        total += part.share
    return float(rounded(np.array(total)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Some pairs with what every component adds to their scores.

    ``scores`` has shape (n_pairs,). ``values``, NaN for silence, and ``shares``, which add up to the scores, map each
    component to shape (n_pairs,), ``sentences`` to a sentence for each pair.
    """

    scores: Floats
    values: Mapping[Component, Floats]
    shares: Mapping[Component, Floats]
    sentences: Mapping[Component, SentenceColumn]

    def contributions(self) -> list[tuple[Contribution, ...]]:
        """Return for each pair what every component adds, in the order of the components."""
        columns = [
            [
                Contribution(component=component, value=value, share=share, sentence=sentence)
                for value, share, sentence in zip(
                    said(self.values[component]),
                    self.shares[component].tolist(),
                    self.sentences[component],
                    strict=True,
                )
            ]
            for component in Component
        ]
        return list(zip(*columns, strict=True))


def _total(parts: Iterable[Floats]) -> Floats:
    """Return the scores that parts add up to: one after the other, so that only two of them are held at once."""
    remaining = iter(parts)
    total = next(remaining)
    for part in remaining:
        total += part
    return rounded(total)


class Scorer:
    """Scores blocks of needs against all offers with one profile."""

    def __init__(self, comparisons: Iterable[Comparison], profile: ScoringProfile) -> None:
        self._by_component = {comparison.component: comparison for comparison in comparisons}
        # Always in one order, so that a sum has the same last bit however it is asked for.
        self._comparisons = tuple(self._by_component[component] for component in Component)
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
        weighty = [part for part in self._comparisons if self._profile.weights[part.component] > 0]
        return _total(self._part(part.component, part.values(rows)) for part in weighty)

    def values(self, rows: Rows) -> dict[Component, Floats]:
        """Return the components of every pair of the given needs with all offers, six decimals, NaN for silence."""
        return {part.component: rounded(part.values(rows)) for part in self._comparisons}

    def values_at(self, rows: Rows, columns: Rows) -> dict[Component, Floats]:
        """Return the components of some pairs, to the bit as ``values`` has them.

        Parameters
        ----------
        rows, columns : shape (n_pairs,)
            The position of the need and of the offer of each pair.

        Returns
        -------
        dict of shape (n_pairs,)
        """
        return {part.component: rounded(part.values_at(rows, columns)) for part in self._comparisons}

    def score_of(self, values: Mapping[Component, Floats]) -> Floats:
        """Return the scores that components add up to, to the bit as ``scores`` has them.

        Parameters
        ----------
        values : dict of arrays of one shape
            Every component, NaN for silence.
        """
        return _total(self._part(part.component, values[part.component]) for part in self._comparisons)

    def _part(self, component: Component, values: Floats) -> Floats:
        """Return what a component adds to the scores, as an array of its own."""
        part = rounded(values)
        np.copyto(part, self._profile.neutral[component], where=np.isnan(part))
        part *= self._profile.weights[component]
        part /= self._profile.total_weight
        return part

    def explain(self, rows: Rows, columns: Rows, *, values: Mapping[Component, Floats] | None = None) -> Explained:
        """Return what every component adds to the scores of some pairs, and why.

        Parameters
        ----------
        rows, columns : shape (n_pairs,)
            The position of the need and of the offer of each pair; quickest where those of one need stand together.
        values
            What ``values_at`` returns of the pairs, where it is known.
        """
        values = self.values_at(rows, columns) if values is None else values
        return Explained(
            scores=self.score_of(values),
            values=values,
            shares={component: self._part(component, values[component]) for component in Component},
            sentences={
                component: comparison.sentences_at(rows, columns, values[component])
                for component, comparison in self._by_component.items()
            },
        )

    def first_reasons(self, rows: Rows, columns: Rows, values: Mapping[Component, Floats]) -> list[Sentence | None]:
        """Return the sentence of what adds most to each of some pairs.

        Parameters
        ----------
        rows, columns, values
            As for ``explain``, of whose sentences these are the first ones that both sides speak of.

        Returns
        -------
        list of n_pairs
            ``None`` where no component is spoken of by both sides.
        """
        spoken = np.column_stack([self._spoken(component, values[component]) for component in Component])
        reasons: list[Sentence | None] = [None] * len(rows)
        for component, is_first in zip(Component, _firsts(spoken), strict=True):
            at = np.flatnonzero(is_first)
            comparison = self._by_component[component]
            sentences = comparison.sentences_at(rows[at], columns[at], values[component][at])
            for place, sentence in zip(at.tolist(), sentences, strict=True):
                reasons[place] = sentence
        return reasons

    def _spoken(self, component: Component, values: Floats) -> Floats:
        """Return what a component adds to the scores where both sides speak of it, less than nothing elsewhere."""
        return np.where(np.isnan(values), -1.0, self._part(component, values))


def _firsts(shares: Floats) -> Bools:
    """Return which component adds most to each pair, the first of several, none where nothing adds; as columns."""
    largest = np.argmax(shares, axis=1)
    is_first = np.arange(shares.shape[1])[:, None] == largest[None, :]
    is_told: Bools = is_first & (shares.max(axis=1, initial=-1.0) >= 0)[None, :]
    return is_told
