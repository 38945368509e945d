"""Record: what is known of how the provider did before in this area and mode."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from matching.arrays import Floats, Rows
from matching.comparisons.base import Comparison
from matching.packed import Records
from matching.sentences import N_, Sentence
from matching.vocabulary import Component


class RecordComparison(Comparison):
    """Silent for every pair as long as no outcome has been recorded: neither an old nor a new provider gains by it."""

    component: ClassVar[Component] = Component.RECORD

    def __init__(self, *, n_needs: int, n_offers: int) -> None:
        self._n_needs, self._n_offers = n_needs, n_offers

    def values(self, rows: Rows) -> Floats:
        """Return NaN for every pair."""
        return np.full((len(rows), self._n_offers), np.nan)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        return np.full(len(rows), np.nan)

    def as_records(self) -> Records:
        """Return the comparison as arrays."""
        return Records(kind=np.zeros(self._n_needs, dtype=np.int32), values=np.full((1, self._n_offers), np.nan))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return that nothing is known yet."""
        return Sentence(message=N_("No outcome of this provider has been recorded yet."))
