"""Marks of the audit trail for paper: the hash of an entry, which shows later whether the trail still has it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import holds
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.models import AuditEvent
from app.matches.queries import get_run


def mark_of_run(session: Session, actor: Actor, run_id: UUID) -> str | None:
    """Return the hash of the entry with which a run was stored; None for who may not have it, or where there is none.

    Nothing can be read off it. It is another one for every run, whatever else was written between two of them, and how
    many entries stand before it is not told.

    Raises
    ------
    NotFoundError
        When there is no such run that the actor may see.
    """
    get_run(session, actor, run_id)
    if not holds(actor, Permission.AUDIT_MARK):
        return None
    recorded = select(AuditEvent.hash).filter_by(record_type="match_run", record_id=str(run_id))
    return session.scalar(recorded.filter_by(action="match_run.recorded"))


def has_mark(session: Session, actor: Actor, mark: str) -> bool:
    """Return whether an entry of the trail has that hash; for the system, whoever else asks is told of none."""
    if not actor.is_system:
        return False
    return session.scalar(select(AuditEvent.id).where(AuditEvent.hash == mark.strip().lower())) is not None
