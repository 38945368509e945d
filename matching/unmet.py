"""Unmet needs: the reason that binds, and the smallest change that would match, both computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from matching.allocation import Allocation
from matching.arrays import Bools, Floats, Rows
from matching.eligibility import EligibilityCheck
from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.reference import Reference
from matching.results import Reading, UnmetNeed
from matching.scoring import Scorer
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Component, Condition, UnmetReason

_OPENINGS: Final[Mapping[frozenset[Condition], str]] = {
    frozenset({Condition.STATE_NOT_ELIGIBLE}): N_("If %(offer)s were open to %(states)s."),
    frozenset({Condition.OFFER_CLOSED}): N_("If %(offer)s were still open on %(as_of)s."),
    frozenset({Condition.WINDOWS_APART}): N_("If %(offer)s were available while the need is open."),
    frozenset({Condition.STATE_NOT_ELIGIBLE, Condition.OFFER_CLOSED}): N_(
        "If %(offer)s were open to %(states)s and still open on %(as_of)s."
    ),
    frozenset({Condition.STATE_NOT_ELIGIBLE, Condition.WINDOWS_APART}): N_(
        "If %(offer)s were open to %(states)s and available while the need is open."
    ),
}

_EDITS: Final[Mapping[Component, str]] = {
    Component.AREA: N_("If %(offer)s were about %(asked)s."),
    Component.MODE: N_("If %(offer)s came as %(asked)s."),
    Component.LANGUAGE: N_("If %(offer)s came in %(asked)s."),
    Component.TIME: N_("If %(offer)s were available for the whole window of the need."),
    Component.BUDGET: N_("If a place of %(offer)s were worth the sum sought."),
    Component.FRESHNESS: N_("If the provider confirmed %(offer)s."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetContext:
    """What is needed to explain the needs without an allocation."""

    needs: Sequence[Need]
    offers: Sequence[Offer]
    need_readings: Sequence[Reading]
    reference: Reference
    profile: ScoringProfile
    eligibility: EligibilityCheck
    scorer: Scorer
    allocation: Allocation
    as_of_on: date


class UnmetExplainer:
    """Explains needs without an allocation."""

    def __init__(self, context: UnmetContext) -> None:
        self._context = context
        self._as_of = context.as_of_on.isoformat()
        # Only an offer with a free place keeps what a sentence promises: a taken one would need a place as well.
        self._has_place: Bools = context.allocation.free_places > 0
        self._served_next = context.allocation.served_by_one_more_place()

    def explain(self, rows: Rows) -> list[UnmetNeed]:
        """Return why each of some needs has no allocation, and what would give it one.

        Parameters
        ----------
        rows : shape (n_rows,)
            Positions of needs without an allocation, few enough that all their pairs can be held at once.
        """
        failures = self._context.eligibility.failures(rows)
        scores = self._context.scorer.scores(rows)
        return [
            self._explain(int(row), {condition: where[at] for condition, where in failures.items()}, scores[at])
            for at, row in enumerate(rows)
        ]

    def _explain(self, row: int, failures: Mapping[Condition, Bools], scores: Floats) -> UnmetNeed:
        if self._context.needs[row].has_closed_on(self._context.as_of_on) or not self._context.offers:
            return self._without_choice(row)
        n_failures = np.sum(list(failures.values()), axis=0)
        is_eligible: Bools = n_failures == 0
        if not is_eligible.any():
            return self._not_eligible(row, failures, n_failures, scores)
        if scores[is_eligible].max() < self._context.profile.minimum_score:
            return self._below_threshold(row, np.where(is_eligible, scores, -1.0))
        return self._capacity_taken(row, np.where(is_eligible, scores, -1.0))

    def _without_choice(self, row: int) -> UnmetNeed:
        need = self._context.needs[row]
        if need.has_closed_on(self._context.as_of_on):
            detail = Sentence(message=N_("The need closed on %(day)s."), values={"day": f"{need.latest_on}"})
            change = Sentence(message=N_("If the need were open on %(day)s."), values={"day": self._as_of})
            return self._unmet(row, UnmetReason.CLOSED, detail, would_match_if=change)
        detail = Sentence(message=N_("There is no offer at all."))
        return self._unmet(row, UnmetReason.NO_ELIGIBLE_OFFER, detail, would_match_if=self._new_offer(row))

    def _not_eligible(
        self, row: int, failures: Mapping[Condition, Bools], n_failures: Floats, scores: Floats
    ) -> UnmetNeed:
        """Return the offer that fails fewest conditions among those that would then score enough."""
        only_closed = failures[Condition.OFFER_CLOSED] & (n_failures == 1)
        reason = UnmetReason.CLOSED if only_closed.any() else UnmetReason.NO_ELIGIBLE_OFFER
        detail = self._condition_detail(reason, only_closed)
        profile = self._context.profile
        gain = profile.weights[Component.GEOGRAPHY] / profile.total_weight
        reached = scores + gain * failures[Condition.STATE_NOT_ELIGIBLE]
        is_possible = (reached >= profile.minimum_score) & self._has_place
        is_possible &= ~failures[Condition.PROVIDER_EXCLUDED]
        if not is_possible.any():
            return self._unmet(row, reason, detail, would_match_if=self._new_offer(row))
        order = np.lexsort((np.arange(len(scores)), -reached, n_failures))
        column = int(next(at for at in order if is_possible[at]))
        failed = frozenset(condition for condition, where in failures.items() if where[column])
        values = {
            "offer": self._named(column),
            "as_of": self._as_of,
            "states": self._state_names(self._context.eligibility.refused_states(row, column)),
        }
        change = Sentence(message=_OPENINGS[failed], values=values)
        return self._unmet(row, reason, detail, nearest=column, would_match_if=change)

    @staticmethod
    def _condition_detail(reason: UnmetReason, only_closed: Bools) -> Sentence:
        if reason is UnmetReason.CLOSED:
            values = {"count": int(only_closed.sum())}
            return Sentence(
                message=N_("Offers that would be open to the State but have closed: %(count)s."), values=values
            )
        message = N_("Of all offers (%(count)s) none is open to this need.")
        return Sentence(message=message, values={"count": len(only_closed)})

    def _below_threshold(self, row: int, scores: Floats) -> UnmetNeed:
        profile = self._context.profile
        open_scores = np.where(self._has_place, scores, -1.0)
        column = int((open_scores if open_scores.max() >= 0 else scores).argmax())
        values = {"score": f"{scores.max():.3f}", "minimum": f"{profile.minimum_score:.3f}"}
        message = N_("The best eligible offer scores %(score)s; at least %(minimum)s is needed.")
        detail = Sentence(message=message, values=values)
        missing = profile.minimum_score - float(scores[column])
        parts = self._context.scorer.contributions(np.array([row]), [[column]])[0][0]
        gains = {part.component: profile.weights[part.component] / profile.total_weight - part.share for part in parts}
        edits = sorted(
            (gain, component.value)
            for component, gain in gains.items()
            if component in _EDITS
            and gain >= missing
            and self._asked(row, component) is not None
            and self._has_place[column]
        )
        if not edits:
            change = Sentence(
                message=N_("No single change is enough: need and offer have to meet in more than one respect.")
            )
            return self._unmet(row, UnmetReason.BELOW_THRESHOLD, detail, nearest=column, would_match_if=change)
        component = Component(edits[0][1])
        found = {"offer": self._named(column), "asked": self._asked(row, component) or ""}
        change = Sentence(message=_EDITS[component], values=found)
        return self._unmet(row, UnmetReason.BELOW_THRESHOLD, detail, nearest=column, would_match_if=change)

    def _asked(self, row: int, component: Component) -> str | None:
        """Return what the need asks for in one respect, or None where it says nothing."""
        need, reading = self._context.needs[row], self._context.need_readings[row]
        taxonomy = self._context.reference.taxonomy
        match component:
            case Component.AREA:
                return ", ".join(taxonomy.area_by_code[code].title() for code in reading.area_codes) or None
            case Component.MODE:
                # Modes that were read out of the text are not asked for, and never count in full.
                asked = () if reading.modes_basis is Basis.INFERRED else reading.modes
                return ", ".join(mode.replace("_", " ") for mode in asked) or None
            case Component.LANGUAGE:
                return ", ".join(need.languages) or None
            case Component.TIME:
                return None if need.earliest_on is None and need.latest_on is None else ""
            case Component.BUDGET:
                return None if need.budget is None else ""
            case _:
                return ""

    def _capacity_taken(self, row: int, scores: Floats) -> UnmetNeed:
        order = [int(at) for at in np.argsort(-scores, kind="stable")]
        enough = [at for at in order if scores[at] >= self._context.profile.minimum_score]
        capacities = self._context.allocation.capacities
        with_places = [at for at in enough if capacities[at] > 0]
        if not with_places:
            detail = Sentence(
                message=N_("Offers that fit: %(count)s; none of them has a place to give."),
                values={"count": len(enough)},
            )
        else:
            message = N_("Offers that fit: %(count)s; their places went to other needs, for a better total.")
            detail = Sentence(message=message, values={"count": len(with_places)})
        serving = next((at for at in enough if self._served_next[at] == row), None)
        column = enough[0] if serving is None else serving
        one, several = N_("If %(offer)s had one more place."), N_("If %(offer)s had several more places.")
        message = several if serving is None else one
        change = Sentence(message=message, values={"offer": self._named(column)})
        return self._unmet(row, UnmetReason.CAPACITY_TAKEN, detail, nearest=column, would_match_if=change)

    def _new_offer(self, row: int) -> Sentence:
        """Return the offer that would have to come, where no existing one is near enough."""
        states = self._state_names(self._context.needs[row].states)
        areas = self._asked(row, Component.AREA)
        if areas is None:
            return Sentence(message=N_("If a new offer were open to %(states)s."), values={"states": states})
        values = {"states": states, "areas": areas}
        return Sentence(message=N_("If a new offer about %(areas)s were open to %(states)s."), values=values)

    def _state_names(self, codes: Sequence[str]) -> str:
        return ", ".join(self._context.reference.geography.name(code) for code in codes)

    def _named(self, column: int) -> str:
        return self._context.offers[column].offer_id

    def _unmet(
        self,
        row: int,
        reason: UnmetReason,
        detail: Sentence,
        *,
        nearest: int | None = None,
        would_match_if: Sentence | None = None,
    ) -> UnmetNeed:
        return UnmetNeed(
            need_id=self._context.needs[row].need_id,
            reason=reason,
            detail=detail,
            nearest_offer_id=None if nearest is None else self._context.offers[nearest].offer_id,
            would_match_if=would_match_if,
        )
