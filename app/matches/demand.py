"""How much an offer that is being written is asked for: among the needs that its provider may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.matches.advice import Ground
from app.needs.filters import NeedFilter
from app.needs.models import Need as NeedRow
from app.needs.profiles import need_value
from app.needs.queries import iter_rows
from matching.live import LiveEngine
from matching.profiles import parse_profile
from matching.records import Offer
from matching.vocabulary import Visibility

MAX_COMPARED: Final = 300  # needs; more are counted and not compared, which would take seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many open needs there are in the areas of an offer, and how many of them it fits; ``None`` where there are too many."""

    n_needs: int
    n_fitting: int | None


def demand_for_draft(session: Session, actor: Actor, ground: Ground, offer: Offer) -> Demand:
    """Return how many needs that the actor may see are open in the areas of an offer, and how many of those it fits.

    An offer fits a need when it is open to it and reaches the minimum score, by the profile and on the day of the newest
    run. Nobody's exclusions count.
    """
    rows = _open_needs(session, actor, ground, offer.area_codes)
    if len(rows) > MAX_COMPARED:
        return Demand(n_needs=len(rows), n_fitting=None)
    if not rows:
        return Demand(n_needs=0, n_fitting=0)
    # An offer that nobody sees yet is looked at as if it were listed.
    listed = replace(offer, visibility=Visibility.PUBLIC)
    profile = parse_profile(ground.run.profile.document)
    engine = LiveEngine([listed], ground.reference, profile, as_of_on=ground.run.as_of_on)
    needs = [need_value(row, need_id=str(row.id)) for row in rows]
    return Demand(n_needs=len(rows), n_fitting=int(engine.qualifying(needs)[:, 0].sum()))


def _open_needs(session: Session, actor: Actor, ground: Ground, area_codes: Iterable[str]) -> list[NeedRow]:
    found: dict[UUID, NeedRow] = {}
    for code in area_codes:
        wanted = NeedFilter(area=code, is_open_on=ground.run.as_of_on)
        found |= {row.id: row for row in iter_rows(session, actor, wanted)}
    return list(found.values())
