"""The engines that a process keeps warm: each has offers ready until one of them, or what they are scored by, changes.

Two are kept for each database, for those who asked last: a large pool takes a while to make ready, and each takes as much
memory again. With two, who works on a need and the public do not make each other wait.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Final
from uuid import UUID
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
    """What a pool depends on: who sees which offers, as they stand, and how they are scored on which day."""

    sight: Hashable
    circle: Visibility
    offers: Hashable
    as_of_on: date
    profile: ScoringProfile
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmPool:
    """The engine and the coach that asks it, and the ids of the offers by what the engine calls them."""

    engine: LiveEngine
    coach: Coach
    offer_id_by_name: Mapping[str, UUID]


MAX_KEPT: Final = 2
_KEPT: Final[WeakKeyDictionary[Engine, list[tuple[_Key, WarmPool]]]] = WeakKeyDictionary()
_LOCK: Final = Lock()
"""Held while a pool is made ready: whoever asks in the meantime needs the same one."""


def warm_pool(session: Session, actor: Actor, run: MatchRun, *, circle: Visibility, reference: Reference) -> WarmPool:
    """Return the offers that a circle and the actor may see, ready by the profile and on the day of a run.

    They are made ready anew only where need be.
    """
    key = _Key(
        sight=sight(actor, Offer),
        circle=circle,
        # Before the offers are read: what changes in between is seen at the next question.
        offers=state_of_offers(session, actor, circle, run.as_of_on),
        as_of_on=run.as_of_on,
        profile=parse_profile(run.profile.document),
        reference=reference,
    )
    with _LOCK:
        kept = _KEPT.setdefault(session.get_bind().engine, [])
        known = next((entry for entry in kept if entry[0] == key), None)
        if known is None:
            # The one that was asked longest ago goes first: another large pool beside it would not fit.
            del kept[: len(kept) - MAX_KEPT + 1]
            known = key, _made_ready(session, actor, key)
        else:
            kept.remove(known)
        kept.append(known)
        return known[1]


def _made_ready(session: Session, actor: Actor, key: _Key) -> WarmPool:
    rows = pool_of_offers(session, actor, key.circle, key.as_of_on)
    offers = [offer_value(row, offer_id=name) for name, row in rows.items()]
    engine = LiveEngine(offers, key.reference, key.profile, as_of_on=key.as_of_on)
    return WarmPool(
        engine=engine,
        coach=Coach(key.reference, engine, as_of_on=key.as_of_on),
        offer_id_by_name={name: row.id for name, row in rows.items()},
    )
