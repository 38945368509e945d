"""Hard conditions: which offers are open to which needs, and what stands against the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from matching.arrays import NO_END, NO_START, Bools, Floats, Integers, Rows, listed, ordinals
from matching.packed import Excluded, Windows, contiguous
from matching.records import Need, Offer
from matching.reference import EVERYBODY, Geography
from matching.results import Eligibility
from matching.sentences import N_, Sentence
from matching.vocabulary import Condition

WIDEST_REACH: Final = 0.5
"""What an offer to everybody counts for geography; an offer that names the State counts 1."""

_JOINERS: Final = re.compile("[\u200c\u200d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How closely each offer is meant for each State.

    ``closeness`` has shape (n_states, n_offers): 0 where the offer is not open to the State, 1 where it names it, and
    between ``WIDEST_REACH`` and 1 by how few States the narrowest admitting token holds. ``token`` holds the position
    of that token in ``tokens``, -1 where there is none.
    """

    position_by_state: dict[str, int]
    tokens: tuple[str, ...]
    closeness: Floats
    token: Integers


def measure_reach(offers: Sequence[Offer], geography: Geography) -> Reach:
    """Return how closely each offer is meant for each State: named State before region before everybody."""
    states = sorted(geography.state_by_code)
    position = {code: at for at, code in enumerate(states)}
    tokens = tuple(sorted({token for offer in offers for token in offer.eligible}))
    closeness = np.zeros((len(states), len(offers)))
    narrowest = np.full((len(states), len(offers)), -1, dtype=np.int64)
    members = [
        np.array(sorted(position[code] for code in geography.members_by_token.get(token, ())), dtype=np.int64)
        for token in tokens
    ]
    value = [_closeness(len(where), len(states)) for where in members]
    place = {token: at for at, token in enumerate(tokens)}
    for column, offer in enumerate(offers):
        for at in sorted((place[token] for token in offer.eligible), key=lambda at: value[at]):
            where = members[at]
            closeness[where, column] = value[at]
            narrowest[where, column] = at
    return Reach(position_by_state=position, tokens=tokens, closeness=closeness, token=narrowest)


def _closeness(n_admitted: int, n_states: int) -> float:
    if n_admitted <= 1 or n_states <= 1:
        return 1.0
    return 1.0 - (1.0 - WIDEST_REACH) * float(np.log(n_admitted) / np.log(n_states))


class EligibilityCheck:
    """Tells for blocks of needs which offers are open to them, and for one pair what stands against it."""

    def __init__(self, needs: Sequence[Need], offers: Sequence[Offer], geography: Geography, *, as_of_on: date) -> None:
        self._needs, self._offers, self._geography = needs, offers, geography
        self.reach = measure_reach(offers, geography)
        states = [[self.reach.position_by_state[code] for code in need.states] for need in needs]
        self._states = listed(states, n_columns=len(self.reach.position_by_state))
        today = self._today = as_of_on.toordinal()
        self._need_from = np.maximum(ordinals((need.earliest_on for need in needs), absent=NO_START), today)
        self._need_until = ordinals((need.latest_on for need in needs), absent=NO_END)
        self._offer_from = ordinals((offer.available_from_on for offer in offers), absent=NO_START)
        self._offer_until = ordinals((offer.available_until_on for offer in offers), absent=NO_END)
        self._is_need_closed = self._need_until < today
        self._is_offer_closed = self._offer_until < today
        self._offers_by_provider: dict[str, list[int]] = {}
        for at, offer in enumerate(offers):
            self._offers_by_provider.setdefault(provider_key(offer.provider), []).append(at)
        # A list cell takes a name that holds a semicolon apart; it is the one meant where all of its parts are there.
        self._parts_by_divided_name = {name: _parts(name) for name in self._offers_by_provider if ";" in name}

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

    def closeness(self, rows: Rows) -> Floats:
        """Return how closely each offer is meant for all States of each need; the lowest of a joint need counts."""
        states, closeness = self._states[rows], self.reach.closeness
        block: Floats = closeness[states.indices[states.indptr[:-1]]]
        for at in np.flatnonzero(np.diff(states.indptr) > 1):
            block[at] = closeness[states.indices[states.indptr[at] : states.indptr[at + 1]]].min(axis=0)
        return block

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
        return lowest

    def is_eligible_if_open(self, row: int) -> Bools:
        """Return where nothing would stand against a need that has closed if it were open today; shape (n_offers,)."""
        failures = self.failures(np.array([row]))
        against = (Condition.OFFER_CLOSED, Condition.STATE_NOT_ELIGIBLE, Condition.PROVIDER_EXCLUDED)
        is_refused: Bools = np.logical_or.reduce([failures[condition][0] for condition in against])
        return ~is_refused & (self._offer_from <= self._today)

    def closeness_where_named(self, row: int) -> Floats:
        """Return how closely each offer would be meant for a need if it also named the States it refuses now.

        Returns
        -------
        shape (n_offers,)
        """
        position = self.reach.position_by_state
        each = self.reach.closeness[[position[code] for code in self._needs[row].states]]
        closest: Floats = np.where(each > 0, each, 1.0).min(axis=0)
        return closest

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

    def narrowest_token(self, row: int, column: int) -> str:
        """Return the token by which an offer admits the State of a need that it is least meant for."""
        reach = self.reach
        states = [reach.position_by_state[code] for code in self._needs[row].states]
        widest = min(states, key=lambda at: reach.closeness[at, column])
        at = int(reach.token[widest, column])
        return reach.tokens[at] if at >= 0 else EVERYBODY


def provider_key(name: str) -> str:
    """Return a provider's name as names are compared: after NFKC and case folding, spaces evened out.

    The joiners that Persian and Hindi are written with are left out: a name with one looks like that without.
    """
    return " ".join(unicodedata.normalize("NFKC", _JOINERS.sub("", name)).casefold().split())


def _parts(name: str) -> frozenset[str]:
    return frozenset(part for raw in name.split(";") if (part := raw.strip()))
