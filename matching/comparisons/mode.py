"""Mode: whether support comes in the ways, and to the people, that the need asks for."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from copy import copy
from functools import cached_property
from typing import ClassVar, Final, Self

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.attention import FULL_MODES
from matching.comparisons.audience import AudienceFit, as_words
from matching.comparisons.base import Comparison, Kinds, kinds_of_marks, numbered, paired, table_of
from matching.comparisons.basis import Wordings
from matching.comparisons.coverage import Coverage
from matching.packed import Table
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Component, Mode

INFERRED_TRUST: Final = 0.5
"""How far a mode that was read out of a text moves the value from the middle: authors seldom name all their modes."""

AUDIENCE_SHARE: Final = 2 / 3
"""How much of the value is the audience, beside modes that were inferred or where the audience is known."""

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
_SILENCE: Final = Sentence(message=N_("Need or offer does not say how support is given."))


class ModeComparison(Comparison):
    """The share of the need's modes that the offer has, and whether it is for the same people.

    Stated modes count alone where nothing is known of the audience. Modes that were inferred are drawn to the middle.
    """

    component: ClassVar[Component] = Component.MODE

    def __init__(self, needs: Sequence[Reading], offers: Sequence[Reading]) -> None:
        self._offers, self._is_offer_inferred = offers, _inferred(offers)
        modes = [reading.modes for reading in offers]
        self._coverage = Coverage([], modes, columns=tuple(Mode), n_full=FULL_MODES)
        self._audience = AudienceFit([], offers)
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Reading]) -> None:
        self._needs, self._is_need_inferred = needs, _inferred(needs)
        self._need_sayings = numbered(list(map(_said_in_full, needs)))
        self._coverage = self._coverage.with_needs([reading.modes for reading in needs])
        self._audience = self._audience.with_needs(needs)

    def with_needs(self, needs: Sequence[Reading]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return the share of the asked modes that are offered, joined with how well the audiences meet."""
        return _joined(*self.parts(rows))

    def parts(self, rows: Rows) -> tuple[Floats, Floats, Bools]:
        """Return the share of the asked modes, how well the audiences meet, and whether modes were inferred."""
        is_inferred = self._is_need_inferred[rows][:, None] | self._is_offer_inferred[None, :]
        return self._coverage.values(rows), self._audience.values(rows), is_inferred

    def values_by_mode(self, row: int) -> tuple[tuple[Mode, ...], Floats]:
        """Return the modes of a need, and which of them each offer has, joined with the audiences as the values are.

        Returns
        -------
        modes : n_modes of them
        has : shape (n_modes, n_offers), in [0, 1], NaN where the offer names no mode
        """
        block = self._coverage.values_by_code(row)
        audience = np.broadcast_to(self._audience.values(np.array([row])), block.shape)
        is_inferred = np.broadcast_to(self._is_need_inferred[row] | self._is_offer_inferred[None, :], block.shape)
        return self._needs[row].modes, _joined(block, audience, is_inferred)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        return _joined(*self.parts_at(rows, columns))

    def parts_at(self, rows: Rows, columns: Rows) -> tuple[Floats, Floats, Bools]:
        """Return the parts of the values of some pairs."""
        is_inferred = self._is_need_inferred[rows] | self._is_offer_inferred[columns]
        return self._coverage.values_at(rows, columns), self._audience.values_at(rows, columns), is_inferred

    def values_if_named(self, row: int) -> Floats:
        """Return the values of one need, which states modes, if every offer also named them; shape (n_offers,).

        An offer whose modes were read out of its text would then state these alone.
        """
        audience = self._audience.values(np.array([row]))[0]
        named = self._coverage.attention_if_named(self._needs[row].modes, is_kept=~self._is_offer_inferred)
        return _joined(named, audience, np.zeros(len(audience), dtype=np.bool_))

    def by_kinds(self) -> tuple[Table, Table]:
        """Return the comparison as a table of modes and one of audiences: a pair has the sum, NaN in the first for silence.

        Together they would have too many kinds.
        """
        needs, (offers, comparison) = kinds_of_marks(self._marks_of_needs()), self._offer_kinds
        asked = comparison.with_needs([self._needs[row] for row in needs[1].tolist()])
        modes, audiences = table_of(_ModesPart(asked), needs, offers), self._audience.by_kinds()
        return modes, audiences._replace(values=_audience_part(audiences.values))

    @cached_property
    def _offer_kinds(self) -> tuple[Kinds, ModeComparison]:
        """The kinds of the offers by what their modes amount to, and the comparison with one of each."""
        parts = self._coverage.marks_of_offers(), self._is_offer_inferred, self._audience.marks_of_offers()
        offers = kinds_of_marks(np.column_stack(parts))
        return offers, ModeComparison([], [self._offers[column] for column in offers[1].tolist()])

    def _marks_of_needs(self) -> Bools:
        return np.column_stack(
            (self._coverage.marks_of_needs(), self._is_need_inferred, self._audience.marks_of_needs())
        )

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the modes and audiences of both sides and how they were found out."""
        return paired(self._need_sayings[rows], self._offer_sayings[columns])

    @cached_property
    def _offer_sayings(self) -> Integers:
        return numbered(list(map(_said_in_full, self._offers)))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return which modes, or which audiences, meet or do not: what moves the value more from the middle."""
        value = np.nan if value is None else value
        return self.sentences_of(np.array([row]), np.array([column]), np.array([value]))[0]

    def sentences_of(self, rows: Rows, columns: Rows, values: Floats) -> list[Sentence]:
        """Return the sentence of each of some pairs."""
        modes, audience = self._coverage.values_at(rows, columns), self._audience.values_at(rows, columns)
        moves = (1 - AUDIENCE_SHARE) * np.abs(modes - _MIDDLE), AUDIENCE_SHARE * np.abs(audience - _MIDDLE)
        is_of_audience = np.isnan(modes) | (moves[1] > moves[0])
        return [
            _SILENCE
            if is_silent
            else self._audience.sentence(row, column)
            if is_audience
            else self._sentence_of_modes(row, column)
            for row, column, is_silent, is_audience in zip(
                rows.tolist(), columns.tolist(), np.isnan(values).tolist(), is_of_audience.tolist(), strict=True
            )
        ]

    def _sentence_of_modes(self, row: int, column: int) -> Sentence:
        both, asked, offered = self._coverage.named(row, column)
        bases = self._needs[row].modes_basis, self._offers[column].modes_basis
        if both:
            return Sentence(message=_BOTH.of(*bases), values={"modes": as_words(both)})
        values = {"asked": as_words(asked), "offered": as_words(offered)}
        return Sentence(message=_APART.of(*bases), values=values)


class _ModesPart:
    """What the modes of every pair amount to, without what the audiences add."""

    def __init__(self, comparison: ModeComparison) -> None:
        self._comparison = comparison

    def values(self, rows: Rows) -> Floats:
        return _modes_part(*self._comparison.parts(rows))

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        return _modes_part(*self._comparison.parts_at(rows, columns))


def _inferred(readings: Sequence[Reading]) -> Bools:
    return np.array([reading.modes_basis is Basis.INFERRED for reading in readings], dtype=np.bool_)


def _said_in_full(reading: Reading) -> Hashable:
    """Return what a record says of modes and audiences, and how that was found out."""
    return reading.modes, reading.modes_basis, reading.audiences, reading.audiences_basis


def _joined(modes: Floats, audience: Floats, is_inferred: Bools) -> Floats:
    """Return the two parts as one value, NaN where neither is known."""
    return _modes_part(modes, audience, is_inferred) + _audience_part(audience)


def _modes_part(modes: Floats, audience: Floats, is_inferred: Bools) -> Floats:
    """Return what the modes amount to, alone where nothing is known of the audience; NaN where neither is known."""
    trusted = np.where(is_inferred, _MIDDLE + INFERRED_TRUST * (modes - _MIDDLE), modes)
    beside = (1 - AUDIENCE_SHARE) * np.where(np.isnan(modes), _MIDDLE, trusted)
    drawn = np.where(np.isnan(modes), np.nan, beside + AUDIENCE_SHARE * _MIDDLE)
    return np.where(np.isnan(audience), np.where(is_inferred, drawn, modes), beside)


def _audience_part(audience: Floats) -> Floats:
    """Return what the audience adds to that; nothing where nothing is known of it."""
    return np.where(np.isnan(audience), 0.0, AUDIENCE_SHARE * audience)
