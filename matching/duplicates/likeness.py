"""Likeness: how surely two texts say the same, in one language or in two. The definition that every search keeps to."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.arrays import Bools, Floats, Integers, rounded
from matching.duplicates.texts import Texts
from matching.reference import LANGUAGES

MODE_SHARE: Final = 0.6
"""How much of the likeness of two texts in two languages hangs on the modes; the rest is sure by the areas."""

UNKNOWN_MODES: Final = 0.5  # where a text says nothing of how support is given
_CHUNK: Final = 100_000  # pairs whose areas are held at once


def likeness_of_pairs(one: Texts, other: Texts, rows: Integers, *, columns: Integers) -> Floats:
    """Return how surely the texts of some pairs say the same.

    In one language: the square root of cosine of weighty words times overlap of areas; where a text speaks of no area,
    the words alone. In two languages, which share no words: the overlap of areas, in part as sure as the modes agree.
    The overlap of areas is the sum of the lesser surenesses over the sum of the greater (weighted Jaccard).

    Parameters
    ----------
    one, other
        Over one vocabulary.
    rows, columns : shape (n_pairs,)
        Positions in ``one`` and in ``other``.

    Returns
    -------
    shape (n_pairs,)
        In [0, 1], six decimals.

    References
    ----------
    Ioffe (2010), Improved consistent sampling, weighted minhash and L1 sketching, ICDM, for the weighted Jaccard.
    """
    is_bridged = needs_bridge(one, other, rows, columns=columns)
    parts = [slice(start, start + _CHUNK) for start in range(0, len(rows), _CHUNK)]
    found = [_likeness(one.take(rows[part]), other.take(columns[part]), is_bridged[part]) for part in parts]
    return rounded(np.concatenate([*found, np.zeros(0)]))


def needs_bridge(one: Texts, other: Texts, rows: Integers, *, columns: Integers) -> Bools:
    """Return whether texts of pairs share no words, because of their languages or because one is empty.

    Returns
    -------
    shape (n_pairs,)
    """
    first, second = language_numbers(one)[rows], language_numbers(other)[columns]
    is_apart: Bools = (first >= 0) & (second >= 0) & (first != second)
    return is_apart | one.is_silent[rows] | other.is_silent[columns]


def language_numbers(texts: Texts) -> Integers:
    """Return the language of each text as a number, -1 where it is unknown; shape (n_texts,)."""
    return np.array([LANGUAGES.index(code) if code else -1 for code in texts.languages], dtype=np.int64)


def shared_words(texts: Texts, row: int, other: int) -> float:
    """Return which share of their weighty words two texts have in common, in [0, 1] (Dice, weighted by rarity)."""
    first, second = (set(texts.words[at].indices.tolist()) for at in (row, other))
    weight = texts.weights
    total = float(weight[sorted(first)].sum() + weight[sorted(second)].sum())
    return 2.0 * float(weight[sorted(first & second)].sum()) / total if total else 0.0


def _likeness(one: Texts, other: Texts, is_bridged: Bools) -> Floats:
    words = np.asarray(one.words.multiply(other.words).sum(axis=1)).ravel()
    areas = _overlap(one.areas, other.areas)
    is_unknown = (one.areas.sum(axis=1) == 0) | (other.areas.sum(axis=1) == 0)
    in_words = np.where(is_unknown, words, np.sqrt(np.clip(words * areas, 0.0, 1.0)))
    bridged = areas * (1.0 - MODE_SHARE + MODE_SHARE * _mode_likeness(one.modes, other.modes))
    likeness: Floats = np.clip(np.where(is_bridged, np.where(is_unknown, 0.0, bridged), in_words), 0.0, 1.0)
    return likeness


def _overlap(one: Floats, other: Floats) -> Floats:
    greater = np.maximum(one, other).sum(axis=1)
    overlap: Floats = np.minimum(one, other).sum(axis=1)
    share: Floats = np.divide(overlap, greater, out=np.zeros(len(one)), where=greater > 0)
    return share


def _mode_likeness(one: Floats, other: Floats) -> Floats:
    is_unknown = (one.sum(axis=1) == 0) | (other.sum(axis=1) == 0)
    likeness: Floats = np.where(is_unknown, UNKNOWN_MODES, _overlap(one, other))
    return likeness
