"""The present password, which a person shows again before they change with what else they log in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.failures import Failure, note_failure
from app.accounts.models import User
from app.accounts.passwords import is_password
from app.accounts.throttle import Visitor, require_patience
from app.actor import Actor
from app.clock import Clock, now_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What somebody who is logged in shows again, and from where."""

    password: str
    visitor: Visitor


def is_proven(session: Session, actor: Actor, user: User, proof: Proof, *, clock: Clock = now_utc) -> bool:
    """Return whether this is the person's present password; one that is not counts as a failure to log in.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    """
    require_patience(session, user.email, proof.visitor, now=clock())
    if is_password(user.password_hash, proof.password):
        return True
    failure = Failure(email=user.email, visitor=proof.visitor, user=user, action="user.proof_failed")
    note_failure(session, actor, failure, clock=clock)
    return False
