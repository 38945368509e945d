"""What runs answer beside their matches in the API, and what repeats an offer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.edge import request_actor, request_session, request_unit_of_work
from app.fields import page_request
from app.matches import answer_queries as answers
from app.matches.agreements import Agreement, Places, agree, find_agreement, find_places
from app.matches.answer_models import Coalition, PoolChange, Sensitivity
from app.matches.answer_schemas import (
    AgreementEdit,
    AgreementSchema,
    CoalitionSchema,
    OfferDuplicatesSchema,
    PlacesSchema,
    PoolChangeSchema,
    SensitivitySchema,
)
from app.matches.comparison import compare
from app.matches.comparison_schemas import RunComparisonSchema, comparison_document
from app.needs.queries import get_need
from app.offers.queries import get_offer
from app.openapi import ApiBlueprint
from app.paging import Page

answers_blueprint = ApiBlueprint(
    "answers", __name__, description="What runs answer beside their matches, and offers that say the same"
)


@answers_blueprint.reads_one("/match-runs/<uuid:before_id>/comparisons/<uuid:after_id>", RunComparisonSchema)
def get_run_comparison(before_id: UUID, after_id: UUID) -> dict[str, Any]:
    """Return who gains an offer from one run to another, who loses one, who gets another one, and why."""
    return comparison_document(compare(request_session(), request_actor(), before_id, after_id))


@answers_blueprint.reads_page("/match-runs/<uuid:run_id>/sensitivities", SensitivitySchema, is_within_record=True)
def list_sensitivities(query: dict[str, Any], run_id: UUID) -> Page[Sensitivity]:
    """Return a page of how firmly the first offers of a run stand, by need."""
    return answers.list_sensitivities(request_session(), request_actor(), run_id, page_request(query))


@answers_blueprint.reads_page("/match-runs/<uuid:run_id>/coalitions", CoalitionSchema, is_within_record=True)
def list_coalitions(query: dict[str, Any], run_id: UUID) -> Page[Coalition]:
    """Return a page of the needs that several offers serve in parts."""
    return answers.list_coalitions(request_session(), request_actor(), run_id, page_request(query))


@answers_blueprint.reads_page("/match-runs/<uuid:run_id>/pool-changes", PoolChangeSchema, is_within_record=True)
def list_pool_changes(query: dict[str, Any], run_id: UUID) -> Page[PoolChange]:
    """Return a page of the changes to offers that would serve the most needs without a place."""
    return answers.list_changes(request_session(), request_actor(), run_id, page_request(query))


@answers_blueprint.reads_one("/offers/<uuid:offer_id>/duplicates", OfferDuplicatesSchema)
def get_offer_duplicates(offer_id: UUID) -> dict[str, Any]:
    """Return the offers that probably say the same as one, as the newest run found them."""
    return {"data": answers.duplicates_of_offer(request_session(), request_actor(), offer_id)}


@answers_blueprint.reads_one("/needs/<uuid:need_id>/agreement", AgreementSchema, is_public=False)
def get_agreement(need_id: UUID) -> Agreement:
    """Return which offer meets a need."""
    session, actor = request_session(), request_actor()
    return find_agreement(session, actor, get_need(session, actor, need_id))


@answers_blueprint.changes("/needs/<uuid:need_id>/agreement", AgreementSchema, given=AgreementEdit)
def change_agreement(given: dict[str, Any], need_id: UUID) -> Agreement:
    """Note that an offer meets a need, which takes a place of it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        need = get_need(session, actor, need_id, is_locked=True)
        answers_blueprint.check_etag(find_agreement(session, actor, need), AgreementSchema)
        agree(session, actor, need, given["offer"])
        return find_agreement(session, actor, need)


@answers_blueprint.reads_one("/offers/<uuid:offer_id>/places", PlacesSchema, is_public=False)
def get_places(offer_id: UUID) -> Places:
    """Return how many places of an offer are taken."""
    session, actor = request_session(), request_actor()
    return find_places(session, actor, get_offer(session, actor, offer_id))
