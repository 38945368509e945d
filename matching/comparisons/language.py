"""Language: whether the two sides have a working language in common."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.attention import FULL_LANGUAGES
from matching.comparisons.base import Comparison, Kinds, kinds_of_marks, numbered, paired, table_of
from matching.comparisons.coverage import Coverage
from matching.packed import Table
from matching.sentences import N_, Sentence
from matching.vocabulary import Component


class LanguageComparison(Comparison):
    """1 where the offer comes in one of the need's languages, else 0: one common language is enough to work in.

    Less than 1 where an offer claims more than the six languages of the United Nations.
    """

    component: ClassVar[Component] = Component.LANGUAGE

    def __init__(self, needs: Sequence[Sequence[str]], offers: Sequence[Sequence[str]]) -> None:
        self._n_offers = len(offers)
        self._take_coverage(Coverage(needs, offers, n_full=FULL_LANGUAGES))

    def _take_coverage(self, coverage: Coverage) -> None:
        self._coverage, self._need_lists = coverage, numbered(coverage.needs)

    def with_needs(self, needs: Sequence[Sequence[str]]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_coverage(self._coverage.with_needs(needs))  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return whether a language is shared."""
        shared = np.minimum(self._coverage.shared(rows), 1.0)
        return self._coverage.silenced(shared, rows)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        shared = np.minimum(self._coverage.shared_at(rows, columns), 1.0)
        return self._coverage.silenced_at(shared, rows, columns)

    def by_kinds(self) -> Table:
        """Return the comparison as a table of the languages that needs and offers name."""
        needs = kinds_of_marks(self._coverage.marks_of_needs())
        offers, comparison = self._offer_kinds
        asked = [self._coverage.needs[row] for row in needs[1].tolist()]
        return table_of(comparison.with_needs(asked), needs, offers)

    @cached_property
    def _offer_kinds(self) -> tuple[Kinds, LanguageComparison]:
        """The kinds of the offers, and the comparison with one of each."""
        offers = kinds_of_marks(self._coverage.marks_of_offers())
        return offers, LanguageComparison([], [self._coverage.offers[column] for column in offers[1].tolist()])

    def values_if_named(self, language: str) -> Floats:
        """Return the values of a need that asks for a language if every offer also came in it; shape (n_offers,)."""
        everybody = np.ones(self._n_offers, dtype=np.bool_)
        return self._coverage.attention_if_named([language], is_kept=everybody)

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the languages of both sides."""
        return paired(self._need_lists[rows], self._offer_lists[columns])

    @cached_property
    def _offer_lists(self) -> Integers:
        return numbered(self._coverage.offers)

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the languages that both sides name, or those of each."""
        if value is None:
            return Sentence(message=N_("Need or offer names no language."))
        both, asked, offered = self._coverage.named(row, column)
        if both:
            return Sentence(message=N_("Both can work in %(languages)s."), values={"languages": ", ".join(both)})
        values = {"asked": ", ".join(asked), "offered": ", ".join(offered)}
        return Sentence(message=N_("The need asks for %(asked)s; the offer comes in %(offered)s."), values=values)
