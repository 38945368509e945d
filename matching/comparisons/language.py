"""Language: whether the two sides have a working language in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.attention import FULL_LANGUAGES
from matching.comparisons.base import Comparison, numbered, paired
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
        columns = sorted({code for codes in (*needs, *offers) for code in codes})
        self._coverage = Coverage(needs, offers, columns=columns, n_full=FULL_LANGUAGES)

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
        needs, offers = self._coverage.lists
        return self.as_table(list(map(frozenset, needs)), list(map(frozenset, offers)))

    def values_if_named(self, language: str) -> Floats:
        """Return the values of a need that asks for a language if every offer also came in it; shape (n_offers,)."""
        everybody = np.ones(self._n_offers, dtype=np.bool_)
        return self._coverage.attention_if_named([language], is_kept=everybody)

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the languages of both sides."""
        needs, offers = self._lists
        return paired(needs[rows], offers[columns])

    @cached_property
    def _lists(self) -> tuple[Integers, Integers]:
        """The languages of every need and of every offer in their order, as numbers."""
        needs, offers = self._coverage.lists
        return numbered(needs), numbered(offers)

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the languages that both sides name, or those of each."""
        if value is None:
            return Sentence(message=N_("Need or offer names no language."))
        both, asked, offered = self._coverage.named(row, column)
        if both:
            return Sentence(message=N_("Both can work in %(languages)s."), values={"languages": ", ".join(both)})
        values = {"asked": ", ".join(asked), "offered": ", ".join(offered)}
        return Sentence(message=N_("The need asks for %(asked)s; the offer comes in %(offered)s."), values=values)
