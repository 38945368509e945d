"""Text: how much the words of title and description have in common, the same ones and akin ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import numpy as np

from matching.arrays import Floats, Integers, Matrix, Rows
from matching.sentences import N_, Sentence
from matching.text import TextSpace, likeness, likeness_at
from matching.vocabulary import Component
from matching.words import Tokenizer

_N_SHARED_WORDS: Final = 5


class TextComparison:
    """The likeness of the two texts by their words."""

    component: ClassVar[Component] = Component.TEXT

    def __init__(self, space: TextSpace, need_texts: Sequence[str], tokenizer: Tokenizer) -> None:
        self._needs, self._offers = space.groups
        self._vocabulary, self._need_texts, self._tokenizer = space.vocabulary, need_texts, tokenizer
        self._last_row = -1
        self._last_words: dict[str, str] = {}

    def values(self, rows: Rows) -> Floats:
        """Return the likeness of the needs' texts with those of all offers."""
        needs = self._needs.take(rows)
        block = likeness(needs, self._offers)
        block[needs.is_empty] = np.nan
        block[:, self._offers.is_empty] = np.nan
        return block

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the likeness of some pairs."""
        values = likeness_at(self._needs, self._offers, rows=rows, columns=columns)
        values[self._needs.is_empty[rows] | self._offers.is_empty[columns]] = np.nan
        return values

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the words that the two texts share, the weightiest first, as the need writes them."""
        if value is None:
            return Sentence(message=N_("Need or offer has no text."))
        shared = self._shared(row, column)
        if not shared:
            return Sentence(message=N_("The texts share no word."))
        return Sentence(message=N_("The texts share: %(words)s."), values={"words": ", ".join(shared)})

    def _shared(self, row: int, column: int) -> list[str]:
        stems, weights = _entries(self._needs.words, row)
        offered, offered_weights = _entries(self._offers.words, column)
        common, at, offered_at = np.intersect1d(stems, offered, assume_unique=True, return_indices=True)
        order = np.lexsort((common, -weights[at] * offered_weights[offered_at]))
        written = self._words_of(row)
        found = [self._vocabulary[stem] for stem in common[order]]
        # A year says little about a subject; it is told only where the texts share nothing else.
        words = [stem for stem in found if not stem.isdecimal()] or found
        return [written.get(stem, stem) for stem in words[:_N_SHARED_WORDS]]

    def _words_of(self, row: int) -> dict[str, str]:
        """Return the words of a need by stem; the offers of one need are explained one after another."""
        if self._last_row != row:
            self._last_words = self._tokenizer.words_by_stem(self._need_texts[row])
            self._last_row = row
        return self._last_words


def _entries(matrix: Matrix, row: int) -> tuple[Integers, Floats]:
    """Return the columns and values of one row."""
    inside = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[inside].astype(np.int64), matrix.data[inside]
