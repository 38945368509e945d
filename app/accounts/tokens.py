"""Tokens with which a program acts for a person: issued, revoked, and turned into an actor at each request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import MAX_TOKEN_NAME_LENGTH, ApiToken, User
from app.accounts.secrets import MAX_TOKEN_LENGTH, new_token, token_hash
from app.actor import Actor, Scope
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import ForbiddenError, InvalidInputError, NotFoundError
from matching.sentences import N_, Sentence

DEFAULT_TOKEN_DAYS: Final = 90
MAX_TOKEN_DAYS: Final = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that is wanted: whose, what it is called, what for, and for how long."""

    user_id: UUID
    name: str
    scope: Scope = Scope.WRITE
    days: int = DEFAULT_TOKEN_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedToken:
    """A token, to be shown once, and the row that stays of it."""

    secret: str
    row: ApiToken


def issue_token(session: Session, actor: Actor, new: NewToken, *, clock: Clock = now_utc) -> IssuedToken:
    """Return a new token; what it lets one do is what the person may do when it is used, within its scope.

    Raises
    ------
    ForbiddenError
        When the actor is neither the person nor the system.
    InvalidInputError
        When the name or the days cannot be used.
    """
    _require_self(actor, new.user_id)
    name = new.name.strip()
    if not name or len(name) > MAX_TOKEN_NAME_LENGTH or not name.isprintable():
        message = N_("The name of a token has to be one line of 1 to %(most)s characters.")
        raise InvalidInputError(Sentence(message=message, values={"most": MAX_TOKEN_NAME_LENGTH}))
    if not 1 <= new.days <= MAX_TOKEN_DAYS:
        message = N_("A token is for 1 to %(most)s days.")
        raise InvalidInputError(Sentence(message=message, values={"most": MAX_TOKEN_DAYS}))
    secret, now = new_token(), clock()
    row = ApiToken(
        id=uuid4(),
        user_id=new.user_id,
        name=name,
        token_hash=token_hash(secret),
        scope=new.scope,
        created_at=now,
        expires_at=now + timedelta(days=new.days),
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, "api_token.issued", before=None, clock=clock)
    return IssuedToken(secret=secret, row=row)


def revoke_token(session: Session, actor: Actor, token_id: UUID, *, clock: Clock = now_utc) -> None:
    """End a token; one that has ended already stays as it is.

    Raises
    ------
    NotFoundError
        When the actor has no such token.
    """
    row = session.get(ApiToken, token_id)
    if row is None or not (actor.is_system or row.user_id == actor.user_id):
        raise NotFoundError("There is no such token.")
    if row.revoked_at is not None:
        return
    before = _described(row)
    row.revoked_at = clock()
    session.flush()
    _record(session, actor, row, "api_token.revoked", before=before, clock=clock)


def list_tokens(session: Session, actor: Actor) -> tuple[ApiToken, ...]:
    """Return the tokens of the actor that have not been revoked, the newest first."""
    statement = select(ApiToken).where(ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None))
    return tuple(session.scalars(statement.order_by(ApiToken.created_at.desc(), ApiToken.id)))


def find_actor_by_token(session: Session, secret: str, *, now: datetime) -> Actor | None:
    """Return for whom a token acts, with what they are at present; None where it is none, or has ended."""
    if len(secret) > MAX_TOKEN_LENGTH:
        return None
    statement = (
        select(ApiToken)
        .join(ApiToken.user)
        .where(
            ApiToken.token_hash == token_hash(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
            User.is_disabled.is_(False),
        )
        .options(joinedload(ApiToken.user).selectinload(User.affiliations))
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        return None
    scopes = frozenset(Scope) if row.scope is Scope.WRITE else frozenset({row.scope})
    return Actor(user_id=row.user_id, affiliations=row.user.values, scopes=scopes)


def _require_self(actor: Actor, user_id: UUID) -> None:
    if not actor.is_system and actor.user_id != user_id:
        raise ForbiddenError("A token is issued to the person alone for whom it acts.")


def _record(
    session: Session, actor: Actor, row: ApiToken, action: str, *, before: Document | None, clock: Clock
) -> None:
    change = Change(action=action, record_type="api_token", record_id=str(row.id), before=before, after=_described(row))
    record(session, actor, [change], clock=clock)


def _described(row: ApiToken) -> Document:
    return {
        "user_id": str(row.user_id),
        "name": row.name,
        "scope": row.scope.value,
        "expires_at": row.expires_at.isoformat(),
        "is_revoked": row.revoked_at is not None,
    }
