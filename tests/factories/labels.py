"""Factories of principles, checklists and labels."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.offers.models import Offer, OfferLabel, OfferPrinciple, Principle, Section
from tests.factories.storing import AN_INSTANT, filled, next_number, store


def create_principle(session: Session, code: str = "P1", **columns: Any) -> Principle:
    """Return the principle of that code, stored at the first call."""
    existing = session.get(Principle, code)
    if existing is not None:
        return existing
    ordinary = {
        "section": Section.PROCESS,
        "position": next_number(),
        "title_en": f"Principle {code}",
        "sentence_en": f"What {code} asks for.",
        "reference": "A document, para. 1",
        "source": "https://example.org/principles",
        "evidence": "seen",
    }
    return store(session, Principle(code=code, **filled(columns, **ordinary)))


def create_checked_principle(session: Session, offer: Offer, code: str = "P1", **columns: Any) -> OfferPrinciple:
    """Return what a provider says of a principle: that the offer meets it."""
    create_principle(session, code)
    row = OfferPrinciple(offer_id=offer.id, principle_code=code, **filled(columns, is_met=True, how="We do."))
    store(session, row)
    session.expire(offer, ["checklist"])
    return row


def create_label(session: Session, offer: Offer, **columns: Any) -> OfferLabel:
    """Return the label of an offer, granted for what it is now."""
    ordinary = {"reason": "All is well.", "granted_at": AN_INSTANT, "contents_revision": offer.contents_revision}
    row = store(session, OfferLabel(offer_id=offer.id, **filled(columns, **ordinary)))
    session.expire(offer, ["label_in_force"])
    return row
