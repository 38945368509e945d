"""Hard conditions: which offers are open to which needs, and what stands against the others."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Self

import numpy as np

from matching.arrays import NO_END, NO_START, Bools, Floats, Integers, Matrix, Rows, counted, listed, ordinals, part_of
from matching.focus import Focus, joined_closeness
from matching.folding import folded_name
from matching.packed import Excluded, Windows, contiguous
from matching.reach import measure_reach
from matching.records import Need, Offer
from matching.reference import Geography
from matching.results import Eligibility, Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Condition


class EligibilityCheck:
    """Tells for blocks of needs which offers are open to them, and for one pair what stands against it."""

    def __init__(
        self,
        needs: Sequence[Need],
        offers: Sequence[Offer],
        geography: Geography,
        *,
        as_of_on: date,
        focus: Focus | None = None,
    ) -> None:
        self._offers, self._geography = offers, geography
        self.reach = measure_reach(offers, geography)
        if focus is not None:
            focus.draw(self.reach)
        today = self._today = as_of_on.toordinal()
        self._offer_from = ordinals((offer.available_from_on for offer in offers), absent=NO_START)
        self._offer_until = ordinals((offer.available_until_on for offer in offers), absent=NO_END)
        self._is_offer_closed = self._offer_until < today
        self._offers_by_provider: dict[str, list[int]] = {}
        for at, offer in enumerate(offers):
            self._offers_by_provider.setdefault(provider_key(offer.provider), []).append(at)
        # A list cell takes a name that holds a semicolon apart; it is the one meant where all of its parts are there.
        self._parts_by_divided_name = {name: _parts(name) for name in self._offers_by_provider if ";" in name}
        self._take_needs(needs, focus)

    def _take_needs(self, needs: Sequence[Need], focus: Focus | None) -> None:
        self._needs, self.focus = needs, focus
        self._states = self._listed([need.states for need in needs])
        neighbours = [None] * len(needs) if focus is None else focus.neighbours
        self._neighbours = self._listed([() if some is None else some.states for some in neighbours])
        self.has_neighbours: Bools = np.diff(self._neighbours.indptr) > 0
        self._need_from = np.maximum(ordinals((need.earliest_on for need in needs), absent=NO_START), self._today)
        self._need_until = ordinals((need.latest_on for need in needs), absent=NO_END)
        self._is_need_closed = self._need_until < self._today

    def _listed(self, states: Sequence[Sequence[str]]) -> Matrix:
        position = self.reach.position_by_state
        return listed([[position[code] for code in codes] for codes in states], n_columns=len(position))

    def with_needs(self, needs: Sequence[Need], readings: Sequence[Reading]) -> Self:
        """Return the check of other needs, with what is read of them, against the same offers."""
        other = copy(self)
        focus = None if self.focus is None else self.focus.with_needs(needs, readings)
        other._take_needs(needs, focus)  # noqa: SLF001 – a copy of itself
        return other

    @property
    def is_need_open(self) -> Bools:
        """Whether a need has not closed; shape (n_needs,)."""
        is_open: Bools = ~self._is_need_closed
        return is_open

    def failures(self, rows: Rows) -> dict[Condition, Bools]:
        """Return for every condition where it stands against a pair.

        Parameters
        ----------
        rows : shape (n_rows,)

        Returns
        -------
        dict of shape (n_rows, n_offers)
        """
        shape = (len(rows), len(self._offers))
        need_closed = self._is_need_closed[rows][:, None]
        offer_closed = self._is_offer_closed[None, :]
        starts = np.maximum(self._need_from[rows][:, None], self._offer_from[None, :])
        ends = np.minimum(self._need_until[rows][:, None], self._offer_until[None, :])
        return {
            Condition.NEED_CLOSED: np.broadcast_to(need_closed, shape),
            Condition.OFFER_CLOSED: np.broadcast_to(offer_closed, shape),
            Condition.STATE_NOT_ELIGIBLE: self.closeness(rows) <= 0,
            Condition.WINDOWS_APART: (starts > ends) & ~need_closed & ~offer_closed,
            Condition.PROVIDER_EXCLUDED: self._excluded(rows),
        }

    def is_eligible(self, rows: Rows) -> Bools:
        """Return where nothing stands against a pair; shape (n_rows, n_offers)."""
        is_refused: Bools = np.logical_or.reduce(list(self.failures(rows).values()))
        return ~is_refused

    def closeness(self, rows: Rows, columns: Rows | None = None) -> Floats:
        """Return how closely each offer is meant for all States of each need; the lowest of a joint need counts.

        Of a need that names neighbours in its text these count as well, where the offer is open to its own States.

        Parameters
        ----------
        rows : shape (n_rows,)
        columns : shape (n_columns,)
            Positions of offers, all of them where none are given.

        Returns
        -------
        shape (n_rows, n_columns)
            In [0, 1]; 0 where an offer is not open to one of the need's States.
        """
        closeness, states = self.reach.closeness, self._states.indices
        starts, ends = self._states.indptr[rows], self._states.indptr[rows + 1]
        block = part_of(closeness, states[starts], columns)
        for at in np.flatnonzero(ends - starts > 1):
            block[at] = part_of(closeness, states[starts[at] : ends[at]], columns).min(axis=0)
        return block if self.focus is None else self._blended(rows, block, closeness, columns)

    def open_to(self, row: int) -> Bools:
        """Return which offers are open to all States of a need, whatever neighbours it names; shape (n_offers,)."""
        states = self._states.indices[self._states.indptr[row] : self._states.indptr[row + 1]]
        is_open: Bools = np.logical_and.reduce(self.reach.closeness[states] > 0)
        return is_open

    def geography_key(self, row: int) -> tuple[tuple[str, ...], tuple[str, ...], float]:
        """Return what the closeness of a need depends on: those with equal keys are searched together."""
        neighbours = None if self.focus is None else self.focus.neighbours[row]
        named = ((), 0.0) if neighbours is None else (neighbours.states, neighbours.confidence)
        return (self._needs[row].states, *named)

    def n_neighbours_reached(self, rows: Rows, columns: Rows) -> Integers:
        """Return how many of the neighbours that its need names the offer of each pair is open to; shape (n_pairs,)."""
        pair, states = self._neighbours_of(rows)
        is_reached = self.reach.closeness[states, columns[pair]] > 0
        return np.bincount(pair[is_reached], minlength=len(rows))

    def _neighbours_of(self, rows: Rows) -> tuple[Integers, Integers]:
        """Return the neighbours of some needs one behind the other: which of the needs each is of, and its position."""
        neighbours = self._neighbours[rows]
        return counted(np.diff(neighbours.indptr))[0], neighbours.indices.astype(np.int64)

    def _blended(self, rows: Rows, own: Floats, closeness: Floats, columns: Rows | None = None) -> Floats:
        """Return the closeness to the needs' own States with that to the neighbours that some of them name."""
        neighbours, focus = self._neighbours.indices, self.focus
        starts, ends = self._neighbours.indptr[rows], self._neighbours.indptr[rows + 1]
        if focus is not None:
            for at in np.flatnonzero(ends > starts):
                others = part_of(closeness, neighbours[starts[at] : ends[at]], columns)
                own[at] = focus.blended(int(rows[at]), own[at], others)
        return own

    def as_windows(self) -> Windows:
        """Return the days of the conditions as arrays; special is what has closed."""
        return Windows(
            need_from=self._need_from,
            need_until=self._need_until,
            is_need_special=self._is_need_closed,
            offer_from=self._offer_from,
            offer_until=self._offer_until,
            is_offer_special=self._is_offer_closed,
        )

    def as_excluded(self) -> Excluded:
        """Return the offers that each need excludes as arrays."""
        columns = [self._excluded_columns(row) for row in range(len(self._needs))]
        starts = np.concatenate(([0], np.cumsum([len(some) for some in columns])))
        flat = [column for some in columns for column in some]
        return Excluded(starts=contiguous(starts, np.int32), offers=contiguous(flat, np.int32))

    def closeness_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return how closely the offer of each of some pairs is meant for all States of its need; shape (n_pairs,)."""
        states = self._states[rows]
        pair = np.repeat(np.arange(len(rows)), np.diff(states.indptr))
        each = self.reach.closeness[states.indices, columns[pair]]
        lowest = np.ones(len(rows))
        np.minimum.at(lowest, pair, each)
        if self.focus is None:
            return lowest
        pair, others = self._neighbours_of(rows)
        n_others = np.bincount(pair, minlength=len(rows))
        # Added one after the other, as for a block.
        total = np.bincount(pair, weights=self.reach.closeness[others, columns[pair]], minlength=len(rows))
        blended = joined_closeness(lowest, total / np.maximum(n_others, 1), self.focus.share[rows])
        return np.where(n_others > 0, blended, lowest)

    def is_eligible_if_open(self, row: int) -> Bools:
        """Return where nothing would stand against a need that has closed if it were open today; shape (n_offers,)."""
        failures = self.failures(np.array([row]))
        against = (Condition.OFFER_CLOSED, Condition.STATE_NOT_ELIGIBLE, Condition.PROVIDER_EXCLUDED)
        is_refused: Bools = np.logical_or.reduce([failures[condition][0] for condition in against])
        return ~is_refused & (self._offer_from <= self._today)

    def closeness_where_named(self, row: int, *, is_each_named: bool) -> Floats:
        """Return how closely each offer would be meant for a need if it also named some of its States.

        Parameters
        ----------
        is_each_named
            Whether it named all of them; otherwise only those that it refuses now.

        Returns
        -------
        shape (n_offers,)
        """
        reach = self.reach
        states = [reach.position_by_state[code] for code in self._needs[row].states]
        is_named = reach.is_named[states]
        is_added = ~is_named & (is_each_named | (reach.closeness[states] <= 0))
        named: Floats = reach.closeness_of_named(reach.n_named + is_added.sum(axis=0))
        closest: Floats = np.maximum(reach.by_group[states], np.where(is_named | is_added, named, 0.0)).min(axis=0)
        if not self.has_neighbours[row]:
            return closest
        named_or_in_group = np.maximum(reach.by_group, np.where(reach.is_named, named, 0.0))
        blended: Floats = self._blended(np.array([row]), closest[None, :], named_or_in_group)[0]
        return blended

    def explain(self, row: int, column: int) -> Eligibility:
        """Return the conditions that stand against one pair, each with its sentence.

        Where the State excluded the provider, that is told alone and without detail: another condition beside it would
        show that ``not_eligible`` stands for something else.
        """
        failures = self.failures(np.array([row]))
        failed = tuple(condition for condition, where in failures.items() if where[0, column])
        if Condition.PROVIDER_EXCLUDED in failed:
            failed = (Condition.PROVIDER_EXCLUDED,)
        return Eligibility(failed=failed, sentences=tuple(self._sentence(name, row, column) for name in failed))

    def _excluded(self, rows: Rows) -> Bools:
        block = np.zeros((len(rows), len(self._offers)), dtype=np.bool_)
        for at, row in enumerate(rows):
            block[at, self._excluded_columns(row)] = True
        return block

    def _excluded_columns(self, row: int) -> list[int]:
        """Return the offers of the providers that a need excludes."""
        if not self._needs[row].excluded_providers:
            return []
        excluded = {provider_key(name) for name in self._needs[row].excluded_providers}
        divided = {name for name, parts in self._parts_by_divided_name.items() if parts and parts <= excluded}
        return [column for name in excluded | divided for column in self._offers_by_provider.get(name, [])]

    def _sentence(self, condition: Condition, row: int, column: int) -> Sentence:
        need, offer = self._needs[row], self._offers[column]
        match condition:
            case Condition.NEED_CLOSED:
                return Sentence(message=N_("The need closed on %(day)s."), values={"day": f"{need.latest_on}"})
            case Condition.OFFER_CLOSED:
                values = {"day": f"{offer.available_until_on}"}
                return Sentence(message=N_("The offer closed on %(day)s."), values=values)
            case Condition.WINDOWS_APART:
                return Sentence(message=N_("The dates of the need and of the offer do not meet."))
            case Condition.PROVIDER_EXCLUDED:
                return Sentence(message=N_("The pair is not eligible."))
            case Condition.STATE_NOT_ELIGIBLE:
                names = ", ".join(self._geography.name(code) for code in self.refused_states(row, column))
                return Sentence(message=N_("The offer is not open to %(states)s."), values={"states": names})

    def refused_states(self, row: int, column: int) -> tuple[str, ...]:
        """Return the States of a need to which an offer is not open."""
        reach = self.reach
        return tuple(
            code for code in self._needs[row].states if reach.closeness[reach.position_by_state[code], column] <= 0
        )

    def narrowest_tokens(self, rows: Rows, columns: Rows) -> Integers:
        """Return for some pairs the token by which the offer admits the State of the need that it is least meant for.

        Returns
        -------
        shape (n_pairs,)
            Positions among the tokens of the reach; -1 where none admits it.
        """
        states = self._states[rows]
        pair, within = counted(np.diff(states.indptr))
        each = self.reach.closeness[states.indices, columns[pair]]
        # The first of the States that it is least meant for.
        order = np.lexsort((within, each, pair))
        widest = order[states.indptr[:-1]]
        return self.reach.token[states.indices[widest], columns].astype(np.int64)


def provider_key(name: str) -> str:
    """Return a provider's name as names are compared: two that look the same are the same, spaces evened out."""
    return folded_name(name)


def _parts(name: str) -> frozenset[str]:
    return frozenset(part for raw in name.split(";") if (part := raw.strip()))
