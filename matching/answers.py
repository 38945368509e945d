"""What a run answers when it is asked what other weights, or other offers, would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from matching.records import Offer
from matching.sentences import Sentence
from matching.vocabulary import Component

MOST_CHANGES: Final = 1 / 8
"""The first place is a toss-up where another offer takes it under a larger share of plausible weights than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRange:
    """Between which values one weight may move, the others staying, while the first offer of a need stays first.

    Both ends belong to it; ``highest`` is ``None`` where there is no end. ``weight`` is the profile's.
    """

    component: Component
    weight: float
    lowest: float
    highest: float | None

    @property
    def nearest_change(self) -> float | None:
        """How far the weight is from the nearer end, as a share of itself; ``None`` where it has no end that counts."""
        ways = [self.weight - self.lowest] if self.lowest > 0 else []
        ways += [self.highest - self.weight] if self.highest is not None else []
        return min(ways) / self.weight if ways and self.weight > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How firmly the first offer of a need stands.

    ``margin`` is by how much it scores more than the second, both ``None`` where no other offer is open to the need.
    It stays first under ``n_first`` of ``n_trials`` plausible sets of weights; ``rival_offer_ids`` are the offers that
    come first under the others, best first.
    """

    need_id: str
    first_offer_id: str
    second_offer_id: str | None
    margin: float | None
    ranges: tuple[WeightRange, ...]
    n_trials: int
    n_first: int
    rival_offer_ids: tuple[str, ...]

    @property
    def is_tied(self) -> bool:
        """Whether the second offer has the same score: the order of their ids decides."""
        return self.margin == 0

    @property
    def is_toss_up(self) -> bool:
        """Whether the first place says little: a tie, or lost under many plausible weights."""
        return self.is_tied or self.n_trials - self.n_first > MOST_CHANGES * self.n_trials

    @property
    def tightest(self) -> WeightRange | None:
        """The range of the weight that has to change least, as a share of itself, to change the first place."""
        limited = [(part.nearest_change, part) for part in self.ranges]
        changes = [(change, at) for at, (change, _) in enumerate(limited) if change is not None]
        return self.ranges[min(changes)[1]] if changes else None


class PoolEdit(StrEnum):
    """What could change about offers to serve more needs; the easier changes first."""

    CONFIRM = "confirm"
    DATES = "dates"
    PLACES = "places"
    LANGUAGE = "language"
    MODE = "mode"
    GROUP = "group"
    AREA = "area"
    NEW_OFFER = "new_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChange:
    """One change to offers, or one new offer, and whom it would serve in a new allocation of the whole pool.

    ``value`` is the language, mode, area or group of States of an edit, else empty. ``offer_ids`` are the offers that
    would have to change, none for a new one, which is ``new_offer``, with a place for every need. ``need_ids`` have no
    place now and would have one; ``lost_need_ids`` would lose theirs. ``n_places`` is how many places an offer would
    have to have beside those that it has.
    """

    edit: PoolEdit
    sentence: Sentence
    value: str = ""
    offer_ids: tuple[str, ...]
    need_ids: tuple[str, ...]
    lost_need_ids: tuple[str, ...] = ()
    n_places: int = 0
    new_offer: Offer | None = None

    @property
    def n_gained(self) -> int:
        """How many more needs would have a place."""
        return len(self.need_ids) - len(self.lost_need_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChanges:
    """The changes that would serve the most needs, best first, and the best few together, each beside those before."""

    single: tuple[PoolChange, ...]
    together: tuple[PoolChange, ...]


class WhatIf(Protocol):
    """Answers what the ranking would be under other conditions; asked only where somebody wants to know."""

    def sensitivities(self, need_ids: Iterable[str]) -> Mapping[str, Sensitivity]:
        """Return how firmly the first offer of each need stands; a need to which no offer is open is left out."""
        ...

    def pool_changes(self, *, is_asked: bool = False) -> PoolChanges | None:
        """Return what would serve the most needs without a place; ``None`` where that takes long and nobody asked."""
        ...
