"""Factories of what a run answers beside its matches."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.matches.answer_models import (
    Answer,
    ChangeList,
    Coalition,
    NamedOffer,
    OfferDuplicate,
    PoolChange,
    Sensitivity,
)
from app.matches.models import MatchRun
from app.needs.models import Need
from app.offers.models import Offer
from matching.answers import PoolEdit
from matching.duplicates import Suggestion
from tests.factories.matches import A_SENTENCE, create_match_run
from tests.factories.records import create_need, create_offer
from tests.factories.storing import filled, store


def answered(run: MatchRun, name: Answer) -> MatchRun:
    """Return the run as one that answers this question too."""
    run.answers = sorted({*(run.answers or ()), name.value})
    return run


def create_sensitivity(
    session: Session,
    *,
    run: MatchRun | None = None,
    need: Need | None = None,
    offer: Offer | None = None,
    **columns: Any,
) -> Sensitivity:
    """Return a first place that stands firm."""
    run, need, offer = run or create_match_run(session), need or create_need(session), offer or create_offer(session)
    answered(run, Answer.SENSITIVITIES)
    ordinary = {
        "n_trials": 64,
        "n_first": 64,
        "is_toss_up": False,
        "rival_offer_ids": [],
        "ranges": [{"component": "text", "weight": 0.5, "lowest": 0.25, "highest": None}],
        "told": [{"message": "No other offer is open to this need.", "values": {}}],
    }
    name_offers(session, run, offer)
    row = Sensitivity(run_id=run.id, need_id=need.id, first_offer_id=offer.id, **filled(columns, **ordinary))
    return store(session, row)


def create_coalition(
    session: Session,
    *,
    run: MatchRun | None = None,
    need: Need | None = None,
    offers: tuple[Offer, ...] = (),
    **columns: Any,
) -> Coalition:
    """Return a need that two offers serve in parts, the first of them allocated."""
    run, need = run or create_match_run(session), need or create_need(session)
    offers = offers or (create_offer(session), create_offer(session))
    answered(run, Answer.COALITIONS)
    partners = [
        {
            "offer_id": str(offer.id),
            "is_allocated": place == 0,
            "parts": [{"area_code": "IRC", "mode": "training" if place == 0 else None}],
            "adds": 0.125,
        }
        for place, offer in enumerate(offers)
    ]
    name_offers(session, run, *offers)
    ordinary = {"value": 0.75, "alone": 0.5, "partners": partners}
    return store(session, Coalition(run_id=run.id, need_id=need.id, **filled(columns, **ordinary)))


def create_pool_change(
    session: Session,
    *,
    run: MatchRun | None = None,
    needs: tuple[Need, ...] = (),
    offers: tuple[Offer, ...] = (),
    **columns: Any,
) -> PoolChange:
    """Return a change to one offer that would serve one need more."""
    run, needs, offers = (
        run or create_match_run(session),
        needs or (create_need(session),),
        offers or (create_offer(session),),
    )
    answered(run, Answer.CHANGES)
    name_offers(session, run, *offers)
    ordinary = {
        "listing": ChangeList.SINGLE,
        "rank": 1,
        "edit": PoolEdit.LANGUAGE,
        "told": {"message": "If offers came in %(language)s as well.", "values": {"language": "fr"}},
        "n_gained": len(needs),
        "n_places": 0,
        "need_ids": [str(need.id) for need in needs],
        "lost_need_ids": [],
        "offer_ids": [str(offer.id) for offer in offers],
    }
    return store(session, PoolChange(run_id=run.id, **filled(columns, **ordinary)))


def create_offer_duplicate(
    session: Session,
    *,
    run: MatchRun | None = None,
    one: Offer | None = None,
    other: Offer | None = None,
    **columns: Any,
) -> OfferDuplicate:
    """Return two offers of which one could be kept."""
    run, one, other = run or create_match_run(session), one or create_offer(session), other or create_offer(session)
    answered(run, Answer.OFFER_DUPLICATES)
    ordinary = {
        "likeness": 0.9,
        "suggestion": Suggestion.KEEP_ONE,
        "reasons": [A_SENTENCE],
        "advice": {"message": "Keep one and withdraw the other.", "values": {}},
    }
    row = OfferDuplicate(run_id=run.id, one_id=one.id, other_id=other.id, **filled(columns, **ordinary))
    return store(session, row)


def name_offers(session: Session, run: MatchRun, *offers: Offer) -> None:
    """Store that the answers of a run name these offers, as recording does."""
    for offer in offers:
        session.merge(NamedOffer(run_id=run.id, offer_id=offer.id))
    session.flush()
