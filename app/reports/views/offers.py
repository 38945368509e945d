"""Pages of offers: the list with its filters, and one offer with the needs that it fits."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import auditing, holds, may
from app.access.vocabulary import Permission, Subject
from app.actor import Actor
from app.edge import request_actor, request_session
from app.labels import MODES, choices_of
from app.matches import queries as matches
from app.matches.agreements import find_places
from app.matches.answer_queries import duplicates_in_run
from app.matches.models import MatchRun
from app.offers import queries as offers
from app.offers.checklists import checklist_of
from app.offers.labels import label_standing
from app.offers.life import OFFER_LIFE
from app.offers.models import LabelState, Offer
from app.offers.queries import OfferFilter
from app.organizations.lives import Status
from app.organizations.models import Organization
from app.organizations.moves import standing_of
from app.record_labels import LABEL_STATES, STATUSES
from app.reports.exports import ExportName
from app.reports.names import Names
from app.reports.page_tables import contributions_of_offer
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
from matching.vocabulary import Mode

N_NEEDS_SHOWN: Final = 50  # an offer to all States may be among the best of very many needs

bp = Blueprint("offers", __name__, url_prefix="/offers")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the offers that the filters leave."""
    session, actor, names = request_session(), request_actor(), page_names()
    filters = _read_filters(names)
    organization = chosen_organization(filters)
    wanted = _wanted(filters, organization)
    if "format" in request.args:
        return requested_table(ExportName.OFFERS, wanted)
    page = offers.list_page(session, actor, read_page_request(), wanted)
    html = render_template(
        "offers/index.html",
        title=gettext("Offers"),
        names=names,
        filters=filters,
        choices=_choices(names) | {"organizations": organization_choices(organization)},
        offers=page.items,
        may_write=holds(actor, Permission.OFFER_EDIT),
        shows_sample=holds_sample(page.items),
        count=offers.count(session, actor, wanted),
        **list_addresses(page, filters),
    )
    return list_response(html, filters)


@bp.get("/<uuid:offer_id>")
def show(offer_id: UUID) -> ResponseReturnValue:
    """Show an offer, who may have it, and the needs of the newest run that it fits."""
    session, actor = request_session(), request_actor()
    offer = offers.get_offer(session, actor, offer_id)
    if "format" in request.args:
        return chosen_table({"contributions": lambda session, actor: contributions_of_offer(session, actor, offer_id)})
    return offer_page(actor, offer, matches.find_latest_run(session, actor))


def offer_page(reader: Actor, offer: Offer, run: MatchRun | None, **more: object) -> str:
    """Return the page of an offer as a reader gets it who sees the offer and the run."""
    session = request_session()
    may_preview = may(reader, Permission.OFFER_PREVIEW, owner_id=offer.organization_id)
    found = matches.matches_of_offer(session, reader, run.id, offer.id, limit=N_NEEDS_SHOWN) if run else ()
    return render_template(
        "offers/show.html",
        title=offer.title,
        names=page_names(),
        offer=offer,
        csv_address=lambda variant: url_for("offers.show", offer_id=offer.id, format=variant),
        shows_sample=offer.is_sample,
        run=run,
        weights=weights_of(run),
        matches=found,
        is_cut=len(found) == N_NEEDS_SHOWN,
        duplicates=duplicates_in_run(session, reader, run.id, offer.id) if run else (),
        standing=standing_of(reader, OFFER_LIFE, offer),
        checklist=checklist_of(session, offer),
        label_standing=label_standing(session, reader, offer),
        places=find_places(session, reader, offer) if may_preview else None,
        may_edit=may(reader, Permission.OFFER_EDIT, owner_id=offer.organization_id),
        may_preview=may_preview,
        reads_events=may(auditing(reader, Subject.OFFER), Permission.AUDIT_READ, owner_id=offer.organization_id),
        **more,
    )


def _read_filters(names: Names) -> Filters:
    return read_filters(
        {
            "text": None,
            "area": names.area_by_code,
            "state": names.state_by_code,
            "mode": MODES,
            "status": list(Status),
            "label": list(LabelState),
            ORGANIZATION: None,
        }
    )


def _wanted(filters: Filters, organization: Organization | None) -> OfferFilter:
    mode, status, label = (filters.get(name) for name in ("mode", "status", "label"))
    return OfferFilter(
        text=filters["text"],
        area=filters.get("area"),
        state=filters.get("state"),
        mode=Mode(mode) if mode else None,
        organization_id=organization.id if organization else None,
        status=Status(status) if status else None,
        label=LabelState(label) if label else None,
    )


def _choices(names: Names) -> dict[str, object]:
    return {
        "areas": names.area_choices(),
        "states": names.state_choices(),
        "modes": choices_of(MODES),
        "statuses": choices_of(STATUSES),
        "labels": choices_of(LABEL_STATES),
    }
