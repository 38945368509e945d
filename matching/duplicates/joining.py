"""Finds all pairs of texts of one language whose likeness can reach a threshold, among very many texts.

Prefix filtering: in an order of stems that all texts share, the rare ones first, a text keeps as many stems as leave less
of its length behind than any likeness needs. Two texts that keep no stem in common cannot reach the threshold: all that
they share lies in what one of them left behind. Of the others, those are dropped whose areas overlap too little, and
those that cannot make up for it by words.

References
----------
Chaudhuri, Ganti & Kaushik (2006), A primitive operator for similarity joins in data cleaning, ICDE.
Bayardo, Ma & Srikant (2007), Scaling up all pairs similarity search, WWW.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Integers, Matrix
from matching.compiling import compiled
from matching.duplicates.likeness import language_numbers
from matching.duplicates.search import Pairs, ordered_pairs
from matching.duplicates.texts import Texts

_Arrays = tuple[Integers, Integers, Floats]
"""A sparse matrix as the compiled code reads it: where each row (or column) starts, which entries it has, and their values."""

_SLACK: Final = 1e-6  # likeness is rounded to six decimals, and sums have last bits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prefixes:
    """Texts with their stems in the order of rarity: ``n_kept`` of each are kept, ``rest`` is the length of the others.

    ``columns`` holds the kept entries by stem, the rows of each in order.
    """

    words: Matrix
    n_kept: Integers
    rest: Floats
    columns: Matrix


def alike_texts(texts: Texts, least: float) -> Pairs:
    """Return all pairs of one language, or of an unknown one, whose likeness is at least ``least``.

    Texts that share no area are not alike, so each area is searched apart; what speaks of no area meets all others.

    Parameters
    ----------
    least
        In (0, 1].

    Returns
    -------
    Pairs
        Among them may be a few whose likeness is lower by less than rounding.
    """
    is_silent = texts.areas.sum(axis=1) == 0
    groups = [np.flatnonzero(texts.areas[:, area]) for area in range(texts.areas.shape[1])]
    found = [_alike_in_group(texts, group, len(group), least=least - _SLACK) for group in groups]
    silent_first = np.argsort(~is_silent, kind="stable")
    found.append(_alike_in_group(texts, silent_first, int(is_silent.sum()), least=least - _SLACK))
    return ordered_pairs(found)


def _alike_in_group(texts: Texts, rows: Integers, n_first: int, *, least: float) -> Pairs:
    """Return the pairs among some texts of which one is among the first ``n_first``, as positions among all."""
    if not n_first:
        return rows[:0], rows[:0]
    group = texts.take(rows)
    prefixes = _prefixes(group.words, least**2)
    marks = language_numbers(group), prefixes.n_kept, prefixes.rest, group.areas.sum(axis=1)
    areas = _arrays(sp.csr_matrix(group.areas))
    one, other = _join(_arrays(prefixes.words), _arrays(prefixes.columns), areas, marks, (n_first, least))
    return rows[one], rows[other]


def _arrays(matrix: Matrix) -> _Arrays:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data


def _prefixes(words: Matrix, least: float) -> _Prefixes:
    """Return the texts with as many of their rarest stems kept as leave less than ``least`` of their length behind."""
    frequency = np.bincount(words.indices, minlength=words.shape[1])
    by_rarity = sp.csr_matrix(words[:, np.argsort(frequency, kind="stable")])
    by_rarity.sort_indices()
    squares = by_rarity.data**2
    before = np.concatenate(([0.0], np.cumsum(squares)))
    ends = np.repeat(before[by_rarity.indptr[1:]], np.diff(by_rarity.indptr))
    is_kept = ends - before[:-1] >= least**2
    row_of = np.repeat(np.arange(words.shape[0]), np.diff(by_rarity.indptr))
    kept = sp.csr_matrix(
        (by_rarity.data[is_kept], (row_of[is_kept], by_rarity.indices[is_kept])), shape=by_rarity.shape
    )
    return _Prefixes(
        words=by_rarity,
        n_kept=np.bincount(row_of[is_kept], minlength=words.shape[0]).astype(np.int64),
        rest=np.sqrt(np.bincount(row_of[~is_kept], weights=squares[~is_kept], minlength=words.shape[0])),
        columns=sp.csr_matrix(kept.T),
    )


@compiled
def _join(
    words: _Arrays,
    columns: _Arrays,
    areas: _Arrays,
    marks: tuple[Integers, Integers, Floats, Floats],
    limits: tuple[int, float],
) -> Pairs:
    """Return the pairs: each text meets those before it that keep one of the stems that it keeps.

    ``marks`` holds of each text its language, how many stems it keeps, the length of its rest, and the sum of its areas;
    ``limits`` how many of the first texts are met, and the likeness to reach.
    """
    n_first, lowest = limits
    languages, n_kept, rest, area_sums = marks
    partial, met = np.zeros(len(rest)), np.empty(len(rest), dtype=np.int64)
    word = np.zeros(len(columns[0]) - 1)
    found = np.empty((1024, 2), dtype=np.int64)
    n_found = 0
    for row in range(len(rest)):
        start, end = words[0][row], words[0][row] + n_kept[row]
        n_met = _meet((words[1][start:end], words[2][start:end]), columns, min(row, n_first), partial, met)
        _spread(row, words, word, 1.0)
        for other in met[:n_met]:
            reached = partial[other] + max(rest[row], rest[other])
            partial[other] = 0.0
            if languages[row] != languages[other] and languages[row] >= 0 and languages[other] >= 0:
                continue
            needed = _needed(row, other, areas, area_sums, lowest)
            if reached >= needed and _product(other, words, word) >= needed:
                if n_found == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[n_found, 0], found[n_found, 1] = other, row
                n_found += 1
        _spread(row, words, word, 0.0)
    return found[:n_found, 0], found[:n_found, 1]


@compiled
def _meet(kept: tuple[Integers, Floats], columns: _Arrays, limit: int, partial: Floats, met: Integers) -> int:
    """Add up what a text shares with those before ``limit`` by kept stems; return how many, and which in ``met``."""
    n_met = 0
    for stem, weight in zip(kept[0], kept[1]):  # noqa: B905 – the compiler knows no strict
        for at in range(columns[0][stem], columns[0][stem + 1]):
            other = columns[1][at]
            if other >= limit:
                break
            if partial[other] == 0.0:
                met[n_met] = other
                n_met += 1
            partial[other] += weight * columns[2][at]
    return n_met


@compiled
def _needed(row: int, other: int, areas: _Arrays, area_sums: Floats, lowest: float) -> float:
    """Return the product of words from which two texts are alike, given their areas; above 1 where none is enough."""
    if area_sums[row] == 0.0 or area_sums[other] == 0.0:
        return lowest
    shared = 0.0
    for one in range(areas[0][row], areas[0][row + 1]):
        for two in range(areas[0][other], areas[0][other + 1]):
            if areas[1][one] == areas[1][two]:
                shared += min(areas[2][one], areas[2][two])
    if shared == 0.0:
        return 2.0
    return float(lowest * lowest * (area_sums[row] + area_sums[other] - shared) / shared)


@compiled
def _product(other: int, words: _Arrays, word: Floats) -> float:
    product = 0.0
    for entry in range(words[0][other], words[0][other + 1]):
        product += word[words[1][entry]] * words[2][entry]
    return float(product)


@compiled
def _spread(row: int, words: _Arrays, word: Floats, times: float) -> None:
    """Write the weights of a text to their stems, or take them away again."""
    for entry in range(words[0][row], words[0][row + 1]):
        word[words[1][entry]] = times * words[2][entry]
