"""Mode: whether support comes in the ways the need asks for."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final

import numpy as np

from matching.arrays import Bools, Floats, Rows
from matching.comparisons.base import Comparison
from matching.comparisons.basis import Wordings
from matching.comparisons.coverage import Coverage
from matching.packed import Codes
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Component, Mode

INFERRED_TRUST: Final = 0.5
"""How far a mode that was read out of a text moves the value from the middle: authors seldom name all their modes."""

_MIDDLE: Final = 0.5

_BOTH: Final = Wordings(
    stated=N_("Both name %(modes)s."),
    need_inferred=N_("Both name %(modes)s, the need as read from its text."),
    offer_inferred=N_("Both name %(modes)s, the offer as read from its text."),
    both_inferred=N_("Both name %(modes)s, as read from the texts."),
)
_APART: Final = Wordings(
    stated=N_("The need asks for %(asked)s; the offer names %(offered)s."),
    need_inferred=N_("As read from its text, the need asks for %(asked)s; the offer names %(offered)s."),
    offer_inferred=N_("The need asks for %(asked)s; as read from its text, the offer names %(offered)s."),
    both_inferred=N_("As read from the texts, the need asks for %(asked)s; the offer names %(offered)s."),
)


class ModeComparison(Comparison):
    """The share of the need's modes that the offer has, drawn to the middle where a side's modes were inferred."""

    component: ClassVar[Component] = Component.MODE

    def __init__(self, needs: Sequence[Reading], offers: Sequence[Reading]) -> None:
        self._needs, self._offers = needs, offers
        self._coverage = Coverage(
            [reading.modes for reading in needs], [reading.modes for reading in offers], columns=tuple(Mode)
        )
        self._is_need_inferred = np.array([reading.modes_basis is Basis.INFERRED for reading in needs], dtype=np.bool_)
        self._is_offer_inferred = np.array(
            [reading.modes_basis is Basis.INFERRED for reading in offers], dtype=np.bool_
        )

    def values(self, rows: Rows) -> Floats:
        """Return the share of the asked modes that are offered."""
        return self._drawn(self._coverage.values(rows), self._is_need_inferred[rows][:, None])

    def values_by_mode(self, row: int) -> tuple[tuple[Mode, ...], Floats]:
        """Return the modes of a need, and which of them each offer has, drawn to the middle as the values are.

        Returns
        -------
        modes : n_modes of them
        has : shape (n_modes, n_offers), in [0, 1], NaN where the offer names no mode
        """
        return self._needs[row].modes, self._drawn(self._coverage.values_by_code(row), self._is_need_inferred[[row]])

    def _drawn(self, block: Floats, is_need_inferred: Bools) -> Floats:
        is_inferred = is_need_inferred | self._is_offer_inferred[None, :]
        return np.where(is_inferred, _MIDDLE + INFERRED_TRUST * (block - _MIDDLE), block)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        values = self._coverage.values_at(rows, columns)
        is_inferred = self._is_need_inferred[rows] | self._is_offer_inferred[columns]
        return np.where(is_inferred, _MIDDLE + INFERRED_TRUST * (values - _MIDDLE), values)

    def as_codes(self) -> Codes:
        """Return the comparison as arrays."""
        codes = self._coverage.as_codes(is_share=True)
        return codes._replace(is_need_damped=self._is_need_inferred, is_offer_damped=self._is_offer_inferred)

    def sentence_key(self, row: int, column: int, value: float | None) -> Hashable:
        """Return the modes of both sides and how they were found out."""
        need, offer = self._needs[row], self._offers[column]
        return need.modes, need.modes_basis, offer.modes, offer.modes_basis, value is None

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return which modes meet, or which are asked and which offered."""
        if value is None:
            return Sentence(message=N_("Need or offer does not say how support is given."))
        both, asked, offered = self._coverage.named(row, column)
        bases = self._needs[row].modes_basis, self._offers[column].modes_basis
        if both:
            return Sentence(message=_BOTH.of(*bases), values={"modes": _listed(both)})
        values = {"asked": _listed(asked), "offered": _listed(offered)}
        return Sentence(message=_APART.of(*bases), values=values)


def _listed(modes: Sequence[str]) -> str:
    return ", ".join(mode.replace("_", " ") for mode in modes)
