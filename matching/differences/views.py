"""A run as it is compared: what a result has and what its files have alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.results import Match, RunResult
from matching.vocabulary import AllocationRule, Component, UnmetReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    """A listed pair: ``score`` in [0, 1], ``rank`` from 1, and the components' values, None for silence."""

    offer_id: str
    rank: int
    score: float
    is_allocated: bool
    values: Mapping[Component, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetView:
    """Why a need has no offer."""

    reason: UnmetReason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """One run.

    ``pairs_by_need_id`` holds the listed offers of each need in the order of their ranks. ``inputs`` are names with their
    SHA-256, empty where they are not known. ``record_by_id`` holds the needs and offers without what is confidential;
    it is None where only the files of the run are at hand, which do not hold them.
    """

    engine_version: str
    profile: ScoringProfile
    as_of_on: date
    rule: AllocationRule
    inputs: tuple[tuple[str, str], ...]
    pairs_by_need_id: Mapping[str, tuple[PairView, ...]]
    unmet_by_need_id: Mapping[str, UnmetView]
    need_by_id: Mapping[str, Need] | None = None
    offer_by_id: Mapping[str, Offer] | None = None

    @property
    def need_ids(self) -> frozenset[str]:
        """The needs that were matched."""
        return frozenset(self.pairs_by_need_id) | frozenset(self.unmet_by_need_id)

    def pair(self, need_id: str, offer_id: str | None) -> PairView | None:
        """Return the pair where it is listed."""
        return next((pair for pair in self.pairs_by_need_id.get(need_id, ()) if pair.offer_id == offer_id), None)

    def allocated(self, need_id: str) -> PairView | None:
        """Return the pair that got a place, None for a need without one."""
        return next((pair for pair in self.pairs_by_need_id.get(need_id, ()) if pair.is_allocated), None)

    def share(self, pair: PairView, component: Component) -> float:
        """Return what a component adds to the score of a pair, in [0, 1]."""
        value, profile = pair.values[component], self.profile
        counted = profile.neutral[component] if value is None else value
        return profile.weights[component] * counted / profile.total_weight


def view_of(result: RunResult, *, inputs: tuple[tuple[str, str], ...] = ()) -> RunView:
    """Return a run as it is compared; whom a State excludes is left out, so that no difference can tell of it."""
    pairs: dict[str, list[PairView]] = {}
    for match in result.matches:
        pairs.setdefault(match.need_id, []).append(_pair_view(match))
    is_floored = result.rule is AllocationRule.WITH_FLOOR
    return RunView(
        engine_version=result.engine_version,
        profile=result.profile,
        as_of_on=result.as_of_on,
        rule=AllocationRule.OPTIMAL if is_floored else result.rule,
        inputs=inputs,
        pairs_by_need_id={need_id: tuple(found) for need_id, found in pairs.items()},
        unmet_by_need_id={
            unmet.need_id: UnmetView(reason=unmet.reason, detail=str(unmet.detail)) for unmet in result.unmet
        },
        need_by_id={need.need_id: replace(need, excluded_providers=()) for need in result.needs},
        offer_by_id={offer.offer_id: offer for offer in result.offers},
    )


def _pair_view(match: Match) -> PairView:
    return PairView(
        offer_id=match.offer_id,
        rank=match.rank,
        score=match.score,
        is_allocated=match.is_allocated,
        values={part.component: part.value for part in match.contributions},
    )
