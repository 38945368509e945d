"""Offers given field by field: new ones, and changes to those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc
from app.offers.models import Offer
from app.offers.queries import get_offer
from app.offers.services import read_offer_file, store_offers, take_in_offers
from app.organizations.entries import (
    EXTERNAL_ID,
    LIST_SEPARATOR,
    DraftReading,
    EntryKind,
    change_record,
    create_record,
    read_draft,
    shared_cells,
)
from app.tables import Cell
from matching.reference import Reference

COLUMN_BY_FIELD: Final = {
    EXTERNAL_ID: "id",
    "available_from_on": "available_from",
    "available_until_on": "available_until",
}


def create_offer(session: Session, actor: Actor, given: Mapping[str, Any], *, clock: Clock = now_utc) -> Offer:
    """Return an offer, newly stored.

    Raises
    ------
    ForbiddenError
        When the actor may make offers for nobody.
    FaultyRecordError
        When a field does not hold what it has to.
    RecordExistsError
        When the organization has an offer of this id already.
    """
    return get_offer(session, actor, create_record(session, actor, _KIND, given, clock=clock))


def change_offer(
    session: Session, actor: Actor, offer: Offer, given: Mapping[str, Any], *, clock: Clock = now_utc
) -> Offer:
    """Return an offer after some of its fields were given other values.

    Raises
    ------
    ForbiddenError
        When the actor may not change it.
    FaultyRecordError
        When a field does not hold what it has to.
    """
    change_record(session, actor, _KIND, offer, given, clock=clock)
    return get_offer(session, actor, offer.id)


def read_offer_draft(
    session: Session, actor: Actor, given: Mapping[str, Any], *, reference: Reference | None = None
) -> DraftReading:
    """Return what fields say of an offer that may not be whole yet; nothing is stored."""
    return read_draft(session, actor, _KIND, given, reference=reference)


def offer_cells(offer: Offer) -> dict[str, Cell]:
    """Return what a file of our own says of an offer."""
    return shared_cells(offer) | {
        "provider": offer.provider,
        "eligible": LIST_SEPARATOR.join(offer.eligible),
        "capacity": offer.capacity,
        "available_from": offer.available_from_on,
        "available_until": offer.available_until_on,
        "funder": offer.funder,
        "confirmed_on": offer.confirmed_on,
        "kind": offer.kind,
    }


_KIND: Final[EntryKind[Offer]] = EntryKind(
    noun="offer",
    permission=Permission.OFFER_EDIT,
    column_by_field=COLUMN_BY_FIELD,
    cells_of=offer_cells,
    model=Offer,
    take_in=take_in_offers,
    read=read_offer_file,
    store=store_offers,
)
