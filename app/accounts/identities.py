"""Who people are at the OpenID provider: linked to their account, listed, found, and unlinked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from app.accounts.identity_models import Identity
from app.accounts.key_models import SecurityKey
from app.accounts.models import User
from app.accounts.services import end_sessions
from app.actor import Actor
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedIdentity:
    """Who somebody is at the provider, as it says in a token that was checked."""

    issuer: str
    subject: str
    label: str
    has_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysHere:
    """What one can log in with here beside a password: the provider in use, and keys under this name of the service."""

    issuer: str
    host: str | None = None


class IdentityTakenError(ConflictError):
    """The identity is linked to another account."""

    code = "identity_taken"


class LastWayInError(ConflictError):
    """Without the identity the person could not log in any more."""

    code = "last_way_in"


def find_by_identity(session: Session, proved: ProvedIdentity) -> Identity | None:
    """Return the linked identity with its person, found by issuer and subject and nothing else; None where it is not linked."""
    statement = select(Identity).where(Identity.issuer == proved.issuer, Identity.subject == proved.subject)
    with_person = joinedload(Identity.user, innerjoin=True).selectinload(User.affiliations)
    return session.scalars(statement.options(with_person)).one_or_none()


def list_identities(session: Session, actor: Actor) -> tuple[Identity, ...]:
    """Return the identities that are linked to the actor's account, the oldest first."""
    own = select(Identity).where(Identity.user_id == actor.user_id)
    return tuple(session.scalars(own.order_by(Identity.created_at, Identity.id)))


def add_identity(
    session: Session, actor: Actor, user_id: UUID, proved: ProvedIdentity, *, clock: Clock = now_utc
) -> Identity:
    """Link an identity to the account of a person; what is linked to it already stays as it is.

    Raises
    ------
    IdentityTakenError
        When it is linked to another account.
    """
    known = find_by_identity(session, proved)
    if known is not None:
        if known.user_id != user_id:
            raise IdentityTakenError("This identity is linked to another account.")
        return known
    identity = Identity(
        id=uuid4(),
        user_id=user_id,
        issuer=proved.issuer,
        subject=proved.subject,
        label=proved.label,
        created_at=clock(),
    )
    session.add(identity)
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody else linked it at the same moment.
        raise IdentityTakenError("This identity is linked to another account.") from error
    _record(session, actor, identity, is_linked=True, clock=clock)
    return identity


def unlink(
    session: Session,
    actor: Actor,
    identity_id: UUID,
    *,
    ways: WaysHere,
    kept_session_id: UUID | None = None,
    clock: Clock = now_utc,
) -> None:
    """Unlink one of the actor's own identities; their other sessions end.

    Raises
    ------
    NotFoundError
        When the actor has no such identity.
    LastWayInError
        When the actor has no password, no other identity at the provider in use, and no passkey with which they have
        logged in here by itself.
    """
    # One after the other: of two that unlink at once, each would count on the identity that the other takes away.
    user = session.scalars(select(User).where(User.id == actor.user_id).with_for_update()).one_or_none()
    own = list_identities(session, actor)
    identity = next((row for row in own if row.id == identity_id), None)
    if user is None or identity is None:
        raise NotFoundError("There is no such identity.")
    others = [row for row in own if row.id != identity_id and row.issuer == ways.issuer]
    if user.password_hash is None and not others and not _has_passkey(session, user.id, ways.host):
        raise LastWayInError("This is your only way to log in.")
    _remove(session, actor, identity, clock=clock)
    end_sessions(session, user.id, kept_session_id=kept_session_id)


def _has_passkey(session: Session, user_id: UUID, host: str | None) -> bool:
    # That it has done so before is all that shows that a key can: a browser need not say so when it is added.
    has_stood_alone = SecurityKey.user_id == user_id, SecurityKey.host == host, SecurityKey.stood_alone_at.is_not(None)
    return session.scalar(select(SecurityKey.id).where(*has_stood_alone).limit(1)) is not None


def unlink_all(session: Session, actor: Actor, user_id: UUID, *, clock: Clock = now_utc) -> None:
    """Unlink whatever is linked to the account of a person."""
    for identity in session.scalars(select(Identity).where(Identity.user_id == user_id).order_by(Identity.id)).all():
        _remove(session, actor, identity, clock=clock)


def note_use(identity: Identity, *, now: datetime) -> None:
    """Note that a person logged in with an identity."""
    identity.used_at = now


def _remove(session: Session, actor: Actor, identity: Identity, *, clock: Clock) -> None:
    session.delete(identity)
    _record(session, actor, identity, is_linked=False, clock=clock)


def _record(session: Session, actor: Actor, identity: Identity, *, is_linked: bool, clock: Clock) -> None:
    session.flush()
    described: Document = {"issuer": identity.issuer, "subject": identity.subject}
    change = Change(
        action="user.identity_linked" if is_linked else "user.identity_unlinked",
        record_type="user",
        record_id=str(identity.user_id),
        before=None if is_linked else described,
        after=described if is_linked else None,
    )
    record(session, actor, [change], clock=clock)
