"""Unmet needs: the reason that binds, and the smallest change that would match, both computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from matching.allocation import Placed
from matching.arrays import Bools, Floats, Rows
from matching.changes import Change, ChangeFinder, Places, Values
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.reference import Reference
from matching.results import UnmetNeed
from matching.sentences import N_, Sentence
from matching.vocabulary import AllocationRule, Basis, Condition, UnmetReason

_TAKEN: Final[Mapping[AllocationRule, str]] = {
    AllocationRule.OPTIMAL: N_("Offers that fit: %(count)s; their places went to other needs, for a better total."),
    AllocationRule.WITH_FLOOR: N_(
        "Offers that fit: %(count)s; their places went to other needs, for the equity floor and a better total."
    ),
    AllocationRule.GREEDY: N_("Offers that fit: %(count)s; their places went to other needs, which came first."),
    AllocationRule.STABLE: N_("Offers that fit: %(count)s; their places went to other needs, which they fit better."),
}


class UnmetExplainer:
    """Explains needs without an allocation."""

    def __init__(
        self,
        model: Model,
        reference: Reference,
        profile: ScoringProfile,
        placed: Placed,
        *,
        as_of_on: date,
    ) -> None:
        self._model, self._reference, self._minimum = model, reference, profile.minimum_score
        self._as_of_on, allocation = as_of_on, placed.allocation
        self._capacities, self._rule = allocation.capacities, allocation.rule
        # Only an offer with a free place keeps what a sentence promises: a taken one would need a place as well.
        self._has_place: Bools = allocation.free_places > 0
        chains = allocation.chains()
        self._served_next = chains.served
        places = Places(is_free=self._has_place, price=chains.price, urgency=placed.urgency)
        self._changes = ChangeFinder(model, reference, profile, places=places, as_of_on=as_of_on)

    def explain(self, rows: Rows) -> list[UnmetNeed]:
        """Return why each of some needs has no allocation, and what would give it one.

        Parameters
        ----------
        rows : shape (n_rows,)
            Positions of needs without an allocation, few enough that all their pairs can be held at once.
        """
        failures = self._model.eligibility.failures(rows)
        values = self._model.scorer.values(rows)
        scores = self._model.scorer.score_of(values)
        return [
            self._explain(
                int(row),
                {condition: where[at] for condition, where in failures.items()},
                {component: block[at] for component, block in values.items()},
                scores[at],
            )
            for at, row in enumerate(rows)
        ]

    def _explain(self, row: int, failures: Mapping[Condition, Bools], values: Values, scores: Floats) -> UnmetNeed:
        if self._model.needs[row].has_closed_on(self._as_of_on):
            return self._closed(row, scores)
        is_eligible = _nothing_against(failures)
        if not is_eligible.any():
            return self._not_eligible(row, failures, values)
        if scores[is_eligible].max() < self._minimum:
            return self._below_threshold(row, failures, values, scores=scores)
        return self._capacity_taken(row, np.where(is_eligible, scores, -1.0))

    def _closed(self, row: int, scores: Floats) -> UnmetNeed:
        need = self._model.needs[row]
        detail = Sentence(message=N_("The need closed on %(day)s."), values={"day": f"{need.latest_on}"})
        is_open = self._model.eligibility.is_eligible_if_open(row)
        would_serve = is_open & (scores >= self._minimum) & self._has_place
        if would_serve.any():
            message = N_("If the need were open on %(day)s.")
        else:
            message = N_("If the need were open on %(day)s and a new offer fitted it.")
        change = Sentence(message=message, values={"day": self._as_of_on.isoformat()})
        return self._unmet(row, UnmetReason.CLOSED, detail, would_match_if=change)

    def _not_eligible(self, row: int, failures: Mapping[Condition, Bools], values: Values) -> UnmetNeed:
        if not len(self._model.offers):
            detail = Sentence(message=N_("There is no offer at all."))
            return self._unmet(row, UnmetReason.NO_ELIGIBLE_OFFER, detail, would_match_if=self._new_offer(row))
        reached = self._changes.scores_if_opened(row, failures, values)
        would_fit = reached >= self._minimum
        is_alone = np.sum(list(failures.values()), axis=0) == 1
        n_closed = int((failures[Condition.OFFER_CLOSED] & is_alone & would_fit).sum())
        if n_closed:
            reason = UnmetReason.CLOSED
            message = N_("Offers that would fit the need but have closed: %(count)s.")
            detail = Sentence(message=message, values={"count": n_closed})
        else:
            reason = UnmetReason.NO_ELIGIBLE_OFFER
            message = N_("Of all offers (%(count)s) none is open to this need.")
            detail = Sentence(message=message, values={"count": len(self._model.offers)})
        return self._changed(row, reason, detail, self._changes.opening(row, failures, reached), self._new_offer(row))

    def _below_threshold(
        self, row: int, failures: Mapping[Condition, Bools], values: Values, *, scores: Floats
    ) -> UnmetNeed:
        is_eligible = _nothing_against(failures)
        eligible_scores = np.where(is_eligible, scores, -1.0)
        told = {"score": f"{eligible_scores.max():.3f}", "minimum": f"{self._minimum:.3f}"}
        message = N_("The best eligible offer scores %(score)s; at least %(minimum)s is needed.")
        detail = Sentence(message=message, values=told)
        reached = self._changes.scores_if_opened(row, failures, values)
        found = (
            self._changes.improvement(row, is_eligible, values, scores=scores),
            self._changes.opening(row, failures, reached),
            self._changes.combination(row, is_eligible, values),
        )
        change = min((item for item in found if item is not None), key=lambda item: item.cost, default=None)
        nearest, new = int(eligible_scores.argmax()), self._new_offer(row)
        return self._changed(row, UnmetReason.BELOW_THRESHOLD, detail, change, new, nearest=nearest)

    def _capacity_taken(self, row: int, scores: Floats) -> UnmetNeed:
        order = np.argsort(-scores, kind="stable")
        enough = order[scores[order] >= self._minimum]
        n_with_places = int((self._capacities[enough] > 0).sum())
        if not n_with_places:
            message = N_("Offers that fit: %(count)s; none of them has a place to give.")
            detail = Sentence(message=message, values={"count": len(enough)})
        else:
            detail = Sentence(message=_TAKEN[self._rule], values={"count": n_with_places})
        serving = enough[self._served_next[enough] == row]
        column = int(serving[0]) if len(serving) else int(enough[0])
        one, several = N_("If %(offer)s had one more place."), N_("If %(offer)s had several more places.")
        values = {"offer": self._model.offers[column].offer_id}
        change = Sentence(message=one if len(serving) else several, values=values)
        return self._unmet(row, UnmetReason.CAPACITY_TAKEN, detail, nearest=column, would_match_if=change)

    def _new_offer(self, row: int) -> Sentence:
        """Return the offer that would have to come, where no existing one is near enough."""
        states = self._state_names(self._model.needs[row].states)
        taxonomy = self._reference.taxonomy
        areas = [taxonomy.area_by_code[code].title() for code in self._model.need_readings[row].area_codes]
        if not areas:
            return Sentence(
                message=N_("If a new offer on what the need asks for were open to %(states)s."),
                values={"states": states},
            )
        values = {"states": states, "areas": ", ".join(areas)}
        if self._model.need_readings[row].areas_basis is Basis.INFERRED:
            message = N_("If a new offer about %(areas)s, as read from the need's text, were open to %(states)s.")
        else:
            message = N_("If a new offer about %(areas)s were open to %(states)s.")
        return Sentence(message=message, values=values)

    def _state_names(self, codes: Sequence[str]) -> str:
        return ", ".join(self._reference.geography.name(code) for code in codes)

    def _changed(
        self,
        row: int,
        reason: UnmetReason,
        detail: Sentence,
        change: Change | None,
        otherwise: Sentence,
        *,
        nearest: int | None = None,
    ) -> UnmetNeed:
        """Return the need with a change, or with another sentence where there is none."""
        if change is None:
            return self._unmet(row, reason, detail, nearest=nearest, would_match_if=otherwise)
        return self._unmet(row, reason, detail, nearest=change.column, would_match_if=change.sentence)

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
            need_id=self._model.needs[row].need_id,
            reason=reason,
            detail=detail,
            nearest_offer_id=None if nearest is None else self._model.offers[nearest].offer_id,
            would_match_if=would_match_if,
        )


def _nothing_against(failures: Mapping[Condition, Bools]) -> Bools:
    """Return which offers meet every condition; shape (n_offers,)."""
    is_eligible: Bools = ~np.logical_or.reduce(list(failures.values()))
    return is_eligible
