"""Pairs that may be allocated, and what each is worth to the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from matching.arrays import Bools, Floats, Integers

MILLIONTHS: Final = 1_000_000
LEAST_WORTH: Final = 1  # a millionth


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs that may be allocated, one row each.

    ``need``, ``offer`` and ``worth`` have shape (n_edges,); ``worth`` is the score times the urgency, in millionths.
    """

    need: Integers
    offer: Integers
    worth: Integers

    @classmethod
    def none(cls) -> Edges:
        """Return no pair."""
        return cls(*(np.zeros(0, dtype=np.int64) for _ in range(3)))

    def with_bonus(self, bonus: Integers) -> Edges:
        """Return the same pairs, each worth more by the bonus of its need; shape (n_needs,)."""
        return replace(self, worth=self.worth + bonus[self.need])

    def chosen(self, where: Bools) -> Edges:
        """Return the pairs for which that holds; shape (n_edges,)."""
        return Edges(need=self.need[where], offer=self.offer[where], worth=self.worth[where])

    def joined(self, other: Edges) -> Edges:
        """Return these pairs and others, which must be different ones."""
        return Edges(
            need=np.concatenate([self.need, other.need]),
            offer=np.concatenate([self.offer, other.offer]),
            worth=np.concatenate([self.worth, other.worth]),
        )


def worth_of(scores: Floats, urgency: Floats) -> Integers:
    """Return what each pair counts in the allocation, in millionths.

    Parameters
    ----------
    scores : any shape
        In [0, 1].
    urgency : a shape that broadcasts against the scores
        How much a place counts for the need of each pair.

    Returns
    -------
    the shape of the scores
        At least ``LEAST_WORTH``: a pair that may be allocated is better than no pair.
    """
    worth: Integers = np.maximum(np.rint(scores * urgency * MILLIONTHS).astype(np.int64), LEAST_WORTH)
    return worth
