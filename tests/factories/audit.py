"""The factory of audit events."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.audit.services import Change, record


def create_audit_event(session: Session, action: str = "need.registered") -> AuditEvent:
    """Return the event of a new record, at the end of the chain."""
    change = Change(
        action=action,
        record_type="need",
        record_id="1",
        before=None,
        after={"title": "A need"},
    )
    record(session, SYSTEM, [change])
    return session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
