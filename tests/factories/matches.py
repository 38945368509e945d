"""Factories of scoring profiles, runs and what runs find."""

from __future__ import annotations

import hashlib
import zlib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.matches.models import (
    Match,
    MatchRun,
    MatchRunFile,
    ScoringProfile,
    Tandem,
    UnmetNeed,
)
from app.needs.models import Need
from app.offers.models import Offer
from matching.vocabulary import Component, TandemKind, UnmetReason, Visibility
from tests.factories.areas import create_area, create_release
from tests.factories.records import create_need, create_offer
from tests.factories.states import create_state
from tests.factories.storing import AN_INSTANT, filled, next_number, store

A_SENTENCE = {"message": "Both are about %(area)s.", "values": {"area": "IRC"}}


def create_scoring_profile(session: Session, name: str = "default", **columns: Any) -> ScoringProfile:
    """Return version 1 of the profile of that name, stored at the first call."""
    version = columns.pop("version", "1")
    existing = session.scalars(select(ScoringProfile).filter_by(name=name, version=version)).one_or_none()
    if existing is not None:
        return existing
    document = {
        "name": name,
        "version": version,
        "weights": {component.value: 1.0 for component in Component},
        "neutral": {component.value: 0.5 for component in Component},
        "minimum_score": 0.3,
        "equity_floor": {},
        "background": "background-1",
    }
    ordinary = {"document": document, "created_at": AN_INSTANT}
    return store(
        session,
        ScoringProfile(name=name, version=version, **filled(columns, **ordinary)),
    )


def create_match_run(session: Session, *, profile: ScoringProfile | None = None, **columns: Any) -> MatchRun:
    """Return a public run; each is later than the one before it."""
    profile = profile or create_scoring_profile(session)
    create_release(session)
    started_at = AN_INSTANT + timedelta(seconds=next_number())
    counts = {
        "needs": 1,
        "offers": 1,
        "private": 0,
        "eligible_pairs": 1,
        "allocated": 1,
        "unmet": 0,
    }
    ordinary = {
        "engine_version": "1.0",
        "as_of_on": date(2026, 3, 2),
        "area_release": "1",
        "visibility": Visibility.PUBLIC,
        "inputs": [
            {"name": "needs", "sha256": "1" * 64},
            {"name": "offers", "sha256": "2" * 64},
        ],
        "counts": counts,
        "ranking_sha256": "3" * 64,
        "seconds": {"scoring": 0.25},
        "started_at": started_at,
        "finished_at": columns.get("started_at", started_at) + timedelta(seconds=1),
    }
    return store(session, MatchRun(profile_id=profile.id, **filled(columns, **ordinary)))


def create_match(
    session: Session,
    *,
    run: MatchRun | None = None,
    need: Need | None = None,
    offer: Offer | None = None,
    **columns: Any,
) -> Match:
    """Return an allocated match of rank 1 in which the area and the text speak."""
    run = run or create_match_run(session)
    need = need or create_need(session)
    offer = offer or create_offer(session)
    contributions = [
        {"component": "area", "value": 1.0, "share": 0.5, **A_SENTENCE},
        {
            "component": "text",
            "value": 0.5,
            "share": 0.25,
            "message": "The texts are alike.",
            "values": {},
        },
        {
            "component": "budget",
            "value": None,
            "share": 0.0,
            "message": "No budget is said.",
            "values": {},
        },
    ]
    ordinary = {
        "rank": 1,
        "score": 0.75,
        "is_allocated": True,
        "contributions": contributions,
    }
    row = Match(run_id=run.id, need_id=need.id, offer_id=offer.id, **filled(columns, **ordinary))
    return store(session, row)


def create_unmet_need(
    session: Session,
    *,
    run: MatchRun | None = None,
    need: Need | None = None,
    **columns: Any,
) -> UnmetNeed:
    """Return a need without any eligible offer."""
    run = run or create_match_run(session)
    need = need or create_need(session)
    detail = {"message": "No offer is open to %(state)s.", "values": {"state": "XAA"}}
    ordinary = {"reason": UnmetReason.NO_ELIGIBLE_OFFER, "detail": detail}
    return store(
        session,
        UnmetNeed(run_id=run.id, need_id=need.id, **filled(columns, **ordinary)),
    )


def create_tandem(session: Session, *, run: MatchRun | None = None, **columns: Any) -> Tandem:
    """Return a tandem of XAA, which leads, and XAB."""
    run = run or create_match_run(session)
    ordinary = {
        "area_code": "IRC",
        "lead_code": "XAA",
        "partner_codes": ["XAB"],
        "kind": TandemKind.LEAD,
        "score": 0.6,
        "reasons": [A_SENTENCE],
    }
    values = filled(columns, **ordinary)
    create_area(session, values["area_code"])
    for code in (values["lead_code"], *values["partner_codes"]):
        create_state(session, code)
    return store(session, Tandem(run_id=run.id, **values))


def create_match_run_file(
    session: Session,
    *,
    run: MatchRun | None = None,
    name: str = "matches.csv",
    content: bytes = b"need_id\r\n",
) -> MatchRunFile:
    """Return a file of a run."""
    run = run or create_match_run(session)
    digest = hashlib.sha256(content).hexdigest()
    row = MatchRunFile(run_id=run.id, name=name, content=zlib.compress(content), sha256=digest)
    return store(session, row)
