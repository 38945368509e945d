"""Factories of needs and offers, with the States, areas and organizations that they refer to."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.needs.models import Need
from app.needs.signature_models import Consent, NeedSignature
from app.needs.storing import NeedEntry, NeedKind
from app.offers.models import (
    Offer,
    OfferArea,
    OfferEligibility,
    OfferLanguage,
    OfferMode,
)
from app.organizations.models import Organization
from matching.records import Need as NeedValue
from matching.vocabulary import Mode, Visibility
from tests.factories.areas import create_area
from tests.factories.organizations import create_organization
from tests.factories.states import create_state
from tests.factories.storing import AN_INSTANT, filled, next_number, store

Codes = tuple[str, ...]


def create_need(
    session: Session,
    *,
    organization: Organization | None = None,
    states: Codes = ("XAA",),
    areas: Codes = ("IRC",),
    modes: Codes = ("training",),
    languages: Codes = ("en",),
    excluded_providers: Codes = (),
    chosen_providers: Codes = (),
    **columns: Any,
) -> Need:
    """Return a public need of one State, kept as the application keeps it."""
    number = next_number()
    organization = organization or create_organization(session)
    for code in states:
        create_state(session, code)
    for code in areas:
        create_area(session, code)
    ordinary = {
        "external_id": f"need-{number}",
        "title": f"Training for the national CERT ({number})",
        "description": "Two weeks for twelve analysts.",
        "visibility": Visibility.PUBLIC,
        "created_at": AN_INSTANT,
        "updated_at": AN_INSTANT,
        "stated_on": "",
        "is_sample": False,
    }
    values = filled(columns, **ordinary)
    own = {name: values.pop(name) for name in ("id", "created_at", "updated_at", "version") if name in values}
    remarks = {name: values.pop(name) for name in ("stated_on", "is_sample")}
    need = NeedValue(
        need_id=values.pop("external_id"),
        states=tuple(sorted(states)),
        area_codes=areas,
        modes=tuple(map(Mode, modes)),
        languages=languages,
        excluded_providers=excluded_providers,
        **values,
    )
    new_id = partial(own.pop, "id") if "id" in own else uuid4
    kind = NeedKind(session=session, organization_id=organization.id, now=AN_INSTANT, new_id=new_id)
    row = kind.create(NeedEntry(need=need, chosen_providers=chosen_providers, **remarks))
    for name, value in own.items():
        setattr(row, name, value)
    return store(session, row)


def create_signature(
    session: Session,
    need: Need | None = None,
    *,
    state: str = "XAB",
    organization: Organization | None = None,
    **columns: Any,
) -> NeedSignature:
    """Return what a State has said to a need that names it: it was asked, and has not answered."""
    create_state(session, state)
    if need is None:
        need = create_need(session, states=("XAA", state), organization=organization)
    ordinary = {"consent": Consent.ASKED, "asked_at": AN_INSTANT}
    return store(session, NeedSignature(need_id=need.id, state_code=state, **filled(columns, **ordinary)))


def create_offer(
    session: Session,
    *,
    organization: Organization | None = None,
    areas: Codes = ("IRC",),
    modes: Codes = ("training",),
    languages: Codes = ("en",),
    eligible: Codes = ("*",),
    **columns: Any,
) -> Offer:
    """Return a public offer with one place, open to every State."""
    number = next_number()
    organization = organization or create_organization(session)
    for code in areas:
        create_area(session, code)
    ordinary = {
        "external_id": f"offer-{number}",
        "provider": "First Provider",
        "title": f"Course for incident responders ({number})",
        "description": "Ten days, hands on.",
        "visibility": Visibility.PUBLIC,
        "created_at": AN_INSTANT,
        "updated_at": AN_INSTANT,
    }
    offer = Offer(organization_id=organization.id, **filled(columns, **ordinary))
    offer.areas = [OfferArea(area_code=code, position=place) for place, code in enumerate(areas)]
    offer.modes = [OfferMode(mode=Mode(mode), position=place) for place, mode in enumerate(modes)]
    offer.languages = [OfferLanguage(language=code, position=place) for place, code in enumerate(languages)]
    offer.eligibilities = [OfferEligibility(token=code, position=place) for place, code in enumerate(eligible)]
    return store(session, offer)
