"""Focus: what the texts say of geography where nothing is stated; it never opens or closes an offer.

An offer that states nothing of whom it is open to but names places in its text is meant more closely for these. A need
whose text names its neighbours is met better by what reaches them as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from matching.arrays import Bools, Floats
from matching.places import states_by_place
from matching.reach import WIDEST_REACH, Reach, measure_reach
from matching.records import Need, Offer
from matching.reference import EVERYBODY, Reference
from matching.results import Reading

READ_SHARE: Final = 0.75
"""How far a place that was read out of an offer's text moves the value from everybody's to that of a stated place."""

NEIGHBOUR_SHARE: Final = 0.25
"""How much of the value are the neighbours that a need names in its text; the rest are its own States."""

MOST_NEIGHBOURS: Final = 30
"""More States than that are no neighbours but a continent, or a text about the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The States that a need speaks of beside its own, in code order, and how sure the reading is, in [0, 1]."""

    states: tuple[str, ...]
    confidence: float


class Focus:
    """What the texts of a pool say of places: the neighbours of each need, and whom open offers are meant for."""

    def __init__(
        self,
        needs: Sequence[Need],
        offers: Sequence[Offer],
        readings: tuple[Sequence[Reading], Sequence[Reading]],
        reference: Reference,
    ) -> None:
        states = states_by_place(reference.geography, reference.gazetteer)
        self._wider = replace(reference.geography, members_by_token=states)
        self._reference = reference
        self._take_needs(needs, readings[0])
        self._offers = [
            replace(offer, eligible=reading.places) if offer.eligible == (EVERYBODY,) and reading.places else None
            for offer, reading in zip(offers, readings[1], strict=True)
        ]
        self._readings = readings[1]
        self.is_drawn: Bools = np.array([offer is not None for offer in self._offers], dtype=np.bool_)

    def _take_needs(self, needs: Sequence[Need], readings: Sequence[Reading]) -> None:
        members = self._wider.members_by_token
        self.neighbours = tuple(
            _neighbours(need, reading, members) for need, reading in zip(needs, readings, strict=True)
        )
        self.share: Floats = np.array(
            [0.0 if some is None else NEIGHBOUR_SHARE * some.confidence for some in self.neighbours], dtype=np.float64
        )

    def with_needs(self, needs: Sequence[Need], readings: Sequence[Reading]) -> Self:
        """Return the same of other needs beside the same offers."""
        other = copy(self)
        other._take_needs(needs, readings)  # noqa: SLF001 – a copy of itself
        return other

    def draw(self, reach: Reach) -> None:
        """Draw offers that state nothing towards the places that they are meant for by their texts.

        Several places together count as a list of stated ones would: to name all of them is to name none.

        Parameters
        ----------
        reach
            Of all offers; its ``closeness`` is changed, and never below what it was.
        """
        columns = [column for column, offer in enumerate(self._offers) if offer is not None]
        read = measure_reach([offer for offer in self._offers if offer is not None], self._wider)
        for at, column in enumerate(columns):
            reading = self._readings[column]
            sure = dict(zip(reading.places, reading.place_confidences, strict=True))
            confidence = np.array([sure.get(token, 0.0) for token in read.tokens])[read.token[:, at]]
            gain = READ_SHARE * confidence * (read.closeness[:, at] - WIDEST_REACH)
            drawn = np.where(read.token[:, at] >= 0, WIDEST_REACH + gain, 0.0)
            reach.closeness[:, column] = np.maximum(reach.closeness[:, column], drawn)

    def blended(self, row: int, own: Floats, others: Floats) -> Floats:
        """Return how closely offers are meant for a need that names neighbours.

        Parameters
        ----------
        own : shape (n_offers,)
            How closely each is meant for the need's own States; 0 stays 0.
        others : shape (n_neighbours, n_offers)
            How closely each is meant for each neighbour.
        """
        total = np.zeros_like(own)
        for each in others:  # one after the other: a sum over an axis adds in another order for a single offer
            total += each
        return joined_closeness(own, total / max(len(others), 1), self.share[row])

    def places_for(self, column: int, states: Sequence[str]) -> str:
        """Return the titles of the places that an offer is meant for by its text, where they hold all of some States."""
        if self._offers[column] is None:
            return ""
        places = self._readings[column].places
        members = self._wider.members_by_token
        is_meant = set(states) <= frozenset[str]().union(*(members[code] for code in places))
        return ", ".join(
            self._reference.place_title(code) for code in places if is_meant and members[code] & set(states)
        )


def joined_closeness(own: Floats, others: Floats, share: Floats | float) -> Floats:
    """Return closeness to a need's own States with the mean of that to its neighbours; 0 stays 0."""
    closeness: Floats = np.where(own > 0, (1.0 - share) * own + share * others, 0.0)
    return closeness


def _neighbours(need: Need, reading: Reading, states: Mapping[str, frozenset[str]]) -> Neighbours | None:
    """Return the neighbours that a need's text names, or ``None`` where it names none or half the world."""
    found = frozenset[str]().union(*(states[code] for code in reading.places)) - set(need.states)
    if not 0 < len(found) <= MOST_NEIGHBOURS:
        return None
    return Neighbours(states=tuple(sorted(found)), confidence=min(reading.place_confidences))
