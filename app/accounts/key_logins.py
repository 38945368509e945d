"""Logging in with a security key: after the password, or, where it verifies its person, in the place of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.ceremonies import Answer, Service, request_options, verified_sign_count
from app.accounts.challenges import Purpose, issue_challenge, take_challenge
from app.accounts.failures import Failure, note_failure
from app.accounts.key_models import SecurityKey
from app.accounts.logins import Login, OpenedSession, open_session, renew
from app.accounts.security_keys import keys_of, note_copy
from app.accounts.services import get_user, note_happening
from app.accounts.throttle import Visitor, require_patience
from app.actor import Actor
from app.clock import Clock, now_utc


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """What a key answered, if anything that can be read, under which name of the service, and from where."""

    answer: Answer | None
    service: Service
    visitor: Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCredentials:
    """What somebody gives to log in with a key alone; ``holder`` is the cookie of the browser that was asked."""

    shown: ShownKey
    holder: str
    browser: str = ""


def keys_here(session: Session, login: Login, service: Service | None) -> tuple[SecurityKey, ...]:
    """Return the keys of whoever is logging in that can answer under this name of the service."""
    return tuple(key for key in keys_of(session, login.user.id) if service and key.host == service.host)


def begin_second_factor(session: Session, login: Login, service: Service, *, clock: Clock = now_utc) -> str | None:
    """Return what the browser needs to let a key of the person answer; None where they have none here."""
    keys = keys_here(session, login, service)
    if not keys:
        return None
    challenge = issue_challenge(session, Purpose.SECOND_FACTOR, login.session_id, now=clock())
    return request_options(service, challenge, allowed=keys)


def show_key(
    session: Session, actor: Actor, login: Login, shown: ShownKey, *, clock: Clock = now_utc
) -> OpenedSession | None:
    """Return the session renewed for whoever shows a key of theirs after the password, else None.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    """
    now = clock()
    require_patience(session, login.user.email, shown.visitor, now=now)
    user = get_user(session, login.user.id)
    is_asked = _is_asked(session, Purpose.SECOND_FACTOR, login.session_id, shown, now=now)
    key = _find_key(session, shown.answer)
    is_own = key is not None and key.user_id == user.id
    if not (is_asked and is_own and _is_right(session, actor, key, shown, stands_alone=False, clock=clock)):
        failure = Failure(email=user.email, visitor=shown.visitor, user=user, action="user.second_factor_failed")
        note_failure(session, actor, failure, clock=clock)
        return None
    opened = renew(session, login.session_id, now=now)
    note_happening(session, actor, "user.security_key_shown", str(user.id), clock=clock)
    return opened


def begin_login(session: Session, holder: str, service: Service, *, clock: Clock = now_utc) -> str:
    """Return what the browser with that cookie needs to let any passkey for this service answer."""
    return request_options(service, issue_challenge(session, Purpose.LOGIN, holder, now=clock()))


def log_in_with_key(
    session: Session, actor: Actor, given: KeyCredentials, *, clock: Clock = now_utc
) -> OpenedSession | None:
    """Return a new, whole session for whoever shows a key that has verified its person, else None.

    What one has, and what one knows or is, are both shown then. No answer says which key or person there is.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    """
    now, shown = clock(), given.shown
    key = _find_key(session, shown.answer)
    user = None if key is None else get_user(session, key.user_id)
    # Failures with a key that nobody has are counted like those with one that somebody has.
    counted_as = _unknown_key(shown.answer) if user is None else user.email
    require_patience(session, counted_as, shown.visitor, now=now)
    is_asked = _is_asked(session, Purpose.LOGIN, given.holder, shown, now=now)
    # Read anew: it may have signed for somebody who tried before, while this waited.
    key = _find_key(session, shown.answer)
    is_right = is_asked and _is_right(session, actor, key, shown, stands_alone=True, clock=clock)
    if user is None or user.is_disabled or not is_right:
        failure = Failure(email=counted_as, visitor=shown.visitor, user=user, action="user.login_failed")
        note_failure(session, actor, failure, clock=clock)
        return None
    row = open_session(session, user, browser=given.browser, now=now).row
    session.flush()  # So that it is found to be renewed: all that there is was shown.
    opened = renew(session, row.id, now=now)
    note_happening(session, actor, "user.logged_in_with_key", str(user.id), clock=clock)
    return opened


def _is_asked(session: Session, purpose: Purpose, holder: UUID | str, shown: ShownKey, *, now: datetime) -> bool:
    """Return whether this holder was asked what was answered; they have to be asked anew then, right or wrong."""
    answer = shown.answer
    return answer is not None and take_challenge(session, purpose, holder, answer.challenge, now=now) is not None


def _is_right(
    session: Session, actor: Actor, key: SecurityKey | None, shown: ShownKey, *, stands_alone: bool, clock: Clock
) -> bool:
    """Return whether this is an answer of the key, which has signed more often since the last one, if it counts at all."""
    if key is None or shown.answer is None:
        return False
    count = verified_sign_count(shown.service, key, shown.answer, stands_alone=stands_alone)
    if count is None:
        return False
    if count <= key.sign_count and (count or key.sign_count):
        note_copy(session, actor, key, clock=clock)
        return False
    # One statement, so that of two answers with the same count one is refused.
    is_as_read = SecurityKey.id == key.id, SecurityKey.sign_count == key.sign_count
    now = clock()
    used = {"sign_count": count, "last_used_at": now} | ({"stood_alone_at": now} if stands_alone else {})
    counted = update(SecurityKey).where(*is_as_read).values(used)
    return session.scalar(counted.returning(SecurityKey.id)) is not None


def _find_key(session: Session, answer: Answer | None) -> SecurityKey | None:
    if answer is None:
        return None
    statement = select(SecurityKey).where(SecurityKey.credential_id == answer.credential_id)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _unknown_key(answer: Answer | None) -> str:
    return f"key:{'' if answer is None else answer.credential_id}"
