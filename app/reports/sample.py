"""Which of the records that a page shows are of the shipped sample and not the entries of States and providers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.visibility import visible_to
from app.actor import Actor
from app.needs.models import Need
from app.offers.models import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCount:
    """How many needs and offers of the sample there are among those that somebody may see."""

    needs: int
    offers: int


def count_sample(session: Session, actor: Actor) -> SampleCount:
    """Return how many of the records that the actor may see are of the sample."""
    n_needs = session.scalar(select(func.count(Need.id)).where(Need.is_sample, visible_to(actor, Need)))
    n_offers = session.scalar(select(func.count(Offer.id)).where(Offer.is_sample, visible_to(actor, Offer)))
    return SampleCount(needs=n_needs or 0, offers=n_offers or 0)


def has_sample(session: Session, actor: Actor) -> bool:
    """Return whether figures over all that the actor may see include the sample."""
    found = count_sample(session, actor)
    return bool(found.needs or found.offers)


def holds_sample(*lists: Iterable[Need | Offer]) -> bool:
    """Return whether one of these records is of the sample."""
    return any(record.is_sample for records in lists for record in records)
