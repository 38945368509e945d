"""The principles, and what offers have to show for them, in the API: the provider's checklist and the secretariat's label."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session, request_unit_of_work
from app.fields import page_request
from app.offers import principles
from app.offers.checklists import Checklist, Line, change_checklist, checklist_of
from app.offers.labels import LabelDecision, LabelStanding, decide_on_label, label_standing
from app.offers.models import Principle
from app.offers.queries import get_offer
from app.offers.schemas import (
    ChecklistEdit,
    ChecklistSchema,
    LabelDecisionSchema,
    LabelStandingSchema,
    PrincipleSchema,
)
from app.openapi import ApiBlueprint
from app.paging import Page

principles_blueprint = ApiBlueprint("principles", __name__, description="The ten principles of capacity-building")
labels_blueprint = ApiBlueprint("labels", __name__, description="How offers stand to the principles")


@principles_blueprint.reads_page("/principles", PrincipleSchema)
def list_principles(query: dict[str, Any]) -> Page[Principle]:
    """Return a page of principles by code."""
    return principles.list_page(request_session(), page_request(query))


@principles_blueprint.reads_one("/principles/<code:code>", PrincipleSchema)
def get_principle(code: str) -> Principle:
    """Return one principle."""
    return principles.get_principle(request_session(), code)


@labels_blueprint.reads_one("/offers/<uuid:offer_id>/checklist", ChecklistSchema)
def get_checklist(offer_id: UUID) -> Checklist:
    """Return what the provider says of each principle."""
    session = request_session()
    return checklist_of(session, get_offer(session, request_actor(), offer_id))


@labels_blueprint.changes("/offers/<uuid:offer_id>/checklist", ChecklistSchema, given=ChecklistEdit)
def change_lines(given: dict[str, Any], offer_id: UUID) -> Checklist:
    """Say something of some principles, or nothing any more, and return the whole checklist."""
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = get_offer(session, actor, offer_id, is_locked=True)
        labels_blueprint.check_etag(checklist_of(session, offer), ChecklistSchema)
        return change_checklist(session, actor, offer, [Line(**line) for line in given["lines"]])


@labels_blueprint.reads_one("/offers/<uuid:offer_id>/label", LabelStandingSchema)
def get_label(offer_id: UUID) -> LabelStanding:
    """Return the label of an offer, and what the caller can do with it."""
    session, actor = request_session(), request_actor()
    return label_standing(session, actor, get_offer(session, actor, offer_id))


@labels_blueprint.changes("/offers/<uuid:offer_id>/label", LabelStandingSchema, given=LabelDecisionSchema)
def change_label(given: dict[str, Any], offer_id: UUID) -> LabelStanding:
    """Grant the label of an offer, confirm it anew, or withdraw it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = get_offer(session, actor, offer_id, is_locked=True)
        labels_blueprint.check_etag(label_standing(session, actor, offer), LabelStandingSchema)
        return decide_on_label(session, actor, offer, LabelDecision(**given))
