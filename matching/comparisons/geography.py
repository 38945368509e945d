"""Geography: how closely the offer is meant for the State."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from matching.arrays import Floats, Rows
from matching.eligibility import EligibilityCheck
from matching.records import Need
from matching.reference import EVERYBODY, Geography
from matching.sentences import N_, Sentence
from matching.vocabulary import Component


class GeographyComparison:
    """A named State counts 1, everybody half, and a group between them by how few States it holds.

    A joint need counts by the State that the offer is least meant for.
    """

    component: ClassVar[Component] = Component.GEOGRAPHY

    def __init__(self, needs: Sequence[Need], geography: Geography, eligibility: EligibilityCheck) -> None:
        self._needs, self._geography, self._eligibility = needs, geography, eligibility

    def values(self, rows: Rows) -> Floats:
        """Return how closely each offer is meant for the need's States."""
        return np.asarray(self._eligibility.closeness(rows))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return whom the offer names: the State, a group it belongs to, or everybody."""
        if not value:
            return Sentence(message=N_("The offer is not open to the State."))
        token = self._eligibility.narrowest_token(row, column)
        if token == EVERYBODY:
            return Sentence(message=N_("The offer is open to all States."))
        if token in self._needs[row].states:
            values = {"state": self._geography.name(token)}
            return Sentence(message=N_("The offer names %(state)s."), values=values)
        values = {"group": self._geography.name(token)}
        return Sentence(message=N_("The offer is for %(group)s, to which the State belongs."), values=values)
