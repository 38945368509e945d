"""Pages on which offers are listed, changed, copied and confirmed, with the demand for them beside the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import require
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people
from app.clock import today_utc
from app.edge import request_actor, request_session
from app.errors import NotFoundError
from app.matches.advice import Ground
from app.matches.demand import demand_for_draft
from app.offers import entries
from app.offers.life import OFFER_LIFE
from app.offers.queries import get_offer
from app.offers.schemas import NewOffer, OfferEdit
from app.organizations.models import Organization
from app.organizations.moves import standing_of
from app.reports.forms.choices import offer_choices
from app.reports.forms.kinds import RecordForm
from app.reports.forms.offers import OFFER_SECTIONS, VISIBILITY_SENTENCES, offer_texts
from app.reports.forms.texts import Texts
from app.reports.names import ChoiceGroups
from app.reports.views import writing
from app.reports.views.common import page_names
from app.reports.views.form_pages import for_writers, with_areas_in_force
from matching.records import Offer
from matching.sentences import N_
from matching.vocabulary import Visibility

bp = Blueprint("offer_forms", __name__, url_prefix="/offers")


def _blank(keepers: Sequence[Organization]) -> Texts:
    return {
        "provider": (keepers[0].name,) if len(keepers) == 1 else (),
        "capacity": ("1",),
        "confirmed_on": (today_utc().isoformat(),),
        "visibility": (Visibility.PRIVATE.value,),
    }


def _choices() -> dict[str, ChoiceGroups]:
    return offer_choices(request_session(), request_actor(), page_names(), VISIBILITY_SENTENCES)


def _demand(ground: Ground, offer: Offer, _own_id: UUID | None) -> Mapping[str, Any]:
    """Return how much an offer is asked for as it is typed, among what the reader may see; nothing where it names no area."""
    if not offer.area_codes:
        return {}
    demand = demand_for_draft(request_session(), request_actor(), ground, offer)
    return {"demand": demand, "area_codes": offer.area_codes}


KIND: Final[RecordForm[Any]] = RecordForm(
    noun="offer",
    endpoints=bp.name,
    sections=OFFER_SECTIONS,
    titles=(N_("List an offer"), N_("Change this offer")),
    permission=Permission.OFFER_EDIT,
    publishing=Permission.OFFER_EDIT,
    schemas=(NewOffer(), OfferEdit()),
    texts_of=lambda record: with_areas_in_force(offer_texts(record)),
    blank=_blank,
    choices=_choices,
    get=get_offer,
    create=entries.create_offer,
    change=entries.change_offer,
    read_draft=entries.read_offer_draft,
    beside=_demand,
)


@bp.get("/new")
@for_people
def new() -> ResponseReturnValue:
    """Show the form of a new offer; ``?from=`` fills it with what another one of one's own says."""
    return writing.begin(KIND, _copied(request.args["from"]) if "from" in request.args else None)


@bp.post("/new")
@for_writers(KIND)
def create() -> ResponseReturnValue:
    """Store a new offer, or say what is wrong, or check what was typed."""
    return writing.create(KIND)


@bp.get("/<uuid:offer_id>/edit")
@for_people
def edit(offer_id: UUID) -> ResponseReturnValue:
    """Show the form of an offer that is stored."""
    return writing.show(KIND, offer_id)


@bp.post("/<uuid:offer_id>/edit")
@for_writers(KIND)
def change(offer_id: UUID) -> ResponseReturnValue:
    """Store what was changed of an offer, or say what is wrong, or check what was typed."""
    return writing.change(KIND, offer_id)


@bp.get("/<uuid:offer_id>/saved")
@for_people
def saved(offer_id: UUID) -> ResponseReturnValue:
    """Say what has happened to an offer that was just stored, and what can be done next."""
    offer = get_offer(request_session(), request_actor(), offer_id)
    require(request_actor(), Permission.OFFER_EDIT, owner_id=offer.organization_id)
    return render_template(
        "offers/saved.html",
        title=gettext("The offer is saved"),
        offer=offer,
        standing=standing_of(request_actor(), OFFER_LIFE, offer),
    )


def _copied(offer_id: str) -> Texts:
    """Return the texts of an offer of one's own, confirmed anew.

    Raises
    ------
    NotFoundError
        When there is no such offer that the reader may see.
    """
    try:
        offer = get_offer(request_session(), request_actor(), UUID(offer_id))
    except ValueError as error:
        raise NotFoundError("There is no such offer.") from error
    require(request_actor(), Permission.OFFER_EDIT, owner_id=offer.organization_id)
    return {**offer_texts(offer), "confirmed_on": (today_utc().isoformat(),)}
