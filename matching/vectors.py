"""Texts as rows over a vocabulary of stems, and how alike two texts are where akin stems are not at right angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Matrix, Rows, counted, divided_rows, inverse

FULL_LIKENESS: Final = 0.6
"""A cosine from which two texts count as alike: two people who write of one thing seldom reach it."""

_FEWEST_COMPILED: Final = 50_000  # pairs from which on machine code pays, which takes a second to load
_TEXTS_AT_ONCE: Final = 64
_SPREAD_AT_ONCE: Final = 2048  # texts


class Spread(Protocol):
    """What texts amount to for all stems that are akin to theirs."""

    def take(self, rows: Rows) -> Spread:
        """Return the same of some of the texts."""
        ...

    def matrix(self) -> Matrix:
        """Return a row for each text over the stems of the space."""
        ...

    def parts(self) -> tuple[Matrix, Matrix, Floats]:
        """Return what the rows are made of: weights, how akin stems are, and by what each row is multiplied."""
        ...


@dataclass(frozen=True, slots=True)
class ReadySpread:
    """Rows that are there."""

    rows: Matrix

    def take(self, rows: Rows) -> ReadySpread:
        """Return the rows of some of the texts."""
        return ReadySpread(self.rows[rows])

    def matrix(self) -> Matrix:
        """Return the rows."""
        return self.rows

    def parts(self) -> tuple[Matrix, Matrix, Floats]:
        """Return the rows, every stem as akin to itself alone."""
        alone = sp.identity(self.rows.shape[1], format="csr")
        return self.rows, alone, np.ones(self.rows.shape[0])


@dataclass(frozen=True, slots=True)
class LaterSpread:
    """Rows that are made when they are asked for: they take twenty times the room of what they are made of.

    ``weights`` are those of the texts' own stems, ``akin`` says how akin stems are, and ``lengths`` by what each row is
    divided.
    """

    weights: Matrix
    akin: Matrix
    lengths: Floats

    def take(self, rows: Rows) -> LaterSpread:
        """Return what the rows of some of the texts are made of."""
        return LaterSpread(self.weights[rows], self.akin, self.lengths[rows])

    def matrix(self) -> Matrix:
        """Return the rows, to the bit the same whichever others are made with them."""
        return divided_rows(_spread(self.weights, self.akin), self.lengths)

    def parts(self) -> tuple[Matrix, Matrix, Floats]:
        """Return what the rows are made of."""
        return self.weights, self.akin, inverse(self.lengths)


@dataclass(frozen=True, slots=True)
class TextVectors:
    """Texts as rows over the stems of a space.

    ``words`` holds the weights of a text's own stems, ``spread`` what they amount to for each stem that is akin to one
    of them. Both are scaled so that the product of a text's two rows is 1; a text without a stem is a row of zeros.
    """

    words: Matrix
    spread: Spread

    def take(self, rows: Rows) -> TextVectors:
        """Return the vectors of some of the texts."""
        return TextVectors(words=self.words[rows], spread=self.spread.take(rows))

    @property
    def is_empty(self) -> Bools:
        """Whether a text has no token; shape (n_texts,)."""
        is_empty: Bools = np.diff(self.words.indptr) == 0
        return is_empty


def vectors_of(weights: Matrix, akin: Matrix) -> TextVectors:
    """Return the two rows of each text, of length 1 together."""
    starts = range(0, weights.shape[0], _SPREAD_AT_ONCE)
    lengths = np.concatenate(
        [np.zeros(0), *(_lengths(weights[start : start + _SPREAD_AT_ONCE], akin) for start in starts)]
    )
    return TextVectors(words=divided_rows(weights, lengths), spread=LaterSpread(weights, akin, lengths))


def _spread(weights: Matrix, akin: Matrix) -> Matrix:
    """Return what texts amount to for akin stems, not yet divided by their lengths."""
    return sp.csr_matrix(weights @ akin)


def _lengths(weights: Matrix, akin: Matrix) -> Floats:
    products = _spread(weights, akin).multiply(weights)
    lengths: Floats = np.sqrt(np.asarray(products.sum(axis=1)).ravel())
    return lengths


def likeness(one: TextVectors, other: TextVectors) -> Floats:
    """Return how alike the texts of two groups are.

    The soft cosine, stretched so that ``FULL_LIKENESS`` counts 1; the square root spreads the low values that real
    texts have.

    Returns
    -------
    shape (n_texts of one, n_texts of the other)
        In [0, 1].

    References
    ----------
    Sidorov, Gelbukh, Gómez-Adorno & Pinto (2014), Computación y Sistemas 18(3), 491-504 (soft cosine).
    """
    return stretched(cosines(one, other))


def cosines(one: TextVectors, other: TextVectors) -> Floats:
    """Return the soft cosines of the texts of two groups, not yet stretched."""
    dense: Floats = (one.spread.matrix() @ other.words.T).toarray()
    return dense


def cosines_at(one: TextVectors, other: TextVectors, *, rows: Rows, columns: Rows) -> Floats:
    """Return the soft cosines of some pairs of texts, to the bit as ``cosines`` has them.

    Parameters
    ----------
    rows, columns : shape (n_pairs,)
        The texts of each pair, in one and in the other.

    Returns
    -------
    shape (n_pairs,)
    """
    order = np.argsort(rows, kind="stable")
    one_by_one = _compiled_cosines if len(rows) >= _FEWEST_COMPILED else _plain_cosines
    cosine = np.empty(len(rows))
    cosine[order] = one_by_one(one, other, rows=rows[order], columns=columns[order])
    return cosine


def _compiled_cosines(one: TextVectors, other: TextVectors, *, rows: Rows, columns: Rows) -> Floats:
    """Return the cosines of pairs of which those of one text stand together."""
    from matching.spreading import cosines_of_pairs, own_stems_of, words_of  # noqa: PLC0415 – takes a second to load

    cosine = np.empty(len(rows))
    room = np.zeros(one.words.shape[1])
    cosines_of_pairs(words_of(*one.spread.parts()), own_stems_of(other.words), (rows, columns), room, cosine)
    return cosine


def _plain_cosines(one: TextVectors, other: TextVectors, *, rows: Rows, columns: Rows) -> Floats:
    """Return the same, quicker for few pairs."""
    room = np.zeros((_TEXTS_AT_ONCE, one.words.shape[1]))
    cosine = np.zeros(len(rows))
    text, place = np.unique(rows, return_inverse=True)
    for first in range(0, len(text), _TEXTS_AT_ONCE):
        pairs = slice(*np.searchsorted(place, [first, first + _TEXTS_AT_ONCE]))
        laid = one.spread.take(text[first : first + _TEXTS_AT_ONCE]).matrix()
        words = other.words[columns[pairs]]
        at = counted(np.diff(laid.indptr))[0], laid.indices
        room[at] = laid.data
        pair = np.repeat(np.arange(words.shape[0]), np.diff(words.indptr))
        parts = room[place[pairs][pair] - first, words.indices] * words.data
        # Added one after the other, as the product of two matrices adds them.
        cosine[pairs] = np.bincount(pair, weights=parts, minlength=words.shape[0])
        room[at] = 0.0
    return cosine


def stretched(cosine: Floats) -> Floats:
    """Return the likeness that cosines of any shape stand for, in [0, 1]."""
    likeness_of: Floats = np.sqrt(np.clip(cosine / FULL_LIKENESS, 0.0, 1.0))
    return likeness_of
