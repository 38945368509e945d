"""What a run tells: nothing from which somebody could find out whom a State excludes, but for the allocation itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.answers import PoolChanges, Sensitivity, WhatIf
from matching.eligibility import EligibilityCheck
from matching.records import Need
from matching.reference import Geography
from matching.results import Match, RunResult, UnmetNeed
from matching.sentences import N_, Sentence
from matching.vocabulary import UnmetReason


def without_exclusions(need: Need) -> Need:
    """Return the need as everybody may know it."""
    return replace(need, excluded_providers=())


def disclosed(result: RunResult, geography: Geography) -> RunResult:
    """Return the result with what exclusions decided left out, whoever is excluded.

    A ranking that lacks an offer open to all, the score of the best offer that is left, or a count of pairs that is
    one lower tell whom a State excludes to anybody who computes the rest from public records. So a need with
    exclusions shows the offer it was allocated and no other; unmet, it says no more than that; and its pairs are
    counted as if it excluded nobody. Coalitions compete for free places and floors are priced against another allocation:
    both know the exclusions of all needs, so neither is told.
    """
    excluding = {need.need_id: need for need in result.needs if need.excluded_providers}
    if not excluding:
        return result
    n_excluded_pairs = _n_excluded_pairs(result, tuple(excluding.values()), geography)
    return replace(
        result,
        needs=tuple(map(without_exclusions, result.needs)),
        matches=tuple(_told_matches(result, frozenset(excluding))),
        unmet=tuple(
            _told_unmet(unmet, excluding[unmet.need_id], result) if unmet.need_id in excluding else unmet
            for unmet in result.unmet
        ),
        counts=replace(result.counts, n_eligible_pairs=result.counts.n_eligible_pairs + n_excluded_pairs),
        fairness=None,
        coalitions=None,
        what_if=None if result.what_if is None else _ToldAnswers(result.what_if, frozenset(excluding)),
    )


@dataclass(frozen=True, slots=True)
class _ToldAnswers:
    """Answers about needs that exclude nobody; what would serve the most needs counts all of them, so it is not told."""

    answers: WhatIf
    excluding: frozenset[str]

    def sensitivities(self, need_ids: Iterable[str]) -> Mapping[str, Sensitivity]:
        """Return how firmly the first offer of each need stands that excludes nobody."""
        return self.answers.sensitivities(need_id for need_id in need_ids if need_id not in self.excluding)

    def pool_changes(self, *, is_asked: bool = False) -> PoolChanges | None:
        """Return nothing, whether it is asked for or not."""


def _told_matches(result: RunResult, excluding: frozenset[str]) -> Iterator[Match]:
    for match in result.matches:
        if match.need_id not in excluding:
            yield match
        elif match.is_allocated:
            yield replace(match, rank=1)


def _told_unmet(unmet: UnmetNeed, need: Need, result: RunResult) -> UnmetNeed:
    # That the need itself has closed, or that there is nothing to exclude, is so whomever it excludes.
    if need.has_closed_on(result.as_of_on) or not result.offers:
        return unmet
    return UnmetNeed(
        need_id=unmet.need_id,
        reason=UnmetReason.NO_ELIGIBLE_OFFER,
        detail=Sentence(message=N_("No offer could be given to this need; its State and the secretariat know why.")),
        nearest_offer_id=None,
        would_match_if=None,
    )


def _n_excluded_pairs(result: RunResult, needs: tuple[Need, ...], geography: Geography) -> int:
    """Return how many pairs of these needs are not eligible for nothing but an exclusion."""
    told = tuple(map(without_exclusions, needs))
    n_told, n_left = (
        sum(
            int(check.is_eligible(np.array([row])).sum())
            # One need at a time: all pairs of many needs would not fit into memory.
            for row in range(len(needs))
        )
        for check in (
            EligibilityCheck(told, result.offers, geography, as_of_on=result.as_of_on),
            EligibilityCheck(needs, result.offers, geography, as_of_on=result.as_of_on),
        )
    )
    return n_told - n_left
