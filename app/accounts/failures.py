"""What is left of an attempt to show who one is that failed: it is counted, and there is an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.services import note_happening
from app.accounts.throttle import Visitor, count_failure
from app.actor import Actor
from app.clock import Clock, now_utc

UNKNOWN: Final = "unknown"  # what the audit trail calls an account that there is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An attempt that failed: under which address, from where, whose account that is, if any, and what it was."""

    email: str
    visitor: Visitor
    user: User | None
    action: str


def note_failure(session: Session, actor: Actor, failure: Failure, *, clock: Clock = now_utc) -> None:
    """Count a failed attempt, and leave its event."""
    count_failure(session, failure.email, failure.visitor, now=clock())
    record_id = UNKNOWN if failure.user is None else str(failure.user.id)
    note_happening(session, actor, failure.action, record_id, clock=clock)
