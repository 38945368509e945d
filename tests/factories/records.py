"""Factories of needs and offers, with the States, areas and organizations that they refer to."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.needs.models import (
    Need,
    NeedArea,
    NeedExclusion,
    NeedLanguage,
    NeedMode,
    NeedState,
)
from app.offers.models import (
    Offer,
    OfferArea,
    OfferEligibility,
    OfferLanguage,
    OfferMode,
)
from app.organizations.models import Organization
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
    **columns: Any,
) -> Need:
    """Return a public need of one State."""
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
    }
    need = Need(organization_id=organization.id, **filled(columns, **ordinary))
    need.states = [NeedState(state_code=code) for code in states]
    need.areas = [NeedArea(area_code=code, position=place) for place, code in enumerate(areas)]
    need.modes = [NeedMode(mode=Mode(mode), position=place) for place, mode in enumerate(modes)]
    need.languages = [NeedLanguage(language=code, position=place) for place, code in enumerate(languages)]
    need.exclusions = [
        NeedExclusion(provider_name=name, position=place) for place, name in enumerate(excluded_providers)
    ]
    return store(session, need)


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
