"""What the same States ask for already in the areas of a need, and what is under way there, as far as the reader may know.

Whoever writes a need reads it before what the coach says: the next request is a better one by what is done already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.clock import Clock, now_utc, today_utc
from app.matches.agreements import offers_agreed
from app.needs.filters import NeedFilter
from app.needs.models import Need as NeedRow
from app.needs.private import AREA_SEPARATOR
from app.needs.profiles import get_matchable_need
from app.needs.queries import iter_rows
from app.offers.models import Offer
from app.organizations.lives import HOLDS_PLACE, Status
from matching.records import Need

MAX_SHOWN: Final = 10
OVER: Final = frozenset({Status.WITHDRAWN, Status.EXPIRED})
"""Where a need is asked for no longer, and nothing came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """A need of the same State in the same area, where it stands, and the offer that meets it.

    ``offer`` is None where none does, and for whoever may not know which.
    """

    need: NeedRow
    status: Status
    offer: Offer | None


def list_under_way(
    session: Session, actor: Actor, need_id: UUID, *, apart_from: Collection[UUID] = (), clock: Clock = now_utc
) -> tuple[UnderWay, ...]:
    """Return what else the States of a need ask for in its areas, apart from some needs; what is met or under way first.

    Raises
    ------
    NotFoundError
        When there is no such need that the actor may see.
    """
    row = get_matchable_need(session, actor, need_id)
    return _found(
        session, actor, _asked(row.state_codes, row.area_codes), apart_from={row.id, *apart_from}, day=today_utc(clock)
    )


def under_way_beside_draft(
    session: Session, actor: Actor, need: Need, *, apart_from: Collection[UUID], clock: Clock = now_utc
) -> tuple[UnderWay, ...]:
    """Return the same for a need that may be stored nowhere yet."""
    return _found(session, actor, _asked(need.states, need.area_codes), apart_from=apart_from, day=today_utc(clock))


def _asked(states: Collection[str], area_codes: Collection[str]) -> Iterator[NeedFilter]:
    """Yield what to ask for: each State with each top-level area, which includes its topics."""
    tops = sorted({code.partition(AREA_SEPARATOR)[0] for code in area_codes})
    yield from (NeedFilter(state=state, area=area) for state in sorted(states) for area in tops)


def _found(
    session: Session, actor: Actor, asked: Iterator[NeedFilter], *, apart_from: Collection[UUID], day: date
) -> tuple[UnderWay, ...]:
    rows = {row.id: row for wanted in asked for row in iter_rows(session, actor, wanted) if row.id not in apart_from}
    lasting = [row for row in rows.values() if row.status_on(day) not in OVER]
    lasting.sort(key=lambda row: (row.status_on(day) not in HOLDS_PLACE, not row.underway, row.title, row.id))
    shown = lasting[:MAX_SHOWN]
    offers = offers_agreed(session, actor, shown)
    return tuple(UnderWay(need=row, status=row.status_on(day), offer=offers.get(row.id)) for row in shown)
