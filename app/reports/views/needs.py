"""Pages of needs: the list with its filters, and one need with its offers and the reason for each."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import auditing, holds, may
from app.access.vocabulary import Permission, Subject
from app.actor import Actor
from app.edge import request_actor, request_session
from app.labels import GROUP_SCHEMES, MODES, OUTCOMES, choices_of
from app.matches import advice
from app.matches import queries as matches
from app.matches.agreements import find_agreement
from app.matches.answer_queries import find_sensitivity
from app.matches.models import MatchRun
from app.matches.rankings import may_rank, rank_offers
from app.matches.underway import list_under_way
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.needs.models import Need
from app.needs.signatures import partner_ids_among, signatures_of, standing_with_signatures
from app.organizations.lives import Status
from app.organizations.models import Organization
from app.record_labels import STATUSES
from app.reports.exports import ExportName
from app.reports.names import Names
from app.reports.outcomes import Outcome, need_ids_with, outcome_by_need_id
from app.reports.page_tables import contributions_of_need
from app.reports.sample import holds_sample
from app.reports.views.common import (
    ORGANIZATION,
    Filters,
    chosen_organization,
    list_addresses,
    list_response,
    organization_choices,
    page_names,
    read_filters,
    read_page_request,
)
from app.reports.views.tables import chosen_table, requested_table
from app.reports.weights import weights_of
from matching.vocabulary import Mode, Visibility

bp = Blueprint("needs", __name__, url_prefix="/needs")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the needs that the filters leave."""
    session, actor, names = request_session(), request_actor(), page_names()
    filters = _read_filters(names)
    organization = chosen_organization(filters)
    run = matches.find_latest_run(session, actor)
    wanted = _wanted(filters, run, organization)
    if "format" in request.args:
        return requested_table(ExportName.NEEDS, wanted)
    page = needs.list_page(session, actor, read_page_request(), wanted)
    html = render_template(
        "needs/index.html",
        title=gettext("Needs"),
        names=names,
        filters=filters,
        choices=_choices(names) | {"organizations": organization_choices(organization)},
        needs=page.items,
        may_write=holds(actor, Permission.NEED_DRAFT),
        shows_sample=holds_sample(page.items),
        count=needs.count(session, actor, wanted),
        partner_ids=partner_ids_among(session, actor, [need.id for need in page.items]),
        outcome_by_need_id=outcome_by_need_id(session, actor, run, [need.id for need in page.items]),
        **list_addresses(page, filters),
    )
    return list_response(html, filters)


@bp.get("/<uuid:need_id>")
def show(need_id: UUID) -> ResponseReturnValue:
    """Show a need with its offers in the newest run, or why there is none."""
    session, actor = request_session(), request_actor()
    need = needs.get_need(session, actor, need_id)
    if "format" in request.args:
        return chosen_table({"contributions": lambda session, actor: contributions_of_need(session, actor, need_id)})
    return need_page(actor, need, matches.find_latest_run(session, actor))


def need_page(reader: Actor, need: Need, run: MatchRun | None, **more: object) -> str:
    """Return the page of a need as a reader gets it who sees the need and the run."""
    session, is_ranked = request_session(), may_rank(reader, need)
    signatures = signatures_of(session, reader, need)
    return render_template(
        "needs/show.html",
        title=need.title,
        names=page_names(),
        need=need,
        csv_address=lambda variant: url_for("needs.show", need_id=need.id, format=variant),
        shows_sample=need.is_sample,
        run=run,
        weights=weights_of(run),
        matches=matches.matches_of_need(session, reader, run.id, need.id) if run else (),
        unmet=matches.find_unmet(session, reader, run.id, need.id) if run else None,
        firmness=find_sensitivity(session, reader, run.id, need.id) if run else None,
        standing=standing_with_signatures(reader, need, signatures),
        signatures=signatures,
        agreement=find_agreement(session, reader, need) if is_ranked else None,
        may_agree=may(reader, Permission.NEED_REVIEW, owner_id=need.organization_id),
        may_edit=may(reader, _to_edit(need), owner_id=need.organization_id),
        may_preview=may(reader, Permission.NEED_PREVIEW, owner_id=need.organization_id),
        reads_events=may(auditing(reader, Subject.NEED), Permission.AUDIT_READ, owner_id=need.organization_id),
        may_rank=is_ranked,
        **more,
    )


def _to_edit(need: Need) -> Permission:
    """Return the permission that it takes to change a need: a draft stays one until it is submitted."""
    return Permission.NEED_DRAFT if need.visibility is Visibility.PRIVATE else Permission.NEED_SUBMIT


@bp.get("/<uuid:need_id>/advice")
def show_advice(need_id: UUID) -> ResponseReturnValue:
    """Show what would make a need more specific, what that would bring, and which needs probably say the same."""
    session, actor = request_session(), request_actor()
    need = needs.get_need(session, actor, need_id)
    ground = advice.read_ground(session, actor)
    duplicates = advice.list_duplicates(session, actor, ground, need_id)
    return render_template(
        "needs/advice.html",
        title=gettext("Advice on this need"),
        names=page_names(),
        need=need,
        shows_sample=need.is_sample,
        under_way=list_under_way(session, actor, need_id, apart_from=[row.need.id for row in duplicates]),
        coaching=advice.coach_need(session, actor, ground, need_id),
        duplicates=duplicates,
    )


@bp.get("/<uuid:need_id>/ranking")
def show_ranking(need_id: UUID) -> ResponseReturnValue:
    """Show which offers fit a need, to who keeps it and to the secretariat."""
    session, actor = request_session(), request_actor()
    need = needs.get_need(session, actor, need_id)
    ground = advice.read_ground(session, actor)
    ranking = rank_offers(session, actor, ground, need_id)
    return render_template(
        "needs/ranking.html",
        title=gettext("Offers that fit this need"),
        names=page_names(),
        need=need,
        run=ground.run,
        ranking=ranking,
        weights=weights_of(ground.run),
        matches=ranking.ranked,
        shows_sample=holds_sample([need, *(ranked.offer for ranked in ranking.ranked)]),
    )


def _read_filters(names: Names) -> Filters:
    return read_filters(
        {
            "text": None,
            "area": names.area_by_code,
            "state": names.state_by_code,
            "group": names.group_by_code,
            "mode": MODES,
            "outcome": list(Outcome),
            "status": list(Status),
            ORGANIZATION: None,
        }
    )


def _wanted(filters: Filters, run: MatchRun | None, organization: Organization | None) -> NeedFilter:
    outcome = filters.get("outcome")
    mode, status = filters.get("mode"), filters.get("status")
    return NeedFilter(
        text=filters["text"],
        area=filters.get("area"),
        state=filters.get("state"),
        group=filters.get("group"),
        mode=Mode(mode) if mode else None,
        ids=need_ids_with(run, Outcome(outcome)) if outcome else None,
        organization_id=organization.id if organization else None,
        status=Status(status) if status else None,
    )


def _choices(names: Names) -> dict[str, object]:
    return {
        "areas": names.area_choices(),
        "states": names.state_choices(),
        "groups": names.group_choices(GROUP_SCHEMES),
        "modes": choices_of(MODES),
        "outcomes": choices_of(OUTCOMES),
        "statuses": choices_of(STATUSES),
    }
