"""Which offers qualify for drafts: the narrow place where the engine is asked, and the plain way to ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import numpy as np

from matching.arrays import Bools
from matching.candidates import split_into_blocks
from matching.model import prepare
from matching.profiles import ScoringProfile
from matching.records import Need, Offer, Pool
from matching.reference import Reference
from matching.vocabulary import Visibility
from matching.words import TokenMemory


class DraftScorer(Protocol):
    """Tells which offers qualify for drafts, exactly as a run would."""

    @property
    def offers(self) -> Sequence[Offer]:
        """The offers, in the order of the columns."""

    def qualifying(self, drafts: Sequence[Need]) -> Bools:
        """Return which offers are eligible for each draft and reach the minimum score; shape (n_drafts, n_offers)."""


class PoolScorer:
    """Makes the pool ready anew for every question, as a run does; texts seen before are not cut into stems again."""

    def __init__(
        self,
        offers: Sequence[Offer],
        reference: Reference,
        profile: ScoringProfile,
        *,
        as_of_on: date,
        memory: TokenMemory | None = None,
    ) -> None:
        self.offers = tuple(
            sorted((offer for offer in offers if not offer.is_private), key=lambda offer: offer.offer_id)
        )
        self._reference, self._profile, self._as_of_on = reference, profile, as_of_on
        self._memory: TokenMemory = {} if memory is None else memory

    def qualifying(self, drafts: Sequence[Need]) -> Bools:
        """Return which offers are eligible for each draft and reach the minimum score; shape (n_drafts, n_offers).

        A private draft is scored as if it were circulated: its owner asks what would come of that.
        """
        # The model puts needs in the order of their ids, and leaves private ones out.
        needs = [
            replace(draft, need_id=f"{at:09d}", visibility=Visibility.SECRETARIAT) for at, draft in enumerate(drafts)
        ]
        pool = Pool(needs=tuple(needs), offers=self.offers)
        model = prepare(pool, self._reference, self._profile, as_of_on=self._as_of_on, memory=self._memory)
        blocks = [
            model.eligibility.is_eligible(rows) & (model.scorer.scores(rows) >= self._profile.minimum_score)
            for rows in split_into_blocks(np.arange(len(needs)), n_offers=len(self.offers))
        ]
        return np.concatenate(blocks)
