"""What the newest run made of needs, for the lists and the start page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session

from app.access.visibility import visible_to
from app.actor import Actor
from app.matches.models import Match, MatchRun, UnmetNeed
from app.needs.models import Need
from app.reports.findings import allocated_need_ids, unmet_need_ids


class Outcome(StrEnum):
    """What became of a need in a run."""

    ALLOCATED = "allocated"
    UNMET = "unmet"


def outcome_by_need_id(
    session: Session, actor: Actor, run: MatchRun | None, need_ids: Collection[UUID]
) -> Mapping[UUID, Outcome]:
    """Return what the run made of each of these needs; a need that was not in it is absent."""
    if run is None or not need_ids:
        return {}
    statement = union_all(
        select(Match.need_id, literal(Outcome.ALLOCATED.value))
        .join(Match.need)
        .where(Match.run_id == run.id, Match.is_allocated, Match.need_id.in_(need_ids), visible_to(actor, Need)),
        select(UnmetNeed.need_id, literal(Outcome.UNMET.value))
        .join(UnmetNeed.need)
        .where(UnmetNeed.run_id == run.id, UnmetNeed.need_id.in_(need_ids), visible_to(actor, Need)),
    )
    return {need_id: Outcome(outcome) for need_id, outcome in session.execute(statement)}


def need_ids_with(run: MatchRun | None, outcome: Outcome) -> Select[UUID]:
    """Return the selection of the needs that have the outcome in the run; without a run, of none."""
    if run is None:
        return select(Need.id).where(Need.id.is_(None))
    select_ids = allocated_need_ids if outcome is Outcome.ALLOCATED else unmet_need_ids
    return select_ids(run.id)
