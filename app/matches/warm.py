"""The coach that a process keeps warm: its engine has the offers ready until one of them, or what they are scored by, changes.

One is kept for each database, for those who asked last. A large pool takes a while to make ready, and a second one would
take as much memory again.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.access.visibility import sight
from app.actor import Actor
from app.matches.models import MatchRun
from app.offers.models import Offer
from app.offers.profiles import offer_value, pool_of_offers, state_of_offers
from matching.coach import Coach
from matching.live import LiveEngine
from matching.profiles import ScoringProfile, parse_profile
from matching.reference import Reference
from matching.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """What a coach depends on: who sees which offers, as they stand, and how they are scored on which day."""

    sight: Hashable
    circle: Visibility
    offers: Hashable
    as_of_on: date
    profile: ScoringProfile
    reference: Reference


_KEPT: Final[WeakKeyDictionary[Engine, tuple[_Key, Coach]]] = WeakKeyDictionary()
_LOCK: Final = Lock()
"""Held while a coach is made: whoever asks in the meantime needs the same one."""


def warm_coach(session: Session, actor: Actor, run: MatchRun, *, reference: Reference) -> Coach:
    """Return the coach who counts among the offers that the readers of a run may see, made anew only where need be."""
    key = _Key(
        sight=sight(actor, Offer),
        circle=run.visibility,
        # Before the offers are read: what changes in between is seen at the next question.
        offers=state_of_offers(session, actor, run.visibility),
        as_of_on=run.as_of_on,
        profile=parse_profile(run.profile.document),
        reference=reference,
    )
    engine = session.get_bind().engine
    with _LOCK:
        kept = _KEPT.get(engine)
        if kept is not None and kept[0] == key:
            return kept[1]
        # Two of a large pool would not fit.
        _KEPT.pop(engine, None)
        _KEPT[engine] = key, _coach(session, actor, key)
        return _KEPT[engine][1]


def _coach(session: Session, actor: Actor, key: _Key) -> Coach:
    rows = pool_of_offers(session, actor, key.circle)
    offers = [offer_value(row, offer_id=name) for name, row in rows.items()]
    engine = LiveEngine(offers, key.reference, key.profile, as_of_on=key.as_of_on)
    return Coach(key.reference, engine, as_of_on=key.as_of_on)
