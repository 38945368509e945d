"""Logging in with an identity, and what it takes to link one to an account: an invitation, or proof to be its person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.credentials import find_link, use_link
from app.accounts.failures import UNKNOWN
from app.accounts.identities import ProvedIdentity, add_identity, find_by_identity, note_use, unlink_all
from app.accounts.identity_models import Identity
from app.accounts.logins import Login, OpenedSession, open_session
from app.accounts.models import LinkPurpose, LoginSession, SingleUseLink
from app.accounts.proofs import Proof, is_proven
from app.accounts.services import end_sessions, get_user, note_happening
from app.actor import Actor
from app.clock import Clock, now_utc
from app.errors import NotFoundError, UnauthenticatedError

RECENT_MINUTES: Final = 10  # how old a login may be that proves by itself who is there


class LoginTooOldError(UnauthenticatedError):
    """One has no password to give, and the login is too old to prove anything by itself."""

    code = "login_too_old"


def log_in_by_identity(
    session: Session, actor: Actor, proved: ProvedIdentity, *, browser: str, clock: Clock = now_utc
) -> OpenedSession | None:
    """Return a new session for the person of a linked identity; None where there is none. Both leave an event.

    The provider's second factor counts where the token says that there was one, as the settings have it.
    """
    now = clock()
    identity = find_by_identity(session, proved)
    if identity is None or identity.user.is_disabled:
        note_happening(
            session, actor, "user.login_failed", UNKNOWN if identity is None else str(identity.user_id), clock=clock
        )
        return None
    note_use(identity, now=now)
    opened = open_session(
        session, identity.user, browser=browser, now=now, has_shown_second_factor=proved.has_second_factor
    )
    note_happening(session, actor, "user.logged_in_elsewhere", str(identity.user_id), clock=clock)
    return opened


def link_identity(
    session: Session, actor: Actor, login: Login, proved: ProvedIdentity, proof: Proof, *, clock: Clock = now_utc
) -> Identity | None:
    """Link an identity to the account of the person who is logged in; None where their password is not the one.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures before.
    LoginTooOldError
        When they have no password and did not log in just now.
    IdentityTakenError
        When the identity is linked to another account.
    """
    if not _is_proved(session, actor, login, proof, clock=clock):
        return None
    return add_identity(session, actor, login.user.id, proved, clock=clock)


def accept_invitation(
    session: Session, actor: Actor, secret: str, proved: ProvedIdentity, *, browser: str, clock: Clock = now_utc
) -> OpenedSession:
    """Link an identity to the account of a person who was invited, in the place of a password; return a session of theirs.

    Raises
    ------
    NotFoundError
        When the invitation is none, was used, or is too old.
    IdentityTakenError
        When the identity is linked to another account.
    """
    now = clock()
    invitation = find_invitation(session, secret, now=now)
    if invitation is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")
    user = invitation.user
    use_link(session, invitation, now=now)
    # Whoever needs a link does not have what was there before, or no longer alone.
    unlink_all(session, actor, user.id, clock=clock)
    end_sessions(session, user.id)
    note_use(add_identity(session, actor, user.id, proved, clock=clock), now=now)
    opened = open_session(session, user, browser=browser, now=now, has_shown_second_factor=proved.has_second_factor)
    note_happening(session, actor, "user.logged_in_elsewhere", str(user.id), clock=clock)
    return opened


def find_invitation(session: Session, secret: str, *, now: datetime) -> SingleUseLink | None:
    """Return a link that invites, with its person; None where it is none, was used, is too old, or is for something else."""
    link = find_link(session, secret, now=now)
    return link if link is not None and link.purpose is LinkPurpose.INVITATION else None


def _is_proved(session: Session, actor: Actor, login: Login, proof: Proof, *, clock: Clock) -> bool:
    user = get_user(session, login.user.id)
    if user.password_hash is None:
        row = session.get(LoginSession, login.session_id)
        if row is None or row.created_at < clock() - timedelta(minutes=RECENT_MINUTES):
            raise LoginTooOldError("You logged in too long ago for this.")
        return True
    return is_proven(session, actor, user, proof, clock=clock)
