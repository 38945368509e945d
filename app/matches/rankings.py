"""The offers for one need, ranked for who keeps it and for the secretariat: a run of its own, in which no other need takes part.

Nothing of it is stored: a private need takes no place in any run, and nobody else can tell that somebody looked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.policy import may
from app.access.vocabulary import Permission
from app.actor import Actor
from app.errors import NotFoundError
from app.matches.advice import Ground
from app.matches.recording import contribution_document
from app.matches.warm import warm_pool
from app.needs.models import Need
from app.needs.profiles import get_matchable_need, need_value
from app.offers.models import Offer
from app.offers.queries import offers_by_id
from matching.vocabulary import Visibility

N_RANKED: Final = 10
MAX_RANKED: Final = 1000
WIDEST_CIRCLE: Final = Visibility.SECRETARIAT  # every offer that is not private takes part, where the reader may see it


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedOffer:
    """An offer with its place and score, and what each component adds to it."""

    offer: Offer
    rank: int
    score: float
    contributions: Sequence[Mapping[str, Any]]

    @property
    def offer_id(self) -> UUID:
        """The id of the offer."""
        return self.offer.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The best offers for a need, of those that are open to it and that the reader may see."""

    need: Need
    as_of_on: date
    ranked: tuple[RankedOffer, ...]
    n_eligible: int
    n_offers: int


def may_rank(actor: Actor, need: Need) -> bool:
    """Return whether the actor may have the offers ranked for a need that they see."""
    return may(actor, Permission.NEED_RANK_READ, owner_id=need.organization_id)


def rank_offers(session: Session, actor: Actor, ground: Ground, need_id: UUID, *, n_best: int = N_RANKED) -> Ranking:
    """Return the best offers for a need, by the profile and on the day of the newest run.

    Raises
    ------
    NotFoundError
        When there is no such need that the actor may see and have ranked.
    """
    row = get_matchable_need(session, actor, need_id)
    if not may_rank(actor, row):
        raise NotFoundError("There is no such need.")
    pool = warm_pool(session, actor, ground.run, circle=WIDEST_CIRCLE, reference=ground.reference)
    need = need_value(row, need_id=row.external_id, has_exclusions=True)
    answer = pool.engine.best(need, n_best=n_best)
    ids = [pool.offer_id_by_name[match.offer_id] for match in answer.matches]
    offer_by_id = offers_by_id(session, actor, ids)
    return Ranking(
        need=row,
        as_of_on=ground.run.as_of_on,
        ranked=tuple(
            RankedOffer(
                offer=offer_by_id[offer_id],
                rank=match.rank,
                score=match.score,
                contributions=[contribution_document(part) for part in match.contributions],
            )
            for offer_id, match in zip(ids, answer.matches, strict=True)
        ),
        n_eligible=answer.n_eligible,
        n_offers=answer.n_offers,
    )
