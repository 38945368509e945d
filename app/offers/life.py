"""The life of an offer: what may be done with it where it stands."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.access.vocabulary import Permission
from app.audit.services import Document
from app.offers.models import Offer
from app.offers.services import describe_offer
from app.organizations.moves import Life, Showing
from app.organizations.transitions import Transitions, draft_transitions

OFFER_TRANSITIONS: Final[Transitions] = draft_transitions(Permission.OFFER_EDIT, Permission.OFFER_REVIEW)


def _described(_session: Session, offer: Offer) -> Document:
    return describe_offer(offer)


def _show(_session: Session, offer: Offer, showing: Showing) -> None:
    offer.visibility, offer.review_note, offer.updated_at = showing.visibility, showing.reason, showing.now


OFFER_LIFE: Final[Life[Offer]] = Life(noun="offer", transitions=OFFER_TRANSITIONS, describe=_described, show=_show)
