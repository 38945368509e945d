"""Advice on one need: what would make it more specific, what that would bring, and which needs say the same.

Whoever may see a need may read the advice on it; a draft that is being written is nowhere but in the request. Nobody's exclusions count in it: counts that knew them would tell whom
a State excludes. Duplicates are looked for among what the reader may see, so nobody hears of a record through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.areas.profiles import released_reference, taxonomy
from app.errors import NotFoundError
from app.matches.disclosure import without_exclusions
from app.matches.models import MatchRun
from app.matches.queries import find_latest_run
from app.matches.warm import warm_pool
from app.needs.filters import NeedFilter
from app.needs.models import Need as NeedRow
from app.needs.profiles import get_matchable_need, need_value, pool_of_needs
from app.needs.queries import iter_rows
from app.organizations.importing import engine_ids
from app.states.profiles import geography_on
from matching.coach import Coaching
from matching.duplicates import Duplicate, duplicate_needs, overlaps_with_projects, projects_of_needs
from matching.records import Need
from matching.reference import Reference
from matching.words import TokenMemory

A_DRAFT: Final = ""  # no stored need is called so


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """A need that probably says the same as the one asked about, or tells of work under way that does what it asks."""

    need: NeedRow
    found: Duplicate


@dataclass(frozen=True, slots=True)
class Ground:
    """What advice rests on: the newest run, whose day and profile count, and the reference data of that day.

    ``memory`` keeps the stems of terms and texts while likely duplicates are looked for in two ways.
    """

    run: MatchRun
    reference: Reference
    memory: TokenMemory = field(default_factory=dict)


def read_ground(session: Session, actor: Actor) -> Ground:
    """Return what advice rests on for the actor.

    Raises
    ------
    NotFoundError
        When there is no run yet that the actor may see.
    """
    run = find_latest_run(session, actor)
    if run is None:
        raise NotFoundError("No match has been run yet; advice is counted with the profile of the newest run.")
    released = released_reference()
    reference = Reference(
        geography=geography_on(session, run.as_of_on),
        taxonomy=taxonomy(session, released=released.taxonomy),
        background=released.background,
        gazetteer=released.gazetteer,
    )
    return Ground(run, reference)


def find_ground(session: Session, actor: Actor) -> Ground | None:
    """Return what advice rests on for the actor, None where there is no run yet that the actor may see."""
    try:
        return read_ground(session, actor)
    except NotFoundError:
        return None


def coach_need(session: Session, actor: Actor, ground: Ground, need_id: UUID) -> Coaching:
    """Return the advice on a need, counted among the offers that the readers of the run may see.

    Raises
    ------
    NotFoundError
        When there is no such need that the actor may see.
    """
    row = get_matchable_need(session, actor, need_id)
    return coach_draft(session, actor, ground, need_value(row, need_id=row.external_id))


def coach_draft(session: Session, actor: Actor, ground: Ground, need: Need) -> Coaching:
    """Return the advice on a need that may be stored nowhere yet, counted among the same offers."""
    run = ground.run
    pool = warm_pool(session, actor, run, circle=run.visibility, reference=ground.reference)
    return pool.coach.advise(without_exclusions(need))


def duplicates_of_draft(
    session: Session, actor: Actor, ground: Ground, need: Need, *, own_id: UUID | None = None
) -> tuple[LikelyDuplicate, ...]:
    """Return the needs that the actor may see, private ones too, and that probably say the same as a draft, the likest first.

    ``own_id`` is that of the need as it is stored, where the draft is a change of one.
    """
    found = {
        row.id: row
        for code in need.states
        for row in iter_rows(session, actor, NeedFilter(state=code))
        if row.id != own_id
    }
    if not found:
        return ()
    names = engine_ids([(row.id, row.organization.code, row.external_id) for row in found.values()])
    rows = {names[row_id]: row for row_id, row in found.items()}
    near = {name: need_value(row, need_id=name) for name, row in rows.items()}
    near[A_DRAFT] = replace(need, need_id=A_DRAFT)
    return tuple(_told_once(A_DRAFT, _duplicates_of(A_DRAFT, near, ground), rows))


def list_duplicates(session: Session, actor: Actor, ground: Ground, need_id: UUID) -> tuple[LikelyDuplicate, ...]:
    """Return the needs that the actor may see and that probably say the same as one, the likest first.

    Raises
    ------
    NotFoundError
        When there is no such need that the actor may see.
    """
    row = get_matchable_need(session, actor, need_id)
    rows = pool_of_needs(session, actor, ground.run.visibility, ground.run.as_of_on)
    near = {
        name: need_value(other, need_id=name)
        for name, other in rows.items()
        if not set(other.state_codes).isdisjoint(row.state_codes)
    }
    # A need that is not for the circle of the run is not compared with those that are.
    name = next((name for name in near if rows[name].id == row.id), None)
    return () if name is None else tuple(_told_once(name, _duplicates_of(name, near, ground), rows))


def _duplicates_of(name: str, needs: Mapping[str, Need], ground: Ground) -> list[Duplicate]:
    """Return the likely duplicates in which one need takes part, as need or as what tells of work under way."""
    others, reference, as_of_on = list(needs.values()), ground.reference, ground.run.as_of_on
    found = [
        *duplicate_needs(others, reference, as_of_on=as_of_on, memory=ground.memory),
        *overlaps_with_projects(others, projects_of_needs(others), reference, as_of_on=as_of_on, memory=ground.memory),
    ]
    return sorted((item for item in found if name in (item.one_id, item.other_id)), key=lambda item: -item.likeness)


def _told_once(name: str, found: Iterable[Duplicate], rows: Mapping[str, NeedRow]) -> Iterable[LikelyDuplicate]:
    """Yield each other need once, with the likest way in which it says the same."""
    told: set[str] = set()
    for item in found:
        other = item.other_id if item.one_id == name else item.one_id
        if other not in told:
            told.add(other)
            yield LikelyDuplicate(rows[other], item)
