"""Offers in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.accounts.idempotency import KeyedRequest, do_once
from app.edge import narrow_to, request_actor, request_session, request_unit_of_work
from app.fields import page_request
from app.offers import entries, queries
from app.offers.life import OFFER_LIFE
from app.offers.models import Offer
from app.offers.queries import OfferFilter
from app.offers.schemas import NewOffer, OfferEdit, OfferPreviewSchema, OfferQuery, OfferSchema
from app.openapi import ApiBlueprint
from app.organizations.moves import Move, Standing, move_record, standing_of
from app.organizations.previews import PreviewOrder, ShownPreview, look, shown
from app.organizations.schemas import MoveSchema, PreviewQuery, StandingSchema
from app.paging import Page
from matching.vocabulary import Visibility

blueprint = ApiBlueprint("offers", __name__, description="What donors and providers offer")


@blueprint.reads_page("/offers", OfferSchema, query=OfferQuery)
def list_offers(query: dict[str, Any]) -> Page[Offer]:
    """Return a page of offers by external id."""
    page = page_request(query)
    return queries.list_page(request_session(), request_actor(), page, OfferFilter(**query))


@blueprint.reads_one("/offers/<uuid:offer_id>", OfferSchema)
def get_offer(offer_id: UUID) -> Offer:
    """Return one offer."""
    return queries.get_offer(request_session(), request_actor(), offer_id)


@blueprint.reads_one("/offers/<uuid:offer_id>/preview", OfferPreviewSchema, query=PreviewQuery, is_public=False)
def get_offer_preview(offer_id: UUID, *, seen_as: str, at: Visibility | None = None) -> ShownPreview:
    """Return an offer as somebody else sees it."""
    offer = queries.get_offer(request_session(), request_actor(), offer_id)
    order = PreviewOrder(seen_as=seen_as, at=at)
    found = look(request_session(), request_actor(), order, record=offer, permission=Permission.OFFER_PREVIEW)
    narrow_to(found.viewer.actor)
    return shown(request_session(), found, offer)


@blueprint.creates("/offers", OfferSchema, given=NewOffer)
def create_offer(given: dict[str, Any], *, idempotency_key: str | None = None) -> Offer:
    """Store a new offer and return it."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, Offer]:
        offer = entries.create_offer(session, actor, given)
        return offer.id, offer

    return do_once(
        request_unit_of_work,
        actor,
        KeyedRequest(key=idempotency_key, operation="offer:create", body=given),
        create=create,
        read=lambda session, offer_id: queries.get_offer(session, actor, offer_id),
    )


@blueprint.changes("/offers/<uuid:offer_id>", OfferSchema, given=OfferEdit)
def change_offer(given: dict[str, Any], offer_id: UUID) -> Offer:
    """Give some fields of an offer other values, and return it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = queries.get_offer(session, actor, offer_id, is_locked=True)
        blueprint.check_etag(offer, OfferSchema)
        return entries.change_offer(session, actor, offer, given)


@blueprint.reads_one("/offers/<uuid:offer_id>/status", StandingSchema)
def get_offer_status(offer_id: UUID) -> Standing:
    """Return where an offer stands, and what the caller can do with it."""
    actor = request_actor()
    return standing_of(actor, OFFER_LIFE, queries.get_offer(request_session(), actor, offer_id))


@blueprint.changes("/offers/<uuid:offer_id>/status", StandingSchema, given=MoveSchema)
def move_offer(given: dict[str, Any], offer_id: UUID) -> Standing:
    """Submit, publish, confirm or withdraw an offer, or do what else can be done with it where it stands."""
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = queries.get_offer(session, actor, offer_id, is_locked=True)
        blueprint.check_etag(standing_of(actor, OFFER_LIFE, offer), StandingSchema)
        return move_record(session, actor, OFFER_LIFE, offer, Move(**given))
