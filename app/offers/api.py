"""Offers in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session
from app.fields import page_request
from app.offers import queries
from app.offers.models import Offer
from app.offers.queries import OfferFilter
from app.offers.schemas import OfferQuery, OfferSchema
from app.openapi import ApiBlueprint
from app.paging import Page

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
