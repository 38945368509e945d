"""Audience: whether support is for the people whom the need is about; a part of the comparison of modes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Final, Self

import numpy as np

from matching.arrays import Bools, Floats, Rows, indicator
from matching.comparisons.base import Kinds, kinds_of_marks, table_of
from matching.packed import Table
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Audience, Basis

CIRCLES_APART: Final = frozenset(
    {Audience.DIPLOMATS, Audience.PARLIAMENTARIANS, Audience.MILITARY, Audience.CIVIL_SOCIETY}
)
"""Audiences that a State names where it means them: support for them is not for those who run its systems."""

SHARED: Final = 1.0
OTHERS: Final = 0.5  # both name somebody, and seldom everybody
APART: Final = 0.0

_SHARED_AS_STATED: Final = N_("The need is for %(audiences)s, and so is the offer, as read from its text.")
_SHARED_AS_READ: Final = N_("Both are for %(audiences)s, as read from the texts.")
_OTHERS_AS_STATED: Final = N_("The need is for %(asked)s; as read from its text, the offer is for %(offered)s.")
_OTHERS_AS_READ: Final = N_("As read from the texts, the need is for %(asked)s, the offer for %(offered)s.")
_APART_FROM_NOBODY: Final = N_("As read from its text, the offer is for %(offered)s, whom the need does not name.")


class AudienceFit:
    """1 where an audience is shared, 0 where the offer is for a circle apart that the need does not name."""

    def __init__(self, needs: Sequence[Reading], offers: Sequence[Reading]) -> None:
        self._offers = offers
        columns = tuple(Audience)
        self._offered = indicator([reading.audiences for reading in offers], columns)
        self._is_offer_silent = self._offered.sum(axis=1) == 0
        apart = [audience in CIRCLES_APART for audience in columns]
        self._is_offer_apart = self._offered[:, apart].sum(axis=1) > 0
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Reading]) -> None:
        self._needs = needs
        self._asked = indicator([reading.audiences for reading in needs], tuple(Audience))
        self._is_need_silent = self._asked.sum(axis=1) == 0

    def with_needs(self, needs: Sequence[Reading]) -> Self:
        """Return the same of other needs and the same offers."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return how well the audiences meet; shape (n_rows, n_offers), NaN where a side says nothing."""
        shared: Floats = self._asked[rows] @ self._offered.T
        return self._fit(shared, rows[:, None], np.arange(len(self._offers))[None, :])

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        shared: Floats = np.einsum("ij,ij->i", self._asked[rows], self._offered[columns])
        return self._fit(shared, rows, columns)

    def _fit(self, shared: Floats, rows: Rows, columns: Rows) -> Floats:
        is_silent = self._is_need_silent[rows] | self._is_offer_silent[columns]
        told = np.where(is_silent, np.nan, OTHERS)
        return np.where(shared > 0, SHARED, np.where(self._is_offer_apart[columns], APART, told))

    def by_kinds(self) -> Table:
        """Return how well the audiences meet as a table of those that needs and offers name, NaN for silence."""
        needs, (offers, fit) = kinds_of_marks(self._asked > 0), self._offer_kinds
        return table_of(fit.with_needs([self._needs[row] for row in needs[1].tolist()]), needs, offers)

    @cached_property
    def _offer_kinds(self) -> tuple[Kinds, AudienceFit]:
        """The kinds of the offers, and how well audiences meet with one of each."""
        offers = kinds_of_marks(self._offered > 0)
        return offers, AudienceFit([], [self._offers[column] for column in offers[1].tolist()])

    def marks_of_needs(self) -> Bools:
        """Return what of each need decides whether it is known how well the audiences meet; shape (n_needs, 1)."""
        marks: Bools = self._is_need_silent[:, None]
        return marks

    def marks_of_offers(self) -> Bools:
        """Return the same of each offer; shape (n_offers, 2)."""
        marks: Bools = np.column_stack((self._is_offer_silent, self._is_offer_apart))
        return marks

    def sentence(self, row: int, column: int) -> Sentence:
        """Return whom both sides are for; only for a pair that has a value."""
        need, offer = self._needs[row], self._offers[column]
        is_stated = need.audiences_basis is not Basis.INFERRED
        both = [audience for audience in need.audiences if audience in offer.audiences]
        if both:
            message = _SHARED_AS_STATED if is_stated else _SHARED_AS_READ
            return Sentence(message=message, values={"audiences": as_words(both)})
        if not need.audiences:
            return Sentence(message=_APART_FROM_NOBODY, values={"offered": as_words(offer.audiences)})
        values = {"asked": as_words(need.audiences), "offered": as_words(offer.audiences)}
        return Sentence(message=_OTHERS_AS_STATED if is_stated else _OTHERS_AS_READ, values=values)


def as_words(codes: Sequence[str]) -> str:
    """Return codes as a person reads them.

    Examples
    --------
    >>> as_words(["civil_society", "police"])
    'civil society, police'
    """
    return ", ".join(code.replace("_", " ") for code in codes)
