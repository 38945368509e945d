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

    A joint need counts by the State that the offer is least meant for. What the texts say of places moves the value where
    nothing is stated; see ``matching.focus``.
    """

    component: ClassVar[Component] = Component.GEOGRAPHY

    def __init__(self, needs: Sequence[Need], geography: Geography, eligibility: EligibilityCheck) -> None:
        self._geography = geography
        self._take_needs(needs, eligibility)

    def _take_needs(self, needs: Sequence[Need], eligibility: EligibilityCheck) -> None:
        self._needs, self._eligibility, self._focus = needs, eligibility, eligibility.focus
        self._keys = numbered([eligibility.geography_key(row) for row in range(len(needs))])

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
        """Return the States and neighbours, the tokens that admit them, and what the texts add to that."""
        tokens = np.where(values > 0, self._eligibility.narrowest_tokens(rows, columns) + 2, 0)
        return paired(paired(self._keys[rows], tokens), self._read_keys(rows, columns))

    def _read_keys(self, rows: Rows, columns: Rows) -> Integers:
        """Return how many neighbours are reached or, for a need without any, the offer whose text is told of."""
        if self._focus is None:
            return np.zeros(len(rows), dtype=np.int64)
        n_reached, meant = self._eligibility.n_neighbours_reached(rows, columns), self._focus.is_drawn[columns]
        return np.where(self._eligibility.has_neighbours[rows], n_reached, np.where(meant, columns + 1, 0))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return whom the offer names: the States of the need, a group they belong to, or everybody."""
        value = np.nan if value is None else value
        return self.sentences_of(np.array([row]), np.array([column]), np.array([value]))[0]

    def sentences_of(self, rows: Rows, columns: Rows, values: Floats) -> list[Sentence]:
        """Return the sentence of each of some pairs."""
        tokens = self._eligibility.narrowest_tokens(rows, columns)
        n_reached = self._eligibility.n_neighbours_reached(rows, columns)
        pairs = zip(rows.tolist(), columns.tolist(), values > 0, tokens.tolist(), n_reached.tolist(), strict=True)
        return [
            self._told(row, column, self._token(token), n_reached=reached)
            if is_open
            else self._closed(self._needs[row].states)
            for row, column, is_open, token, reached in pairs
        ]

    def _token(self, position: int) -> str:
        return self._eligibility.reach.tokens[position] if position >= 0 else EVERYBODY

    def _closed(self, states: Sequence[str]) -> Sentence:
        one, several = N_("The offer is not open to the State."), N_("The offer is not open to all of the States.")
        return Sentence(message=several if len(states) > 1 else one)

    def _told(self, row: int, column: int, token: str, *, n_reached: int) -> Sentence:
        if n_named := len(self._neighbours(row)):
            return self._sentence_on_neighbours(token, n_reached=n_reached, n_named=n_named)
        states = self._needs[row].states
        if meant := self._meant(column, states):
            message = N_("The offer is open to all States; as read from its text, it is for %(places)s.")
            return Sentence(message=message, values={"places": meant})
        return self._sentence_on_token(states, token)

    def _sentence_on_token(self, states: Sequence[str], token: str) -> Sentence:
        if token == EVERYBODY:
            return Sentence(message=N_("The offer is open to all States."))
        if token in states:
            # The offer is least meant for a State that it names: it names them all.
            return Sentence(message=N_("The offer names %(state)s."), values={"state": self._named(states)})
        values = {"group": self._geography.name(token)}
        if len(states) == 1:
            return Sentence(message=N_("The offer is for %(group)s, to which the State belongs."), values=values)
        members = self._geography.members_by_token[token]
        values["states"] = self._named([code for code in states if code in members])
        return Sentence(message=N_("The offer is for %(group)s, among them %(states)s."), values=values)

    def _sentence_on_neighbours(self, token: str, *, n_reached: int, n_named: int) -> Sentence:
        """Return how many of the States that the need names beside its own the offer reaches as well."""
        message = N_(
            "The offer is for %(group)s; it is open to %(n_reached)s of the %(n_named)s other States that the need "
            "names, as read from its text."
        )
        values: dict[str, str | int | float] = {
            "group": self._geography.name(token),
            "n_reached": n_reached,
            "n_named": n_named,
        }
        return Sentence(message=message, values=values)

    def _neighbours(self, row: int) -> tuple[str, ...]:
        neighbours = None if self._focus is None else self._focus.neighbours[row]
        return () if neighbours is None else neighbours.states

    def _meant(self, column: int, states: Sequence[str]) -> str:
        return "" if self._focus is None else self._focus.places_for(column, states)

    def _named(self, codes: Sequence[str]) -> str:
        return ", ".join(self._geography.name(code) for code in codes)
