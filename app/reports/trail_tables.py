"""Events of the audit trail as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from app.access.policy import require_somewhere
from app.access.vocabulary import Permission
from app.actor import Actor
from app.reports.trail import EventFilter, iter_chain, iter_events
from app.reports.trail_actors import TrailEvent
from app.tables import Cell, Table

EVENT_COLUMNS: Final = (
    "id",
    "occurred_at",
    "action",
    "record_type",
    "record_id",
    "actor",
    "actor_id",
    "actor_name",
    "request_id",
)
# As the chain has them; the hashes of records and of events are shown nowhere else.
CHAIN_COLUMNS: Final = (
    "position",
    "id",
    "occurred_at",
    "actor",
    "action",
    "record_type",
    "record_id",
    "before_hash",
    "after_hash",
    "request_id",
    "key_name",
    "previous_hash",
    "hash",
)


def chain_table(session: Session, actor: Actor, wanted: EventFilter) -> Table:
    """Return the chain of events, the newest first; for the system alone."""
    events = iter_chain(session, actor, wanted)
    rows = ([getattr(event, column) for column in CHAIN_COLUMNS] for event in events)
    return Table(name="audit-events", columns=CHAIN_COLUMNS, rows=rows)


def event_rows(session: Session, actor: Actor, wanted: EventFilter) -> Iterator[dict[str, Cell]]:
    """Yield the events that the actor may know of, the newest first, each by its columns.

    Raises
    ------
    ForbiddenError
        When the actor reads nothing of the trail.
    """
    require_somewhere(actor, Permission.AUDIT_READ)
    return map(_event_row, iter_events(session, actor, wanted))


def _event_row(event: TrailEvent) -> dict[str, Cell]:
    return {
        "id": event.id,
        "occurred_at": event.occurred_at,
        "action": event.action,
        "record_type": event.record_type,
        "record_id": event.record_id,
        "actor": event.actor.kind.value,
        "actor_id": event.actor.user_id,
        "actor_name": event.actor.name,
        "request_id": event.request_id,
    }
