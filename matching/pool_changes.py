"""Changes over the whole pool: which edits of offers, or which new offers, would serve the most needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from matching.answers import PoolChange, PoolChanges, PoolEdit
from matching.arrays import Bools, Integers, Rows
from matching.candidates import split_into_blocks
from matching.changed_models import with_offers
from matching.model import Model
from matching.offer_edits import (
    OfferEdit,
    edits_for,
    new_offers_for,
    sentence_of_edit,
    sentence_of_new_offer,
    sentence_of_places,
)
from matching.profiles import ScoringProfile
from matching.records import Offer
from matching.reference import Reference

N_LISTED: Final = 10
N_TOGETHER: Final = 3
N_JUDGED: Final = 60
"""So many changes at most, those that lift the most needs, are judged by a new allocation of the whole pool."""

Allocate = Callable[[Model], Integers]
"""Returns the offer of each need in an allocation of the whole pool, -1 without a place; shape (n_needs,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    """A change before it is judged: the offers afterwards, and how many needs without a place it lifts.

    ``n_lifted`` counts those that would have an offer that is open to them, scores enough and has places at all.
    """

    change: PoolChange
    offers: tuple[Offer, ...]
    n_lifted: int


class PoolChangeFinder:
    """Finds what would serve the most needs of one pool."""

    def __init__(self, reference: Reference, profile: ScoringProfile, allocate: Allocate, *, as_of_on: date) -> None:
        self._reference, self._profile, self._allocate, self._as_of_on = reference, profile, allocate, as_of_on

    def find(self, model: Model) -> PoolChanges:
        """Return the changes that would serve the most needs, and the best few together.

        Parameters
        ----------
        model
            The pool, made ready under the same profile, reference and day.

        Returns
        -------
        PoolChanges
            Changes that gain no need are left out. The numbers are those of a new allocation of the changed pool; ties
            go to the easier edit and then to the fewer offers.
        """
        single = self._best(model, N_LISTED)
        together: list[PoolChange] = []
        step = single
        while step and len(together) < N_TOGETHER:
            together.append(step[0].change)
            model = self._changed(model, step[0].offers)
            step = self._best(model, 1) if len(together) < N_TOGETHER else []
        return PoolChanges(single=tuple(item.change for item in single[:N_LISTED]), together=tuple(together))

    def _best(self, model: Model, n_wanted: int) -> list[_Proposal]:
        """Return the judged changes that gain a need, the best first: as many as are wanted, or a few more.

        Those that lift the most needs are judged first, until so many gain as much as the next one could by itself.
        """
        columns = self._allocate(model)
        unmet = np.flatnonzero((columns < 0) & ~self._has_closed(model))
        if not len(unmet):
            return []
        before = self._fits(model, unmet)
        proposals = [
            *self._edits(model, unmet, before),
            *self._places(model, before),
            *self._new_offers(model, unmet),
        ]
        proposals.sort(key=lambda item: -item.n_lifted)
        judged: list[_Proposal] = []
        for item in proposals[:N_JUDGED]:
            if sum(known.change.n_gained >= item.n_lifted for known in judged) >= n_wanted:
                break
            judged.append(self._judged(item, model, columns))
        return sorted((item for item in judged if item.change.n_gained > 0), key=_standing)

    def _has_closed(self, model: Model) -> Bools:
        return np.array([need.has_closed_on(self._as_of_on) for need in model.needs], dtype=np.bool_)

    def _fits(self, model: Model, rows: Rows) -> Bools:
        """Return which offers are open to some needs and score enough; shape (n_rows, n_offers)."""
        blocks = [
            (model.scorer.scores(block) >= self._profile.minimum_score) & model.eligibility.is_eligible(block)
            for block in split_into_blocks(rows, n_offers=len(model.offers))
        ]
        return np.concatenate(blocks)

    def _changed(self, model: Model, offers: Sequence[Offer]) -> Model:
        return with_offers(model, offers, self._reference, profile=self._profile, as_of_on=self._as_of_on)

    def _edits(self, model: Model, unmet: Rows, before: Bools) -> list[_Proposal]:
        """Return each edit on the offers that it would let serve a need, if there are any."""
        needs = [model.needs[row] for row in unmet.tolist()]
        readings = [model.need_readings[row] for row in unmet.tolist()]
        has_places = np.array([offer.capacity > 0 for offer in model.offers], dtype=np.bool_)
        proposals: list[_Proposal] = []
        for edit in edits_for(needs, readings, self._reference.geography):
            edited = [
                edit.applied(offer, reading, as_of_on=self._as_of_on)
                for offer, reading in zip(model.offers, model.offer_readings, strict=True)
            ]
            lifted = self._fits(self._changed(model, edited), unmet) & ~before & has_places
            if lifted.any():
                proposals.append(self._edit(model, edit, edited, lifted))
        return proposals

    def _edit(self, model: Model, edit: OfferEdit, edited: Sequence[Offer], lifted: Bools) -> _Proposal:
        targets = frozenset(np.flatnonzero(lifted.any(axis=0)).tolist())
        offers = tuple(edited[at] if at in targets else offer for at, offer in enumerate(model.offers))
        sentence = sentence_of_edit(edit, self._reference)
        change = PoolChange(
            edit=edit.edit,
            value=edit.value,
            sentence=sentence,
            offer_ids=_ids(model, sorted(targets)),
            need_ids=(),
        )
        return _Proposal(change=change, offers=offers, n_lifted=int(lifted.any(axis=1).sum()))

    def _places(self, model: Model, before: Bools) -> list[_Proposal]:
        """Return for each offer that fits needs without a place as many more places as there are such needs."""
        n_fitting = before.sum(axis=0)
        return [
            self._place(model, int(column), int(n_fitting[column])) for column in np.flatnonzero(n_fitting).tolist()
        ]

    def _place(self, model: Model, column: int, n_places: int) -> _Proposal:
        offer = model.offers[column]
        change = PoolChange(
            edit=PoolEdit.PLACES,
            sentence=sentence_of_places(offer.offer_id, n_places),
            offer_ids=(offer.offer_id,),
            need_ids=(),
            n_places=n_places,
        )
        wider = replace(offer, capacity=offer.capacity + n_places)
        offers = (*model.offers[:column], wider, *model.offers[column + 1 :])
        return _Proposal(change=change, offers=offers, n_lifted=n_places)

    def _judged(self, proposal: _Proposal, model: Model, columns: Integers) -> _Proposal:
        """Return a change with whom it would serve, on no more offers and places than that takes."""
        judged, after = self._outcome(proposal, model, columns)
        smaller = self._smaller(judged, model, columns, after)
        if smaller is None or not judged.change.n_gained:
            return judged
        retried, _ = self._outcome(smaller, model, columns)
        return retried if retried.change.n_gained >= judged.change.n_gained else judged

    def _outcome(self, proposal: _Proposal, model: Model, columns: Integers) -> tuple[_Proposal, Integers]:
        after = self._allocate(self._changed(model, proposal.offers))
        need_ids = [need.need_id for need in model.needs]
        gained = tuple(need_ids[row] for row in np.flatnonzero((columns < 0) & (after >= 0)).tolist())
        lost = tuple(need_ids[row] for row in np.flatnonzero((columns >= 0) & (after < 0)).tolist())
        return replace(proposal, change=replace(proposal.change, need_ids=gained, lost_need_ids=lost)), after

    def _smaller(self, judged: _Proposal, model: Model, columns: Integers, after: Integers) -> _Proposal | None:
        """Return the same change on the offers alone that would serve somebody new, or with fewer places."""
        change = judged.change
        if change.edit is PoolEdit.PLACES:
            column = _ids(model, range(len(model.offers))).index(change.offer_ids[0])
            fewer = change.n_gained
            return self._place(model, column, fewer) if 0 < fewer < change.n_places else None
        if change.new_offer is not None:
            return None
        serving = frozenset(after[(after >= 0) & (after != columns)].tolist())
        changed = [at for at, offer in enumerate(judged.offers) if offer is not model.offers[at]]
        kept = [at for at in changed if at in serving]
        if len(kept) == len(changed):
            return None
        offers = tuple(judged.offers[at] if at in serving else offer for at, offer in enumerate(model.offers))
        return replace(judged, offers=offers, change=replace(change, offer_ids=_ids(model, kept)))

    def _new_offers(self, model: Model, unmet: Rows) -> list[_Proposal]:
        """Return new offers with a place for everybody that fit a need without one; of equals the plainest."""
        needs = [model.needs[row] for row in unmet.tolist()]
        readings = [model.need_readings[row] for row in unmet.tolist()]
        offers = new_offers_for(needs, readings, n_places=len(model.needs), as_of_on=self._as_of_on)
        wider = self._changed(model, (*model.offers, *offers))
        fits = self._fits(wider, unmet)[:, len(model.offers) :]
        plainest: dict[tuple[str, bytes], _Proposal] = {}
        for column, offer in enumerate(offers):
            if fits[:, column].any():
                key = offer.area_codes[0], fits[:, column].tobytes()
                plainest.setdefault(key, self._new_offer(model, offer, int(fits[:, column].sum())))
        return list(plainest.values())

    def _new_offer(self, model: Model, offer: Offer, n_lifted: int) -> _Proposal:
        change = PoolChange(
            edit=PoolEdit.NEW_OFFER,
            sentence=sentence_of_new_offer(offer, self._reference),
            offer_ids=(),
            need_ids=(),
            new_offer=offer,
        )
        return _Proposal(change=change, offers=(*model.offers, offer), n_lifted=n_lifted)


def _standing(proposal: _Proposal) -> tuple[int, int, int, str]:
    change = proposal.change
    return -change.n_gained, list(PoolEdit).index(change.edit), len(change.offer_ids), str(change.sentence)


def _ids(model: Model, columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(model.offers[column].offer_id for column in columns)
