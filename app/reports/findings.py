"""What a run found, as pages and figures tell it: by the ids of the needs, by reason, and which needs at all."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.actor import Actor
from app.matches import queries as matches
from app.matches.models import Match, UnmetNeed
from app.needs.models import Need


def served_of_run(session: Session, actor: Actor, run_id: UUID, *, limit: int | None = None) -> tuple[Match, ...]:
    """Return the allocated matches of a run by the external ids of their needs, with their needs and offers."""
    matches.get_run(session, actor, run_id)
    statement = (
        select(Match)
        .where(Match.run_id == run_id, Match.is_allocated)
        .join(Match.need)
        .options(contains_eager(Match.need), joinedload(Match.offer, innerjoin=True))
        .order_by(Need.external_id, Need.id, Match.rank)
        .limit(limit)
    )
    return tuple(session.scalars(statement))


def unmet_of_run(session: Session, actor: Actor, run_id: UUID, *, limit: int | None = None) -> tuple[UnmetNeed, ...]:
    """Return the unmet needs of a run by the external ids of their needs, with their needs."""
    matches.get_run(session, actor, run_id)
    statement = (
        select(UnmetNeed)
        .where(UnmetNeed.run_id == run_id)
        .join(UnmetNeed.need)
        .options(contains_eager(UnmetNeed.need), joinedload(UnmetNeed.nearest_offer))
        .order_by(Need.external_id, Need.id)
        .limit(limit)
    )
    return tuple(session.scalars(statement))


def count_unmet_by_reason(session: Session, actor: Actor, run_id: UUID) -> dict[str, int]:
    """Return how many needs of a run went unmet for each reason."""
    matches.get_run(session, actor, run_id)
    statement = (
        select(UnmetNeed.reason, func.count())
        .where(UnmetNeed.run_id == run_id)
        .group_by(UnmetNeed.reason)
        .order_by(UnmetNeed.reason)
    )
    return {reason.value: n for reason, n in session.execute(statement)}


def allocated_need_ids(run_id: UUID) -> Select[UUID]:
    """Return the selection of the needs that a run allocated an offer; for ``NeedFilter.ids``."""
    return select(Match.need_id).where(Match.run_id == run_id, Match.is_allocated)


def unmet_need_ids(run_id: UUID) -> Select[UUID]:
    """Return the selection of the needs that went unmet in a run; for ``NeedFilter.ids``."""
    return select(UnmetNeed.need_id).where(UnmetNeed.run_id == run_id)
