"""Echoes: words that an offer copies from a need, which say nothing of what the offer gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Integers, Matrix, Rows, counted
from matching.text import TextVectors

RUN_LENGTH: Final = 8
"""Stems in a row, a power of two, that nobody shares by chance: two statements of the sample never do, unless copied."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of ``RUN_LENGTH`` stems that stand in needs and in offers alike; each array has shape (n_runs,)."""

    text: Integers
    at: Integers
    run: Integers


class Echoes:
    """Tells how much of the likeness of each pair comes from runs of words that the offer copies from the need.

    ``needs`` and ``offers`` are texts as stems by their position in a vocabulary, the vectors those of the same texts.
    """

    def __init__(
        self,
        needs: Sequence[Integers],
        offers: Sequence[Integers],
        vectors: tuple[TextVectors, TextVectors],
    ) -> None:
        self._needs, self._n_offers = needs, len(offers)
        self._spread, self._words = vectors[0].spread, vectors[1].words
        found = _runs([*needs, *offers], n_needs=len(needs))
        is_need = found.text < len(needs)
        shared = np.intersect1d(found.run[is_need], found.run[~is_need])
        is_shared = np.isin(found.run, shared)
        self._in_needs = _taken(found, is_need & is_shared)
        in_offers = np.unique(
            np.column_stack([found.run[~is_need & is_shared], found.text[~is_need & is_shared] - len(needs)]), axis=0
        )
        self._run_of_copy, self._offer_of_copy = in_offers[:, 0], in_offers[:, 1]
        self.is_echoed: Bools = np.zeros(len(needs), dtype=np.bool_)
        self.is_echoed[self._in_needs.text] = True

    def cosines(self, rows: Rows) -> Matrix:
        """Return what the copied words add to the cosine of the given needs with all offers.

        Parameters
        ----------
        rows : shape (n_rows,)

        Returns
        -------
        shape (n_rows, n_offers)
            At least 0 and at most the cosine; few are above 0.
        """
        echoed = np.flatnonzero(self.is_echoed[rows])
        parts = [self._of_need(int(rows[at])) for at in echoed]
        lengths = np.zeros(len(rows), dtype=np.int64)
        lengths[echoed] = [len(offers) for offers, _ in parts]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *(offers for offers, _ in parts)])
        values = np.concatenate([np.zeros(0), *(cosines for _, cosines in parts)])
        return sp.csr_matrix((values, columns, starts), shape=(len(rows), self._n_offers))

    def cosines_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        cosines = np.zeros(len(rows))
        for row in np.unique(rows[self.is_echoed[rows]]):
            of_need = np.zeros(self._n_offers)
            offers, values = self._of_need(int(row))
            of_need[offers] = values
            cosines[rows == row] = of_need[columns[rows == row]]
        return cosines

    def _of_need(self, row: int) -> tuple[Integers, Floats]:
        """Return the offers that copy from a need, and what that adds to their cosines."""
        own = slice(*np.searchsorted(self._in_needs.text, [row, row + 1]))
        first = np.searchsorted(self._run_of_copy, self._in_needs.run[own])
        after = np.searchsorted(self._run_of_copy, self._in_needs.run[own], side="right")
        run, within = counted(after - first)
        offer = self._offer_of_copy[first[run] + within]
        covered = self._in_needs.at[own][run][:, None] + np.arange(RUN_LENGTH)
        stems = self._needs[row][covered]
        copied = np.unique(np.column_stack([np.repeat(offer, RUN_LENGTH), stems.ravel()]), axis=0)
        words = np.asarray(self._words[copied[:, 0], copied[:, 1]]).ravel()
        spread = np.asarray(self._spread[np.full(len(copied), row), copied[:, 1]]).ravel()
        offers, place = np.unique(copied[:, 0], return_inverse=True)
        cosines: Floats = np.bincount(place, weights=words * spread, minlength=len(offers)).astype(np.float64)
        return offers, cosines


def _runs(texts: Sequence[Integers], *, n_needs: int) -> _Runs:
    """Return the runs that stand both in needs, which come first, and in offers, under a number that equal runs share.

    A run of eight is two runs of four, and so on: numbers of halves, taken together and numbered anew, are exact. A half
    that one side never has is part of no run that both have.
    """
    text, at = counted(np.array([len(stems) for stems in texts], dtype=np.int64))
    number = np.concatenate([np.zeros(0, dtype=np.int64), *texts])
    length = 1
    while length < RUN_LENGTH:
        ahead = np.arange(len(number) - length)
        ahead = ahead[text[: len(ahead)] == text[length:]] if len(ahead) else ahead
        ahead = ahead[(number[ahead] >= 0) & (number[ahead + length] >= 0)]
        pairs = number[ahead] * (number.max(initial=0) + 1) + number[ahead + length]
        joined = np.full(len(number), -1, dtype=np.int64)
        kinds, kind = np.unique(pairs, return_inverse=True)
        is_need = text[ahead] < n_needs
        is_shared = np.bincount(kind[is_need], minlength=len(kinds)).astype(np.bool_)
        is_shared &= np.bincount(kind[~is_need], minlength=len(kinds)).astype(np.bool_)
        joined[ahead] = np.where(is_shared[kind], kind, -1)
        number, length = joined, 2 * length
    is_whole = number >= 0
    return _Runs(text=text[is_whole], at=at[is_whole], run=number[is_whole])


def _taken(runs: _Runs, chosen: Bools) -> _Runs:
    return _Runs(text=runs.text[chosen], at=runs.at[chosen], run=runs.run[chosen])
