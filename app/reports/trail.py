"""Reading the audit trail: the events that an actor may know of, without anything that tells of the others.

Positions, hashes and totals count what one does not see, so nothing here gives them away: a page goes on by time and by
the random id of an event, and an event is told without its place in the chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session

from app.access.policy import require_somewhere
from app.access.vocabulary import Permission
from app.accounts.queries import people_seen
from app.actor import PUBLIC, SYSTEM, Actor
from app.audit.models import AuditEvent
from app.errors import ForbiddenError, NotFoundError
from app.paging import MAX_LIMIT, Page, PageRequest, SortKey, read_page
from app.reports.trail_actors import TrailEvent, tell
from app.reports.trail_rules import may_know

NEWEST_FIRST: Final[tuple[SortKey, ...]] = (AuditEvent.occurred_at.desc(), AuditEvent.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are wanted; all that is given has to hold. ``actor`` is a user id, ``system`` or ``public``."""

    action: str | None = None
    record_type: str | None = None
    record_id: str | None = None
    actor: str | None = None
    occurred_on: date | None = None


EVERY_EVENT: Final = EventFilter()


def get_event(session: Session, actor: Actor, event_id: UUID) -> TrailEvent:
    """Return one event.

    Raises
    ------
    ForbiddenError
        When the actor reads nothing of the trail.
    NotFoundError
        When there is none that the actor may know of.
    """
    require_somewhere(actor, Permission.AUDIT_READ)
    event = session.scalars(_events(actor).where(AuditEvent.id == event_id)).one_or_none()
    if event is None:
        raise NotFoundError("There is no such event.")
    return tell(session, actor, [event])[0]


def list_events(
    session: Session, actor: Actor, page: PageRequest, wanted: EventFilter = EVERY_EVENT
) -> Page[TrailEvent]:
    """Return a page of events, the newest first.

    Raises
    ------
    ForbiddenError
        When the actor reads nothing of the trail.
    """
    require_somewhere(actor, Permission.AUDIT_READ)
    statement = _events(actor).where(*_conditions(session, actor, wanted))
    found = read_page(session, statement, page, order_by=NEWEST_FIRST)
    items = tell(session, actor, found.items)
    return Page(items=items, next_cursor=found.next_cursor, previous_cursor=found.previous_cursor)


def iter_events(session: Session, actor: Actor, wanted: EventFilter = EVERY_EVENT) -> Iterator[TrailEvent]:
    """Yield the events, the newest first, a page at a time."""
    page = list_events(session, actor, PageRequest(limit=MAX_LIMIT), wanted)
    yield from page.items
    while page.next_cursor:
        page = list_events(session, actor, PageRequest(limit=MAX_LIMIT, cursor=page.next_cursor), wanted)
        yield from page.items


def iter_chain(session: Session, actor: Actor, wanted: EventFilter = EVERY_EVENT) -> Iterator[AuditEvent]:
    """Yield the events whole, with their places and hashes, the newest first: for the system alone.

    Raises
    ------
    ForbiddenError
        When the actor is not the system.
    """
    if not actor.is_system:
        raise ForbiddenError("The chain of events is shown by command alone.")
    statement = select(AuditEvent).where(*_conditions(session, actor, wanted)).order_by(AuditEvent.position.desc())
    yield from session.scalars(statement.execution_options(yield_per=MAX_LIMIT))


def _events(actor: Actor) -> Select[AuditEvent]:
    return select(AuditEvent).where(may_know(actor))


def _conditions(session: Session, actor: Actor, wanted: EventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action:
        conditions.append(AuditEvent.action == wanted.action)
    if wanted.record_type:
        conditions.append(AuditEvent.record_type == wanted.record_type)
    if wanted.record_id:
        conditions.append(AuditEvent.record_id == wanted.record_id)
    if wanted.actor:
        conditions.append(_made_by(session, actor, wanted.actor))
    if wanted.occurred_on:
        first, last = (datetime.combine(wanted.occurred_on, moment, UTC) for moment in (time.min, time.max))
        conditions += [AuditEvent.occurred_at >= first, AuditEvent.occurred_at <= last]
    return conditions


def _made_by(session: Session, actor: Actor, name: str) -> ColumnElement[bool]:
    """Return the condition that somebody made a change; whom one may not see, nobody can be told to have made any."""
    if name in (SYSTEM.name, PUBLIC.name):
        return AuditEvent.actor == name
    try:
        user_id = UUID(name)
    except ValueError:
        return false()
    is_seen = user_id == actor.user_id or user_id in people_seen(session, actor, [user_id])
    return AuditEvent.actor == str(user_id) if is_seen else false()
