"""Changes: the smallest edit of one offer that would give a need a place, each scored exactly as a match is.

A change is told for one need at a time, as if it were made for this need: others may come to fit the changed offer as well.
Of an offer whose places are taken a place has to be left for the need; where one more would go to another need, which
prices tell, another offer is told before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from matching.allocation.edges import worth_of
from matching.arrays import Bools, Floats, Integers
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.reference import Reference
from matching.sentences import N_, Sentence
from matching.vocabulary import Basis, Component, Condition

Values = Mapping[Component, Floats]
"""The components of one need with every offer, each of shape (n_offers,), NaN for silence."""


class Edit(StrEnum):
    """What somebody would have to change about an offer; the easier ones first."""

    CONFIRM = "confirm"
    DATES = "dates"
    STATE_DATES = "state_dates"
    LANGUAGE = "language"
    MODES = "modes"
    STATES = "states"
    AREAS = "areas"
    BUDGET = "budget"
    OPEN_ON = "open_on"
    OPEN_TO = "open_to"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places of an allocation: where one is free, and what the next one would be worth to the others.

    ``is_free`` and ``price``, in millionths and 0 where a place is free, have shape (n_offers,), ``urgency`` (n_needs,).
    """

    is_free: Bools
    price: Integers
    urgency: Floats

    def cost(self, row: int, scores: Floats) -> Integers:
        """Return how much is missing for a need to have a place in each offer; shape (n_offers,).

        0 where a place is free, 1 where one more would be its own, 2 where that would go to another need.

        Parameters
        ----------
        scores : shape (n_offers,)
            What the need would score.
        """
        is_outbid = worth_of(scores, self.urgency[row : row + 1]) <= self.price
        cost: Integers = np.where(self.is_free, 0, np.where(is_outbid, 2, 1)).astype(np.int64)
        return cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to change about the offer in one column to give the need a place.

    ``cost`` counts the edits; a place that has to be left counts as one more, and as two where another need comes first.
    """

    column: int
    sentence: Sentence
    cost: int


_CONDITION_EDITS: Final[Mapping[Condition, Edit]] = {
    Condition.STATE_NOT_ELIGIBLE: Edit.OPEN_TO,
    Condition.OFFER_CLOSED: Edit.OPEN_ON,
    Condition.WINDOWS_APART: Edit.DATES,
}

_MESSAGES: Final[Mapping[frozenset[Edit], str]] = {
    frozenset({Edit.OPEN_TO}): N_("If %(offer)s were open to %(states)s."),
    frozenset({Edit.OPEN_ON}): N_("If %(offer)s were still open on %(day)s."),
    frozenset({Edit.DATES}): N_("If %(offer)s were available for the whole window of the need."),
    frozenset({Edit.OPEN_TO, Edit.OPEN_ON}): N_("If %(offer)s were open to %(states)s and still open on %(day)s."),
    frozenset({Edit.OPEN_TO, Edit.DATES}): N_(
        "If %(offer)s were open to %(states)s and available for the whole window of the need."
    ),
    frozenset({Edit.CONFIRM}): N_("If the provider confirmed %(offer)s."),
    frozenset({Edit.LANGUAGE}): N_("If %(offer)s came in %(language)s."),
    frozenset({Edit.MODES}): N_("If %(offer)s came as %(modes)s."),
    frozenset({Edit.STATES}): N_("If %(offer)s named %(states)s."),
    frozenset({Edit.AREAS}): N_("If %(offer)s were about %(areas)s."),
    frozenset({Edit.BUDGET}): N_("If a place of %(offer)s were worth the sum sought."),
    frozenset({Edit.PLACE}): N_("If %(offer)s had one more place."),
    frozenset({Edit.OPEN_TO, Edit.PLACE}): N_("If %(offer)s were open to %(states)s and had a place left."),
    frozenset({Edit.OPEN_ON, Edit.PLACE}): N_("If %(offer)s were still open on %(day)s and had a place left."),
    frozenset({Edit.DATES, Edit.PLACE}): N_(
        "If %(offer)s were available for the whole window of the need and had a place left."
    ),
    frozenset({Edit.OPEN_TO, Edit.OPEN_ON, Edit.PLACE}): N_(
        "If %(offer)s were open to %(states)s, still open on %(day)s and had a place left."
    ),
    frozenset({Edit.OPEN_TO, Edit.DATES, Edit.PLACE}): N_(
        "If %(offer)s were open to %(states)s, available for the whole window of the need and had a place left."
    ),
    frozenset({Edit.CONFIRM, Edit.PLACE}): N_("If the provider confirmed %(offer)s and a place of it were left."),
    frozenset({Edit.LANGUAGE, Edit.PLACE}): N_("If %(offer)s came in %(language)s and had a place left."),
    frozenset({Edit.MODES, Edit.PLACE}): N_("If %(offer)s came as %(modes)s and had a place left."),
    frozenset({Edit.STATES, Edit.PLACE}): N_("If %(offer)s named %(states)s and had a place left."),
    frozenset({Edit.AREAS, Edit.PLACE}): N_("If %(offer)s were about %(areas)s and had a place left."),
    frozenset({Edit.STATE_DATES}): N_("If %(offer)s stated dates that cover the whole window of the need."),
    frozenset({Edit.STATE_DATES, Edit.PLACE}): N_(
        "If %(offer)s stated dates that cover the whole window of the need and had a place left."
    ),
    frozenset({Edit.BUDGET, Edit.PLACE}): N_("If a place of %(offer)s were worth the sum sought and one were left."),
}


_IMPOSSIBLE: Final = 1_000  # more than any change costs
_ROUNDING: Final = 1e-6  # what one score may be off by when differences of rounded scores are added


class ChangeFinder:
    """Finds the smallest change of an offer that would serve a need, among all offers and all single edits."""

    def __init__(
        self, model: Model, reference: Reference, profile: ScoringProfile, *, places: Places, as_of_on: date
    ) -> None:
        self._model, self._reference, self._profile = model, reference, profile
        self._places, self._as_of_on = places, as_of_on

    def opening(self, row: int, failures: Mapping[Condition, Bools], reached: Floats) -> Change | None:
        """Return what would make an offer eligible that then scores enough: the fewest edits, then the best score.

        Parameters
        ----------
        row
            The need, which is open.
        failures : dict of shape (n_offers,)
            Which conditions stand against each offer.
        reached : shape (n_offers,)
            What ``scores_if_opened`` gives.
        """
        n_failed = np.sum(list(failures.values()), axis=0)
        is_possible = (reached >= self._profile.minimum_score) & ~failures[Condition.PROVIDER_EXCLUDED] & (n_failed > 0)
        if not is_possible.any():
            return None
        cost = n_failed + self._places.cost(row, reached)
        column = int(np.lexsort((np.arange(len(reached)), -reached, np.where(is_possible, cost, _IMPOSSIBLE)))[0])
        edits = [edit for condition, edit in _CONDITION_EDITS.items() if failures[condition][column]]
        return self._change(row, column, edits, cost=int(cost[column]))

    def scores_if_opened(self, row: int, failures: Mapping[Condition, Bools], values: Values) -> Floats:
        """Return what each offer would score if the conditions against it were lifted; shape (n_offers,)."""
        geography = np.where(
            failures[Condition.STATE_NOT_ELIGIBLE],
            self._model.eligibility.closeness_where_named(row, is_each_named=False),
            values[Component.GEOGRAPHY],
        )
        opened = self._model.comparisons.time.values_if_open_until(row, self._opening_day(row))
        times = np.where(failures[Condition.OFFER_CLOSED], opened, values[Component.TIME])
        times = np.where(failures[Condition.WINDOWS_APART], 1.0, times)
        return self._model.scorer.score_of({**values, Component.GEOGRAPHY: geography, Component.TIME: times})

    def improvement(self, row: int, is_eligible: Bools, values: Values, *, scores: Floats) -> Change | None:
        """Return the easiest edit that lifts an offer over the minimum, of the best offer that one edit lifts.

        Parameters
        ----------
        row
            The need, for which no eligible offer scores enough now.
        is_eligible, scores : shape (n_offers,)
        values : dict of shape (n_offers,)
        """
        areas, by_areas = self._area_edit(row, is_eligible, values)
        lifted = {edit: self._lifts({**values, **changed}) for edit, changed in self._edited(row).items()}
        lifted[Edit.AREAS] = by_areas
        reachable = np.logical_or.reduce(list(lifted.values())) & is_eligible
        if not reachable.any():
            return None
        # An edit lifts a score to the minimum or a little beyond.
        cost = self._places.cost(row, np.maximum(scores, self._profile.minimum_score))
        column = int(np.lexsort((np.arange(len(scores)), -scores, np.where(reachable, cost, _IMPOSSIBLE)))[0])
        edit = next(edit for edit in Edit if edit in lifted and lifted[edit][column])
        told = areas if edit is Edit.AREAS else ()
        return self._change(row, column, [edit], areas=told, cost=1 + int(cost[column]))

    def combination(self, row: int, is_eligible: Bools, values: Values) -> Change | None:
        """Return the fewest edits of one offer that together lift it over the minimum, where no single one does.

        Each edit is of another component, so those that add most are the fewest that are enough. Of equal costs the best
        offer is told.

        Parameters
        ----------
        row
            The need, for which no eligible offer scores enough now.
        is_eligible : shape (n_offers,)
        values : dict of shape (n_offers,)
        """
        scorer, codes = self._model.scorer, self._model.need_readings[row].area_codes
        edited = self._edited(row)
        if codes:
            edited[Edit.AREAS] = {Component.AREA: self._model.comparisons.area.values_if_stated(row, codes)}
        scores = scorer.score_of(values)
        gains = np.array([scorer.score_of({**values, **changed}) - scores for changed in edited.values()])
        order = np.argsort(-gains, axis=0, kind="stable")
        reached = scores + np.cumsum(np.take_along_axis(gains, order, axis=0), axis=0)
        is_enough = reached >= self._profile.minimum_score + _ROUNDING * len(gains)
        is_possible = is_enough[-1] & is_eligible
        if not is_possible.any():
            return None
        n_edits = is_enough.argmax(axis=0) + 1
        cost = n_edits + self._places.cost(row, np.maximum(scores, self._profile.minimum_score))
        column = int(np.lexsort((np.arange(len(scores)), -scores, np.where(is_possible, cost, _IMPOSSIBLE)))[0])
        components = [next(iter(changed)) for changed in edited.values()]
        chosen = sorted(order[: n_edits[column], column].tolist(), key=lambda at: list(Component).index(components[at]))
        alone = N_("If %(offer)s met the need in full in these respects together: %(respects)s.")
        placed = N_("If %(offer)s met the need in full in these respects together and had a place left: %(respects)s.")
        respects = ", ".join(components[at].value for at in chosen)
        values_told = {"offer": self._model.offers[column].offer_id, "respects": respects}
        message = alone if self._places.is_free[column] else placed
        return Change(column=column, sentence=Sentence(message=message, values=values_told), cost=int(cost[column]))

    def _edited(self, row: int) -> dict[Edit, dict[Component, Floats]]:
        """Return what each edit would make of the components; an edit that says nothing to the need is left out."""
        need, reading = self._model.needs[row], self._model.need_readings[row]
        full = np.ones(len(self._model.offers))
        named = self._model.eligibility.closeness_where_named(row, is_each_named=True)
        edited = {Edit.CONFIRM: {Component.FRESHNESS: full}, Edit.STATES: {Component.GEOGRAPHY: named}}
        if need.earliest_on is not None or need.latest_on is not None:
            edited[Edit.DATES] = {Component.TIME: full}
        if need.languages:
            edited[Edit.LANGUAGE] = {
                Component.LANGUAGE: self._model.comparisons.language.values_if_named(need.languages[0])
            }
        # Modes that were read out of the text are not asked for, and never count in full.
        if reading.modes and reading.modes_basis is not Basis.INFERRED:
            edited[Edit.MODES] = {Component.MODE: self._model.comparisons.mode.values_if_named(row)}
        if need.budget is not None:
            edited[Edit.BUDGET] = {Component.BUDGET: full}
        return edited

    def _area_edit(self, row: int, is_eligible: Bools, values: Values) -> tuple[tuple[str, ...], Bools]:
        """Return the fewest areas that would lift an offer if it were about them, and which offers they would lift."""
        codes = self._model.need_readings[row].area_codes
        tried: list[tuple[str, ...]] = [(code,) for code in codes]
        tried += [codes[:n] for n in range(2, len(codes) + 1)]
        lifted = np.zeros(len(self._model.offers), dtype=np.bool_)
        for some in tried:
            changed = {**values, Component.AREA: self._model.comparisons.area.values_if_stated(row, some)}
            lifted = self._lifts(changed)
            if (lifted & is_eligible).any():
                return some, lifted
        return (), np.zeros_like(lifted)

    def _lifts(self, values: Values) -> Bools:
        is_enough: Bools = self._model.scorer.score_of(values) >= self._profile.minimum_score
        return is_enough

    def _opening_day(self, row: int) -> date:
        """Return the first day on which a need that is open today can be served."""
        earliest = self._model.needs[row].earliest_on
        return self._as_of_on if earliest is None else max(earliest, self._as_of_on)

    def _change(
        self, row: int, column: int, edits: Sequence[Edit], *, cost: int, areas: tuple[str, ...] = ()
    ) -> Change:
        need, offer = self._model.needs[row], self._model.offers[column]
        if list(edits) == [Edit.DATES] and offer.available_from_on is None and offer.available_until_on is None:
            # Silence about dates counts neutral: it is available all the time, and has to say so.
            edits = [Edit.STATE_DATES]
        all_edits = tuple(edits) if self._places.is_free[column] else (*edits, Edit.PLACE)
        refused = self._model.eligibility.refused_states(row, column) if Edit.OPEN_TO in edits else need.states
        taxonomy, geography = self._reference.taxonomy, self._reference.geography
        values = {
            "offer": offer.offer_id,
            "states": ", ".join(map(geography.name, refused)),
            "day": self._opening_day(row).isoformat(),
            "language": need.languages[0] if need.languages else "",
            "modes": ", ".join(mode.replace("_", " ") for mode in self._model.need_readings[row].modes),
            "areas": ", ".join(taxonomy.area_by_code[code].title() for code in areas),
        }
        message = _MESSAGES[frozenset(all_edits)]
        told = {name: value for name, value in values.items() if f"%({name})s" in message}
        return Change(column=column, sentence=Sentence(message=message, values=told), cost=cost)
