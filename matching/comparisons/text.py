"""Text: how much the words of title and description have in common, the same ones and akin ones."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import ClassVar, Final, Self

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Integers, Matrix, Rows, counted
from matching.comparisons.base import Comparison, said
from matching.comparisons.meaning import MeaningView
from matching.echoes import Echoes, OfferRuns
from matching.sentences import N_, Sentence
from matching.text import TextSpace, Vectorizer
from matching.vectors import TextVectors, cosines, cosines_at, stretched
from matching.vocabulary import Component

_N_SHARED_WORDS: Final = 5
_SILENCE: Final = Sentence(message=N_("Need or offer has no text."))
_NOTHING_SHARED: Final = Sentence(message=N_("The texts share no word."))
_AKIN: Final = Sentence(message=N_("The texts share no word, but words that are spelt much alike."))
_ALIKE_IN_MEANING: Final = Sentence(message=N_("The texts share no word; a sentence model finds them alike."))


class TextComparison(Comparison):
    """The likeness of the two texts by their words.

    Words that the offer copies from the need in whole runs do not count, and an offer that speaks of everything is like
    nothing in particular.
    """

    component: ClassVar[Component] = Component.TEXT

    def __init__(
        self,
        space: TextSpace,
        need_texts: Sequence[str],
        vectorizer: Vectorizer,
        *,
        view: MeaningView | None = None,
    ) -> None:
        self._view = view
        self._needs, offers = space.groups
        self._offers = vectorizer.focused(space.vocabulary, offers)
        self._runs = OfferRuns(space.stems[1])
        self._echoes = Echoes(space.stems[0], self._runs, (self._needs, self._offers))
        self._vocabulary, self._need_texts, self._bridge = space.vocabulary, need_texts, vectorizer.bridge
        # A year says little about a subject; it is told only where the texts share nothing else.
        self._is_number = np.array([stem.isdecimal() for stem in space.vocabulary], dtype=np.bool_)

    def with_needs(self, needs: TextVectors, stems: Sequence[Integers], texts: Sequence[str]) -> Self:
        """Return the comparison of other needs with the same offers.

        Parameters
        ----------
        needs, stems, texts : n_needs of each
            The vectors over the vocabulary of the offers, the stems by position in it, and the texts as they are written.
        """
        other = copy(self)
        other._take_needs(needs, stems, texts)  # noqa: SLF001 – a copy of itself
        return other

    def _take_needs(self, needs: TextVectors, stems: Sequence[Integers], texts: Sequence[str]) -> None:
        self._needs, self._need_texts = needs, texts
        self._echoes = Echoes(stems, self._runs, (needs, self._offers))
        self._view = None if self._view is None else self._view.with_needs(texts)

    def values(self, rows: Rows) -> Floats:
        """Return the likeness of the needs' texts with those of all offers."""
        needs = self._needs.take(rows)
        copied, cosine = self._echoes.cosines(rows), cosines(needs, self._offers)
        own = cosine - copied.toarray() if copied.nnz else cosine
        block = stretched(own)
        if self._view is not None:
            block = self._view.joined(block, rows, kept=_kept(own, cosine))
        block[needs.is_empty] = np.nan
        block[:, self._offers.is_empty] = np.nan
        return block

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the likeness of some pairs."""
        cosine = cosines_at(self._needs, self._offers, rows=rows, columns=columns)
        own = cosine - self._echoes.cosines_at(rows, columns)
        values = stretched(own)
        if self._view is not None:
            values = self._view.joined_at(values, rows, columns, kept=_kept(own, cosine))
        values[self._needs.is_empty[rows] | self._offers.is_empty[columns]] = np.nan
        return values

    @property
    def vectors(self) -> tuple[TextVectors, TextVectors]:
        """The texts of the needs and of the offers."""
        return self._needs, self._offers

    def copied(self) -> Matrix:
        """Return what words copied from the need add to the cosine of every pair; shape (n_needs, n_offers)."""
        return self._echoes.cosines(np.arange(self._needs.words.shape[0]))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the words that the two texts share, the weightiest first, as the need writes them."""
        value = np.nan if value is None else value
        return self.sentences_of(np.array([row]), np.array([column]), np.array([value]))[0]

    def sentences_of(self, rows: Rows, columns: Rows, values: Floats) -> list[Sentence]:
        """Return the sentence of each of some pairs; quickest where those of one need stand together."""
        stems_of = self._shared_at(rows, columns)
        last_row, written = -1, dict[str, str]()
        sentences: list[Sentence] = []
        for row, value, stems in zip(rows.tolist(), said(values), stems_of, strict=True):
            if value is None or not len(stems):
                sentences.append(_told_without_words(value, has_model=self._view is not None))
                continue
            if row != last_row:
                last_row, written = row, self._bridge.words_by_stem(self._need_texts[row])
            words = ", ".join(written.get(stem, stem) for stem in (self._vocabulary[at] for at in stems))
            sentences.append(Sentence(message=N_("The texts share: %(words)s."), values={"words": words}))
        return sentences

    def _shared_at(self, rows: Rows, columns: Rows) -> list[Integers]:
        """Return the weightiest stems that the texts of each of some pairs share, by position."""
        common = sp.csr_matrix(self._needs.words[rows].multiply(self._offers.words[columns]))
        pair, _ = counted(np.diff(common.indptr))
        order = np.lexsort((common.indices, -common.data, self._is_number[common.indices], pair))
        stems = common.indices[order].astype(np.int64)
        n_shared = np.diff(common.indptr)
        n_words = n_shared - np.bincount(pair, weights=self._is_number[stems], minlength=len(rows)).astype(np.int64)
        n_told = np.minimum(np.where(n_words > 0, n_words, n_shared), _N_SHARED_WORDS)
        return [stems[start : start + n] for start, n in zip(common.indptr[:-1], n_told, strict=True)]


def _kept(own: Floats, cosine: Floats) -> Floats:
    """Return what share of the likeness is left without copied words, 1 where nothing is shared: a copy means nothing."""
    share: Floats = np.divide(own, cosine, out=np.ones_like(cosine), where=cosine > 0)
    return np.clip(share, 0.0, 1.0)


def _told_without_words(value: float | None, *, has_model: bool) -> Sentence:
    if value is None:
        return _SILENCE
    if value <= 0:
        return _NOTHING_SHARED
    return _ALIKE_IN_MEANING if has_model else _AKIN
