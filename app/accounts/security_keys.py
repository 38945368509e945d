"""Security keys of a person: added after the password, listed, and removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import second_factor
from app.accounts.ceremonies import Answer, NewKey, Service, creation_options, verified_new_key
from app.accounts.challenges import Purpose, issue_challenge, take_challenge
from app.accounts.key_models import MAX_KEY_NAME_LENGTH, SecurityKey
from app.accounts.logins import Login
from app.accounts.models import User
from app.accounts.proofs import Proof, is_proven
from app.accounts.services import end_sessions, get_user, note_happening
from app.actor import Actor
from app.audit.models import AuditEvent
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import ConflictError, InvalidInputError, NotFoundError
from matching.sentences import N_, Sentence

MAX_KEYS: Final = 20
COPIED: Final = "security_key.copied"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKey:
    """What the key that is to be added will be called, and the service under whose name it is to answer."""

    name: str
    service: Service


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedKey:
    """The key, and recovery codes, to be shown once, where it is the person's first second factor."""

    row: SecurityKey
    recovery_codes: tuple[str, ...]


class TooManyKeysError(ConflictError):
    """A person has as many keys as one may have."""

    code = "too_many_keys"


class LastSecondFactorError(ConflictError):
    """The key is the only second factor that the person has."""

    code = "last_second_factor"


def begin_addition(
    session: Session, actor: Actor, login: Login, wanted: WantedKey, proof: Proof, *, clock: Clock = now_utc
) -> str | None:
    """Return what the browser needs to add a key to the account that is logged in; None for a wrong password.

    Raises
    ------
    InvalidInputError
        When the name cannot be used.
    TooManyKeysError
        When the person has as many as one may have.
    TooManyFailuresError
        When there were too many failures before.
    """
    name = wanted.name.strip()
    if not name or len(name) > MAX_KEY_NAME_LENGTH or not name.isprintable():
        message = N_("The name of a key has to be one line of 1 to %(most)s characters.")
        raise InvalidInputError(Sentence(message=message, values={"most": MAX_KEY_NAME_LENGTH}))
    user = get_user(session, login.user.id)
    if not is_proven(session, actor, user, proof, clock=clock):
        return None
    known = keys_of(session, user.id)
    _check_room(known)
    challenge = issue_challenge(session, Purpose.ADDITION, login.session_id, now=clock(), key_name=name)
    here = [key for key in known if key.host == wanted.service.host]
    return creation_options(wanted.service, user, challenge, known=here)


def add_key(
    session: Session, actor: Actor, login: Login, service: Service, answer: Answer | None, *, clock: Clock = now_utc
) -> AddedKey | None:
    """Add the key that answered what was asked in this session; None where the answer is not right.

    The person's other sessions end.

    Raises
    ------
    TooManyKeysError
        When the person has as many as one may have.
    """
    now = clock()
    user = _locked_user(session, login.user.id)
    name = answer and take_challenge(session, Purpose.ADDITION, login.session_id, answer.challenge, now=now)
    new = verified_new_key(service, answer) if answer and name else None
    if not name or new is None or _is_known(session, new):
        note_happening(session, actor, "user.security_key_refused", str(user.id), clock=clock)
        return None
    _check_room(keys_of(session, user.id))
    row = SecurityKey(
        id=uuid4(),
        user_id=user.id,
        name=name,
        host=service.host,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=new.transports,
        created_at=now,
    )
    codes = () if user.has_second_factor else second_factor.new_recovery_codes(session, user)
    session.add(row)
    end_sessions(session, user.id, kept_session_id=login.session_id)
    _record(session, actor, row, "security_key.added", clock=clock)
    return AddedKey(row=row, recovery_codes=codes)


def remove_key(
    session: Session, actor: Actor, login: Login, key_id: UUID, proof: Proof, *, clock: Clock = now_utc
) -> bool:
    """Return whether the key was removed, which takes the present password; other sessions end then.

    Raises
    ------
    NotFoundError
        When the person has no such key.
    LastSecondFactorError
        When it is their only second factor: a password that was chosen with one may be too short to stand alone.
    TooManyFailuresError
        When there were too many failures before.
    """
    get_key(session, actor, key_id)
    # Before the person is locked: whoever logs in as them at the same moment locks first the count, and then the person.
    if not is_proven(session, actor, get_user(session, login.user.id), proof, clock=clock):
        return False
    user = _locked_user(session, login.user.id)
    row = get_key(session, actor, key_id)
    if not user.has_authenticator_app and len(keys_of(session, user.id)) == 1:
        raise LastSecondFactorError(Sentence(message=N_("This is your only second factor; add another one first.")))
    remove_row(session, actor, row, clock=clock)
    end_sessions(session, user.id, kept_session_id=login.session_id)
    return True


def list_keys(session: Session, actor: Actor) -> tuple[SecurityKey, ...]:
    """Return the keys of the actor, in the order in which they were added."""
    return () if actor.user_id is None else keys_of(session, actor.user_id)


def get_key(session: Session, actor: Actor, key_id: UUID) -> SecurityKey:
    """Return a key of the actor's.

    Raises
    ------
    NotFoundError
        When the actor has no such key.
    """
    row = session.get(SecurityKey, key_id, populate_existing=True)
    if row is None or row.user_id != actor.user_id:
        raise NotFoundError("There is no such key.")
    return row


def keys_of(session: Session, user_id: UUID) -> tuple[SecurityKey, ...]:
    """Return the keys of a person, in the order in which they were added."""
    statement = select(SecurityKey).where(SecurityKey.user_id == user_id)
    return tuple(session.scalars(statement.order_by(SecurityKey.created_at, SecurityKey.id)))


def remove_row(session: Session, actor: Actor, row: SecurityKey, *, clock: Clock = now_utc) -> None:
    """Remove a key, and leave the event."""
    session.delete(row)
    _record(session, actor, row, "security_key.removed", clock=clock)


def note_copy(session: Session, actor: Actor, row: SecurityKey, *, clock: Clock = now_utc) -> None:
    """Leave the event that a right answer of a key said to be an older one: it may be of a copy of the key."""
    session.flush()
    change = Change(action=COPIED, record_type="security_key", record_id=str(row.id), before=None, after=None)
    record(session, actor, [change], clock=clock)


def copied_at_by_key(session: Session, actor: Actor) -> dict[UUID, datetime]:
    """Return when each of the actor's keys that may have a copy last answered as one; the others are not in it."""
    key_by_record = {str(key.id): key.id for key in list_keys(session, actor)}
    statement = (
        select(AuditEvent.record_id, func.max(AuditEvent.occurred_at))
        .where(
            AuditEvent.record_type == "security_key",
            AuditEvent.record_id.in_(list(key_by_record)),
            AuditEvent.action == COPIED,
        )
        .group_by(AuditEvent.record_id)
    )
    return {key_by_record[record_id]: copied_at for record_id, copied_at in session.execute(statement)}


def _locked_user(session: Session, user_id: UUID) -> User:
    """Return a person whom no other request changes meanwhile: whether a key is the first or last has to stay so."""
    present = select(User).where(User.id == user_id).with_for_update()
    session.scalars(present.execution_options(populate_existing=True)).one_or_none()
    return get_user(session, user_id)


def _is_known(session: Session, new: NewKey) -> bool:
    return session.scalar(select(SecurityKey.id).where(SecurityKey.credential_id == new.credential_id)) is not None


def _check_room(known: tuple[SecurityKey, ...]) -> None:
    if len(known) >= MAX_KEYS:
        message = N_("You have %(most)s keys; remove one that you no longer use first.")
        raise TooManyKeysError(Sentence(message=message, values={"most": MAX_KEYS}))


def _record(session: Session, actor: Actor, row: SecurityKey, action: str, *, clock: Clock) -> None:
    session.flush()
    described: Document = {"user_id": str(row.user_id), "name": row.name, "host": row.host}
    is_gone = action.endswith("removed")
    change = Change(
        action=action,
        record_type="security_key",
        record_id=str(row.id),
        before=described if is_gone else None,
        after=None if is_gone else described,
    )
    record(session, actor, [change], clock=clock)
