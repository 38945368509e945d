"""Logging in and out, and the browsers in which a person is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from app.access.policy import SECOND_FACTOR_ROLES
from app.accounts.failures import Failure, note_failure
from app.accounts.models import MAX_BROWSER_LENGTH, KnownBrowser, LoginSession, User
from app.accounts.passwords import hash_password, is_outdated, is_password
from app.accounts.second_factor import take_code, take_recovery_code
from app.accounts.secrets import MAX_TOKEN_LENGTH, new_token, token_hash
from app.accounts.services import find_by_email, get_user, note_happening
from app.accounts.throttle import Visitor, require_patience
from app.actor import PUBLIC, Actor
from app.clock import Clock, now_utc
from app.errors import NotFoundError

IDLE_HOURS: Final = 12
MAX_DAYS: Final = 14
SEEN_MINUTES: Final = 5  # how exactly it is kept when a session was last used


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What somebody gives to log in, and from where."""

    email: str
    password: str
    visitor: Visitor
    browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session that was opened or renewed: the secrets of its cookies, to be handed out once."""

    secret: str
    known_browser: str
    row: LoginSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A browser in which somebody is logged in, and how far."""

    session_id: UUID
    user: User
    has_shown_second_factor: bool
    is_seen_long_ago: bool

    @property
    def is_complete(self) -> bool:
        """Whether all was shown that the person can show."""
        return self.has_shown_second_factor or not self.user.has_second_factor

    @property
    def person(self) -> Actor:
        """The person without any role, who may log out however far the login got."""
        return Actor(user_id=self.user.id)

    @property
    def actor(self) -> Actor:
        """Who acts in this browser: with the roles for which enough was shown."""
        if not self.is_complete:
            return PUBLIC
        affiliations = self.user.values
        if not self.has_shown_second_factor:
            affiliations = frozenset(row for row in affiliations if row.role not in SECOND_FACTOR_ROLES)
        return Actor(user_id=self.user.id, affiliations=affiliations)


def log_in(session: Session, actor: Actor, given: Credentials, *, clock: Clock = now_utc) -> OpenedSession | None:
    """Return a new session for whoever gives the right password, else None, in the same time; both leave an event.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    """
    now = clock()
    require_patience(session, given.email, given.visitor, now=now)
    user = find_by_email(session, given.email)
    is_right = is_password(None if user is None else user.password_hash, given.password)
    if user is None or not is_right or user.is_disabled:
        failure = Failure(email=given.email, visitor=given.visitor, user=user, action="user.login_failed")
        note_failure(session, actor, failure, clock=clock)
        return None
    if user.password_hash is not None and is_outdated(user.password_hash):
        user.password_hash = hash_password(given.password)
    opened = open_session(session, user, browser=given.browser, now=now)
    note_happening(session, actor, "user.logged_in", str(user.id), clock=clock)
    return opened


def open_session(
    session: Session, user: User, *, browser: str, now: datetime, has_shown_second_factor: bool = False
) -> OpenedSession:
    """Return a new session for a person who has proved to be it."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.expires_at <= now))
    secret = new_token()
    row = LoginSession(
        id=uuid4(),
        user_id=user.id,
        token_hash=token_hash(secret),
        browser="".join(letter for letter in browser if letter.isprintable())[:MAX_BROWSER_LENGTH],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=MAX_DAYS),
        second_factor_at=now if has_shown_second_factor else None,
    )
    session.add(row)
    # A password alone does not make a browser known where more is asked for.
    is_whole = has_shown_second_factor or not user.has_second_factor
    known = _know_browser(session, user.id, now=now) if is_whole else ""
    return OpenedSession(secret=secret, known_browser=known, row=row)


def show_second_factor(
    session: Session, actor: Actor, login: Login, code: str, visitor: Visitor, *, clock: Clock = now_utc
) -> OpenedSession | None:
    """Return the session renewed for whoever shows a right code of their app or a recovery code, else None.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    """
    now = clock()
    require_patience(session, login.user.email, visitor, now=now)
    user = get_user(session, login.user.id)
    # The secret of an app that was never confirmed is none.
    by_app = user.has_authenticator_app and take_code(session, user, code, now=now)
    if not by_app and not take_recovery_code(session, user, code, now=now):
        failure = Failure(email=user.email, visitor=visitor, user=user, action="user.second_factor_failed")
        note_failure(session, actor, failure, clock=clock)
        return None
    opened = renew(session, login.session_id, now=now)
    note_happening(
        session, actor, "user.second_factor_shown" if by_app else "user.recovery_code_used", str(user.id), clock=clock
    )
    return opened


def renew(session: Session, session_id: UUID, *, now: datetime) -> OpenedSession:
    """Return a session in which a second factor was shown, under another secret: whoever saw the old one has nothing.

    Raises
    ------
    NotFoundError
        When it has ended meanwhile.
    """
    row = session.get(LoginSession, session_id)
    if row is None:
        raise NotFoundError("The session has ended; log in again.")
    secret = new_token()
    row.token_hash, row.second_factor_at, row.seen_at = token_hash(secret), now, now
    return OpenedSession(secret=secret, known_browser=_know_browser(session, row.user_id, now=now), row=row)


def find_login(session: Session, secret: str, *, now: datetime) -> Login | None:
    """Return who is logged in with a cookie; None where it is none, or the session has ended."""
    if len(secret) > MAX_TOKEN_LENGTH:
        return None
    statement = (
        select(LoginSession)
        .join(LoginSession.user)
        .where(
            LoginSession.token_hash == token_hash(secret),
            LoginSession.seen_at > now - timedelta(hours=IDLE_HOURS),
            LoginSession.expires_at > now,
            User.is_disabled.is_(False),
        )
        .options(joinedload(LoginSession.user).selectinload(User.affiliations))
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        return None
    return Login(
        session_id=row.id,
        user=row.user,
        has_shown_second_factor=row.second_factor_at is not None,
        is_seen_long_ago=row.seen_at < now - timedelta(minutes=SEEN_MINUTES),
    )


def touch(session: Session, session_id: UUID, *, now: datetime) -> None:
    """Keep that a session was used now."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=now))


def list_sessions(session: Session, actor: Actor, *, now: datetime) -> tuple[LoginSession, ...]:
    """Return the sessions of the actor that are open, the one that was used last first."""
    statement = select(LoginSession).where(
        LoginSession.user_id == actor.user_id,
        LoginSession.seen_at > now - timedelta(hours=IDLE_HOURS),
        LoginSession.expires_at > now,
    )
    return tuple(session.scalars(statement.order_by(LoginSession.seen_at.desc(), LoginSession.id)))


def end_session(session: Session, actor: Actor, session_id: UUID, *, clock: Clock = now_utc) -> None:
    """End a session of the actor's, the present one or another.

    Raises
    ------
    NotFoundError
        When the actor has no such session.
    """
    row = session.get(LoginSession, session_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFoundError("There is no such session.")
    session.delete(row)
    note_happening(session, actor, "user.session_ended", str(row.user_id), clock=clock)


def _know_browser(session: Session, user_id: UUID, *, now: datetime) -> str:
    secret = new_token()
    session.add(KnownBrowser(token_hash=token_hash(secret), user_id=user_id, created_at=now))
    return secret
