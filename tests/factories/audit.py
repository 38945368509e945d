"""The factory of audit events."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor
from app.audit.models import AuditEvent
from app.audit.services import Change, record
from app.clock import now_utc


def create_audit_event(
    session: Session,
    action: str = "need.registered",
    *,
    record_id: str = "1",
    actor: Actor = SYSTEM,
    occurred_at: datetime | None = None,
) -> AuditEvent:
    """Return the event of a new record, at the end of the chain."""
    record_type = action.partition(".")[0]
    change = Change(action=action, record_type=record_type, record_id=record_id, before=None, after={"title": "A need"})
    record(session, actor, [change], clock=now_utc if occurred_at is None else lambda: occurred_at)
    return session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
