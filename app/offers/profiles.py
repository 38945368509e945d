"""Offers as the matcher sees them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, raiseload

from app.access.visibility import is_shared_with, visible_to
from app.actor import Actor
from app.offers.models import Offer as OfferRow
from app.organizations.importing import engine_ids
from app.organizations.lives import takes_part_on
from matching.records import Offer
from matching.vocabulary import Basis, Visibility


def pool_of_offers(session: Session, actor: Actor, circle: Visibility, day: date) -> dict[str, OfferRow]:
    """Return the offers that the actor may match for a circle on a day, by what the matcher calls them, in that order.

    Narrower offers take no part, as with needs.
    """
    query = (
        select(OfferRow)
        .where(visible_to(actor, OfferRow), is_shared_with(circle, OfferRow), takes_part_on(OfferRow, day))
        # A label moves no score, so no run reads one.
        .options(joinedload(OfferRow.organization), raiseload(OfferRow.label_in_force), raiseload(OfferRow.checklist))
    )
    rows = session.scalars(query).all()
    names = engine_ids([(row.id, row.organization.code, row.external_id) for row in rows])
    return dict(sorted((names[row.id], row) for row in rows))


def state_of_offers(session: Session, actor: Actor, circle: Visibility, day: date) -> Hashable:
    """Return what changes whenever one of the offers changes that ``pool_of_offers`` would return, or comes, or goes."""
    first_id, last_id = func.min(OfferRow.external_id), func.max(OfferRow.external_id)
    query = select(func.count(), func.sum(OfferRow.version), func.max(OfferRow.updated_at), first_id, last_id).where(
        visible_to(actor, OfferRow), is_shared_with(circle, OfferRow), takes_part_on(OfferRow, day)
    )
    return tuple(session.execute(query).one())


def offer_value(row: OfferRow, *, offer_id: str, n_taken: int = 0) -> Offer:
    """Return the offer as the matcher sees it, with the places that are left of it.

    What was inferred is left for the matcher to infer again.
    """
    is_area_inferred = row.areas_basis is Basis.INFERRED
    is_mode_inferred = row.modes_basis is Basis.INFERRED
    return Offer(
        offer_id=offer_id,
        provider=row.provider,
        title=row.title,
        description=row.description,
        area_codes=() if is_area_inferred else row.area_codes,
        areas_basis=row.areas_basis,
        modes=() if is_mode_inferred else row.mode_codes,
        modes_basis=row.modes_basis,
        languages=row.language_codes,
        eligible=row.eligible,
        capacity=max(0, row.capacity - n_taken),
        available_from_on=row.available_from_on,
        available_until_on=row.available_until_on,
        budget=row.budget,
        currency=row.currency,
        funder=row.funder,
        confirmed_on=row.confirmed_on,
        visibility=row.visibility,
        source_url=row.source_url,
    )
