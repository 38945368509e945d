"""Echoes: words that an offer copies from a need, which say nothing of what the offer gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Integers, Matrix, Rows, counted
from matching.packed import Places, contiguous
from matching.vectors import TextVectors

RUN_LENGTH: Final = 8
"""Stems in a row that nobody shares by chance: two statements of the sample never do, unless copied."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd; any would do, since runs of one number are compared as well

_Numbers = npt.NDArray[np.uint64]


class OfferRuns:
    """The runs of ``RUN_LENGTH`` stems that stand in offers, each found by a number.

    ``offers`` are texts as stems by their position in a vocabulary.
    """

    def __init__(self, offers: Sequence[Integers]) -> None:
        self._stems, self._offer_at = _flat(offers)
        is_whole = _is_whole(self._offer_at)
        starts = contiguous(np.flatnonzero(is_whole), np.int32)
        numbers = _numbered(self._stems)[is_whole]
        order = np.argsort(numbers, kind="stable")
        self._numbers, self._places = numbers[order], starts[order]
        self.n_offers = len(offers)

    def may_hold(self, numbers: _Numbers) -> Bools:
        """Return which numbers are those of a run of an offer; shape (n_runs,)."""
        if not len(self._numbers):
            return np.zeros(len(numbers), dtype=np.bool_)
        near = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        is_there: Bools = self._numbers[near] == numbers
        return is_there

    def holding(self, numbers: _Numbers, runs: Integers) -> tuple[Integers, Integers]:
        """Return which offers hold some runs: the place of each run, and the offer, as often as it stands there.

        Parameters
        ----------
        numbers : shape (n_runs,)
        runs : shape (n_runs, RUN_LENGTH)
            Their stems.
        """
        first = np.searchsorted(self._numbers, numbers)
        run, within = counted(np.searchsorted(self._numbers, numbers, side="right") - first)
        start = self._places[first[run] + within].astype(np.int64)
        # Two runs of one number could be other runs, seldom as that is.
        is_same = (self._stems[start[:, None] + np.arange(RUN_LENGTH)] == runs[run]).all(axis=1)
        return run[is_same], self._offer_at[start[is_same]].astype(np.int64)


class Echoes:
    """Tells how much of the likeness of each pair comes from runs of words that the offer copies from the need.

    ``needs`` are texts as stems by their position in the vocabulary of the offers' runs, the vectors those of the same
    texts.
    """

    def __init__(self, needs: Sequence[Integers], offers: OfferRuns, vectors: tuple[TextVectors, TextVectors]) -> None:
        self._needs, self._offers = needs, offers
        self._spread, self._words = vectors[0].spread, vectors[1].words
        flat, text = _flat(needs)
        numbers = _numbered(flat)
        starts = np.flatnonzero(_is_whole(text))
        starts = starts[offers.may_hold(numbers[starts])]
        # In the order of the needs.
        self._text, self._numbers = text[starts], numbers[starts]
        self._at = starts - np.searchsorted(text, self._text)
        self._is_echoed: Bools = np.zeros(len(needs), dtype=np.bool_)
        self._is_echoed[self._text] = True

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
        echoed = np.flatnonzero(self._is_echoed[rows])
        parts = [self._of_need(int(rows[at])) for at in echoed]
        lengths = np.zeros(len(rows), dtype=np.int64)
        lengths[echoed] = [len(offers) for offers, _ in parts]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        columns = np.concatenate([np.zeros(0, dtype=np.int64), *(offers for offers, _ in parts)])
        values = np.concatenate([np.zeros(0), *(cosines for _, cosines in parts)])
        return sp.csr_matrix((values, columns, starts), shape=(len(rows), self._offers.n_offers))

    def cosines_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        cosines = np.zeros(len(rows))
        for row in np.unique(rows[self._is_echoed[rows]]):
            of_need = np.zeros(self._offers.n_offers)
            offers, values = self._of_need(int(row))
            of_need[offers] = values
            cosines[rows == row] = of_need[columns[rows == row]]
        return cosines

    def _of_need(self, row: int) -> tuple[Integers, Floats]:
        """Return the offers that copy from a need, and what that adds to their cosines."""
        own = slice(*np.searchsorted(self._text, [row, row + 1]))
        runs = self._needs[row][self._at[own][:, None] + np.arange(RUN_LENGTH)]
        run, offer = self._offers.holding(self._numbers[own], runs)
        copied = np.unique(np.column_stack([np.repeat(offer, RUN_LENGTH), runs[run].ravel()]), axis=0)
        words = np.asarray(self._words[copied[:, 0], copied[:, 1]]).ravel()
        spread = self._spread.take(np.array([row])).matrix().toarray()[0, copied[:, 1]]
        offers, place = np.unique(copied[:, 0], return_inverse=True)
        cosines: Floats = np.bincount(place, weights=words * spread, minlength=len(offers)).astype(np.float64)
        return offers, cosines


def _flat(texts: Sequence[Integers]) -> tuple[Places, Places]:
    """Return all stems one behind the other, and the text of each."""
    lengths = np.array([len(stems) for stems in texts], dtype=np.int64)
    stems = np.concatenate([np.zeros(0, dtype=np.int32), *texts], dtype=np.int32, casting="same_kind")
    return stems, np.repeat(np.arange(len(texts), dtype=np.int32), lengths)


def _is_whole(text: Places) -> Bools:
    """Return at which stems a run begins that does not end in another text; shape (n_stems - RUN_LENGTH + 1,)."""
    is_whole: Bools = text[: max(0, len(text) - RUN_LENGTH + 1)] == text[RUN_LENGTH - 1 :]
    return is_whole


def _numbered(stems: Places) -> _Numbers:
    """Return a number for the run that begins at each stem, which equal runs share; shape (n_stems,) less the last ones."""
    n_starts = max(0, len(stems) - RUN_LENGTH + 1)
    numbers: _Numbers = np.zeros(n_starts, dtype=np.uint64)
    for place in range(RUN_LENGTH):
        numbers *= _FACTOR
        numbers += stems[place : place + n_starts].astype(np.uint64) + np.uint64(1)
    return numbers
