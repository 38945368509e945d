"""What a run returns: ranked matches, unmet needs, tandems, and how the run was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from matching.answers import WhatIf
from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.sentences import Sentence
from matching.vocabulary import AllocationRule, Audience, Basis, Component, Condition, Mode, TandemKind, UnmetReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one component adds to a score.

    ``value`` is in [0, 1] with 6 decimals, or ``None`` where a side says nothing and the neutral value counts;
    ``share`` is weight x value / total weight, so that the shares of a match add up to its score.
    """

    component: Component
    value: float | None
    share: float
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A proposed pair with its place in the need's ranking, from 1."""

    need_id: str
    offer_id: str
    rank: int
    score: float
    is_allocated: bool
    contributions: tuple[Contribution, ...]

    @property
    def reasons(self) -> tuple[Sentence, ...]:
        """The sentences of the components about which both sides say something, largest share first."""
        said = [part for part in self.contributions if part.value is not None]
        return tuple(part.sentence for part in sorted(said, key=lambda part: -part.share))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetNeed:
    """A need without an allocation: the binding reason and the smallest change that would match it."""

    need_id: str
    reason: UnmetReason
    detail: Sentence
    nearest_offer_id: str | None
    would_match_if: Sentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JointNeed:
    """The draft of a need that two States could file together; both sides say yes, and change it, before it is filed.

    ``area_codes`` are those that both needs name, or the one in which they meet; ``languages`` those that both can work
    in; the days, ``None`` for open ends, the window in which both can. ``priority`` is that of the more urgent one.
    """

    states: tuple[str, ...]
    need_ids: tuple[str, ...]
    area_codes: tuple[str, ...]
    modes: tuple[Mode, ...]
    languages: tuple[str, ...]
    earliest_on: date | None
    latest_on: date | None
    priority: int
    title: Sentence
    text: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tandem:
    """States that could file together in one area.

    In a peer tandem neither leads; ``lead`` is then the first of the two by code, ``need_ids`` are the two needs in the
    same order, and ``joint_need`` is the draft of what they could file. ``score`` is in [0, 1].
    """

    area_code: str
    lead: str
    partners: tuple[str, ...]
    kind: TandemKind
    score: float
    reasons: tuple[Sentence, ...]
    need_ids: tuple[str, ...] = ()
    joint_need: JointNeed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The areas, modes, audiences and places that a run used for one record, and how it came by them.

    ``places`` are those that the text of a need speaks of beside its own States, or that of an offer is for: States,
    groups and other places of the reference data, the surest first. They are always inferred, and count only where
    nothing is stated: see ``matching.focus``. The confidences tell how often such a reading is right, in [0, 1]; they
    stand in the order of what was read, and there are none where it was stated or read by a person.
    """

    area_codes: tuple[str, ...]
    areas_basis: Basis
    modes: tuple[Mode, ...]
    modes_basis: Basis
    audiences: tuple[Audience, ...] = ()
    audiences_basis: Basis = Basis.INFERRED
    area_confidences: tuple[float, ...] = ()
    mode_confidences: tuple[float, ...] = ()
    audience_confidences: tuple[float, ...] = ()
    places: tuple[str, ...] = ()
    place_confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether an offer is open to a need, and every condition that stands against it."""

    failed: tuple[Condition, ...]
    sentences: tuple[Sentence, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether no condition stands against the pair."""
        return not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """The figures of a run; ``n_private`` counts the needs and offers that were left out."""

    n_needs: int
    n_offers: int
    n_private: int
    n_eligible_pairs: int
    n_allocated: int
    n_unmet: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What an allocation adds up to: needs with a place, the sum of their scores, and that sum with urgency counted."""

    n_served: int
    score: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """What a floor asks for one group, and what it gets.

    ``floor`` is the share in (0, 1] of the group's ``n_open`` open needs that has to be served, ``n_needed`` that
    number of needs; ``n_served_without`` is how many the best total alone would serve. ``n_by_id_only`` of the open needs
    may not be seen by Member States.
    """

    group: str
    floor: float
    n_open: int
    n_by_id_only: int
    n_needed: int
    n_served: int
    n_served_without: int

    @property
    def is_reached(self) -> bool:
        """Whether as many needs are served as the floor asks for."""
        return self.n_served >= self.n_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """What the equity floors of a profile bring and cost; groups in code order, a joint need in each of its groups.

    ``is_proven`` says that no allocation serves more of the groups, or as much of them at a better total.
    """

    groups: tuple[GroupShare, ...]
    without_floor: Totals
    with_floor: Totals
    is_proven: bool

    @property
    def worth_price(self) -> float:
        """What the floors take from the total worth, with 6 decimals, at least 0."""
        return round(self.without_floor.worth - self.with_floor.worth, 6)

    @property
    def score_price(self) -> float:
        """What the floors take from the total score, with 6 decimals; it can be below 0, because urgency is not in it."""
        return round(self.without_floor.score - self.with_floor.score, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One offer of a coalition: the parts of the need that it serves best, as areas with modes, and what it adds.

    A part names no area, or no mode, where the need names none. ``adds`` is in [0, 1]: what the value of the coalition
    would lose without the partner.
    """

    offer_id: str
    is_allocated: bool
    parts: tuple[tuple[str | None, Mode | None], ...]
    adds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coalition:
    """Several offers that serve one need in parts; the offer that the need is allocated stands first, if there is one.

    ``value`` and ``alone`` are in [0, 1]: what the coalition is worth to the need, and what the best of its offers is.
    """

    need_id: str
    partners: tuple[Partner, ...]
    value: float
    alone: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run of the matcher: everything the five files, the pages and the store are made from.

    ``needs`` and ``offers`` are the records matched, private ones left out, in id order; ``matches`` are ordered by
    need id, then rank; ``unmet`` by need id; ``tandems`` by area, kind and lead. ``seconds`` maps a stage to its
    duration and is the only part that differs from run to run. ``rule`` says how places were shared out, ``with_floor``
    where a floor changed the best total; ``fairness`` is None where the profile sets no floor, ``coalitions`` where
    none were asked for; they are in the order of the needs. ``what_if`` answers further questions about the same pool,
    and is ``None`` where a result was not made by a run.
    """

    engine_version: str
    profile: ScoringProfile
    as_of_on: date
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    reading_by_need_id: Mapping[str, Reading]
    reading_by_offer_id: Mapping[str, Reading]
    matches: Sequence[Match]
    unmet: tuple[UnmetNeed, ...]
    tandems: tuple[Tandem, ...]
    counts: RunCounts
    seconds: Mapping[str, float]
    rule: AllocationRule = AllocationRule.OPTIMAL
    fairness: Fairness | None = None
    coalitions: tuple[Coalition, ...] | None = None
    what_if: WhatIf | None = field(default=None, compare=False, repr=False)
