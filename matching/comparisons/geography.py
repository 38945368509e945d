"""Geography: how closely the offer is meant for the State."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import ClassVar, Self

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.comparisons.base import Comparison, numbered, paired
from matching.eligibility import EligibilityCheck
from matching.records import Need
from matching.reference import EVERYBODY, Geography
from matching.sentences import N_, Sentence
from matching.vocabulary import Component


class GeographyComparison(Comparison):
    """A named State counts 1, everybody half, and a group between them by how few States it holds.

    A joint need counts by the State that the offer is least meant for.
    """

    component: ClassVar[Component] = Component.GEOGRAPHY

    def __init__(self, needs: Sequence[Need], geography: Geography, eligibility: EligibilityCheck) -> None:
        self._geography = geography
        self._take_needs(needs, eligibility)

    def _take_needs(self, needs: Sequence[Need], eligibility: EligibilityCheck) -> None:
        self._needs, self._eligibility = needs, eligibility
        self._states = numbered([need.states for need in needs])

    def with_needs(self, needs: Sequence[Need], eligibility: EligibilityCheck) -> Self:
        """Return the comparison of other needs with the same offers; the conditions are theirs."""
        other = copy(self)
        other._take_needs(needs, eligibility)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return how closely each offer is meant for the need's States."""
        return np.asarray(self._eligibility.closeness(rows))

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        return np.asarray(self._eligibility.closeness_at(rows, columns))

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the States, and the tokens that admit them."""
        tokens = self._eligibility.narrowest_tokens(rows, columns)
        return paired(self._states[rows], np.where(values > 0, tokens + 2, 0))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return whom the offer names: the States of the need, a group they belong to, or everybody."""
        states = self._needs[row].states
        is_joint = len(states) > 1
        if not value:
            one, several = N_("The offer is not open to the State."), N_("The offer is not open to all of the States.")
            return Sentence(message=several if is_joint else one)
        token = self._eligibility.narrowest_token(row, column)
        if token == EVERYBODY:
            return Sentence(message=N_("The offer is open to all States."))
        if token in states:
            # The offer is least meant for a State that it names: it names them all.
            return Sentence(message=N_("The offer names %(state)s."), values={"state": self._named(states)})
        values = {"group": self._geography.name(token)}
        if not is_joint:
            return Sentence(message=N_("The offer is for %(group)s, to which the State belongs."), values=values)
        members = self._geography.members_by_token[token]
        values["states"] = self._named([code for code in states if code in members])
        return Sentence(message=N_("The offer is for %(group)s, among them %(states)s."), values=values)

    def _named(self, codes: Sequence[str]) -> str:
        return ", ".join(self._geography.name(code) for code in codes)
