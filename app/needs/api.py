"""Needs in the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.accounts.idempotency import KeyedRequest, do_once
from app.actor import Actor
from app.edge import narrow_to, request_actor, request_session, request_unit_of_work
from app.fields import page_request
from app.needs import entries, queries
from app.needs.filters import NeedFilter
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.needs.schemas import NeedEdit, NeedPreviewSchema, NeedQuery, NeedSchema, NewNeed
from app.needs.signature_schemas import SignatureEdit, SignaturesSchema
from app.needs.signatures import Signatures, signatures_of, standing_with_signatures
from app.needs.signing import SignatureOrder, take_step
from app.openapi import ApiBlueprint
from app.organizations.moves import Move, Standing, move_record
from app.organizations.previews import PreviewOrder, ShownPreview, look, shown
from app.organizations.schemas import MoveSchema, PreviewQuery, StandingSchema
from app.paging import Page
from matching.vocabulary import Visibility

blueprint = ApiBlueprint("needs", __name__, description="What States say they need")


@blueprint.reads_page("/needs", NeedSchema, query=NeedQuery)
def list_needs(query: dict[str, Any]) -> Page[Need]:
    """Return a page of needs by external id."""
    page = page_request(query)
    return queries.list_page(request_session(), request_actor(), page, NeedFilter(**query))


@blueprint.reads_one("/needs/<uuid:need_id>", NeedSchema)
def get_need(need_id: UUID) -> Need:
    """Return one need."""
    return queries.get_need(request_session(), request_actor(), need_id)


@blueprint.reads_one("/needs/<uuid:need_id>/preview", NeedPreviewSchema, query=PreviewQuery, is_public=False)
def get_need_preview(need_id: UUID, *, seen_as: str, at: Visibility | None = None) -> ShownPreview:
    """Return a need as somebody else sees it."""
    need = queries.get_need(request_session(), request_actor(), need_id)
    order = PreviewOrder(seen_as=seen_as, at=at)
    found = look(request_session(), request_actor(), order, record=need, permission=Permission.NEED_PREVIEW)
    narrow_to(found.viewer.actor)
    return shown(request_session(), found, need)


@blueprint.creates("/needs", NeedSchema, given=NewNeed)
def create_need(given: dict[str, Any], *, idempotency_key: str | None = None) -> Need:
    """Store a new need and return it."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, Need]:
        need = entries.create_need(session, actor, given)
        return need.id, need

    return do_once(
        request_unit_of_work,
        actor,
        KeyedRequest(key=idempotency_key, operation="need:create", body=given),
        create=create,
        read=lambda session, need_id: queries.get_need(session, actor, need_id),
    )


@blueprint.changes("/needs/<uuid:need_id>", NeedSchema, given=NeedEdit)
def change_need(given: dict[str, Any], need_id: UUID) -> Need:
    """Give some fields of a need other values, and return it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        need = queries.get_need(session, actor, need_id, is_locked=True)
        blueprint.check_etag(need, NeedSchema)
        return entries.change_need(session, actor, need, given)


@blueprint.reads_one("/needs/<uuid:need_id>/status", StandingSchema)
def get_need_status(need_id: UUID) -> Standing:
    """Return where a need stands, and what the caller can do with it."""
    actor = request_actor()
    session = request_session()
    return _standing(session, actor, queries.get_need(session, actor, need_id))


@blueprint.changes("/needs/<uuid:need_id>/status", StandingSchema, given=MoveSchema)
def move_need(given: dict[str, Any], need_id: UUID) -> Standing:
    """Submit, publish, confirm or withdraw a need, or do what else can be done with it where it stands."""
    actor = request_actor()
    with request_unit_of_work() as session:
        need = queries.get_need(session, actor, need_id, is_locked=True)
        blueprint.check_etag(_standing(session, actor, need), StandingSchema)
        move_record(session, actor, NEED_LIFE, need, Move(**given))
        return _standing(session, actor, need)


@blueprint.reads_one("/needs/<uuid:need_id>/signatures", SignaturesSchema)
def get_need_signatures(need_id: UUID) -> Signatures:
    """Return what the States have said that a need names beside its keeper's, as far as the caller is told."""
    session, actor = request_session(), request_actor()
    return signatures_of(session, actor, queries.get_need(session, actor, need_id))


@blueprint.changes("/needs/<uuid:need_id>/signatures", SignaturesSchema, given=SignatureEdit)
def change_need_signatures(given: dict[str, Any], need_id: UUID) -> Signatures:
    """Ask a State for its signature; or sign, decline or leave for it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        need = queries.get_need(session, actor, need_id, is_locked=True)
        blueprint.check_etag(signatures_of(session, actor, need), SignaturesSchema)
        take_step(session, actor, need, SignatureOrder(**given))
        return signatures_of(session, actor, need)


def _standing(session: Session, actor: Actor, need: Need) -> Standing:
    return standing_with_signatures(actor, need, signatures_of(session, actor, need))
