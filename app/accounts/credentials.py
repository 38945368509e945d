"""What a person proves themselves with: choosing a password by a link, changing it, and setting up the second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from app.access.policy import require
from app.access.vocabulary import Permission
from app.accounts import second_factor
from app.accounts.identities import unlink_all
from app.accounts.logins import Login
from app.accounts.models import KnownBrowser, LinkPurpose, RecoveryCode, SingleUseLink, User
from app.accounts.passwords import check_password, hash_password, is_password
from app.accounts.secrets import MAX_TOKEN_LENGTH, new_token, token_hash
from app.accounts.security_keys import keys_of, remove_row
from app.accounts.services import end_sessions, get_user, may_let_in, note_happening
from app.actor import Actor
from app.clock import Clock, now_utc
from app.errors import ForbiddenError, InvalidInputError, NotFoundError
from matching.sentences import N_, Sentence

LINK_DAYS: Final = 7
EVERYBODY_KNOWS: Final = ("tandem", "secretariat")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """The secret of a link, to be passed on once, and what it is for."""

    secret: str
    row: SingleUseLink


class WrongPasswordError(InvalidInputError):
    """The present password that was given is not the one."""

    code = "wrong_password"


class WrongCodeError(InvalidInputError):
    """The code that was given is not the one that the app shows now."""

    code = "wrong_code"


def issue_link(session: Session, actor: Actor, user_id: UUID, *, clock: Clock = now_utc) -> IssuedLink:
    """Return a link with which a person chooses a password, the first or a new one; earlier ones no longer work.

    Raises
    ------
    NotFoundError
        When there is no such person.
    ForbiddenError
        When the actor may not give the person every role that they have, or is that person.
    """
    user = get_user(session, user_id)
    if user.id == actor.user_id:
        # Whoever finds a browser open must not come by the password without knowing the present one.
        raise ForbiddenError(Sentence(message=N_("Change your own password on the page of your account.")))
    if not may_let_in(actor, user):
        raise ForbiddenError(Sentence(message=N_("You may not let this person in; ask an administrator.")))
    now, secret = clock(), new_token()
    session.execute(delete(SingleUseLink).where(SingleUseLink.user_id == user.id, SingleUseLink.used_at.is_(None)))
    row = SingleUseLink(
        id=uuid4(),
        user_id=user.id,
        purpose=LinkPurpose.INVITATION if user.password_hash is None else LinkPurpose.PASSWORD_RESET,
        token_hash=token_hash(secret),
        created_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    session.add(row)
    note_happening(session, actor, f"user.{row.purpose.value}_issued", str(user.id), clock=clock)
    return IssuedLink(secret=secret, row=row)


def find_link(session: Session, secret: str, *, now: datetime) -> SingleUseLink | None:
    """Return the link with its person; None where it is none, was used, or is too old."""
    if len(secret) > MAX_TOKEN_LENGTH:
        return None
    statement = (
        select(SingleUseLink)
        .join(SingleUseLink.user)
        .where(
            SingleUseLink.token_hash == token_hash(secret),
            SingleUseLink.used_at.is_(None),
            SingleUseLink.expires_at > now,
            User.is_disabled.is_(False),
        )
        .options(joinedload(SingleUseLink.user).selectinload(User.affiliations))
    )
    return session.scalars(statement).one_or_none()


def choose_password(session: Session, actor: Actor, secret: str, password: str, *, clock: Clock = now_utc) -> User:
    """Give the person of a link the password; the link has been used then, all sessions end, no identity is linked.

    Raises
    ------
    NotFoundError
        When the link is none, was used, or is too old.
    UnusablePasswordError
        When the password may not be chosen.
    """
    now = clock()
    link = find_link(session, secret, now=now)
    if link is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")
    user = link.user
    _check_for(user, password)
    use_link(session, link, now=now)
    _set_password(session, user, password, now=now)
    # Whoever needs a link does not have what was there before, or no longer alone.
    unlink_all(session, actor, user.id, clock=clock)
    note_happening(session, actor, "user.password_chosen", str(user.id), clock=clock)
    return user


def use_link(session: Session, link: SingleUseLink, *, now: datetime) -> None:
    """Note that a link was used.

    Raises
    ------
    NotFoundError
        When it was used meanwhile.
    """
    # One statement, so that of two requests with the same link one is refused.
    is_unused = SingleUseLink.id == link.id, SingleUseLink.used_at.is_(None)
    used = update(SingleUseLink).where(*is_unused).values(used_at=now).returning(SingleUseLink.id)
    if session.scalar(used) is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")


def change_password(
    session: Session, actor: Actor, login: Login, *, present: str, wanted: str, clock: Clock = now_utc
) -> None:
    """Give the person who is logged in another password; their other sessions end.

    Raises
    ------
    WrongPasswordError
        When the present one is not the one that was given.
    UnusablePasswordError
        When the new one may not be chosen.
    """
    user = get_user(session, login.user.id)
    if not is_password(user.password_hash, present):
        raise WrongPasswordError(Sentence(message=N_("This is not your present password.")))
    _check_for(user, wanted)
    _set_password(session, user, wanted, now=clock(), kept_session_id=login.session_id)
    note_happening(session, actor, "user.password_changed", str(user.id), clock=clock)


def begin_second_factor(session: Session, login: Login) -> str:
    """Return a secret for the app of the person who is logged in; it is in force once a code of it is shown.

    Raises
    ------
    ForbiddenError
        When the person has an app already: whoever knows the password alone must not replace it.
    """
    user = get_user(session, login.user.id)
    if user.has_authenticator_app:
        raise ForbiddenError("There is an authenticator app already.")
    return second_factor.totp_secret(session, user) or second_factor.new_totp_secret(session, user)


def confirm_second_factor(
    session: Session, actor: Actor, login: Login, code: str, *, present: str = "", clock: Clock = now_utc
) -> tuple[str, ...]:
    """Put the app in force for whoever shows a code of it; return recovery codes, to be shown once.

    Beside a security key it takes the present password as well, and the recovery codes stay those there are. The
    person's other sessions end.

    Raises
    ------
    ForbiddenError
        When the person has an app already.
    WrongPasswordError
        When the present password is needed and is not the one that was given.
    WrongCodeError
        When the code is not the one.
    """
    now = clock()
    user = get_user(session, login.user.id)
    is_first = not user.has_second_factor
    if user.has_authenticator_app:
        raise ForbiddenError("There is an authenticator app already.")
    if not is_first and not is_password(user.password_hash, present):
        raise WrongPasswordError(Sentence(message=N_("This is not your present password.")))
    if not second_factor.take_code(session, user, code, now=now):
        raise WrongCodeError(
            Sentence(message=N_("This is not the code that the app shows now; wait for the next one and try again."))
        )
    session.refresh(user, ["totp_last_step", "version"])
    user.totp_confirmed_at = user.updated_at = now
    codes = second_factor.new_recovery_codes(session, user) if is_first else ()
    end_sessions(session, user.id, kept_session_id=login.session_id)
    note_happening(session, actor, "user.second_factor_set_up", str(user.id), clock=clock)
    return codes


def remove_second_factor(session: Session, actor: Actor, user_id: UUID, *, clock: Clock = now_utc) -> User:
    """Take away app and keys of a person who has lost them; all sessions end, and they set up a new second factor.

    Raises
    ------
    NotFoundError
        When there is no such person.
    """
    require(actor, Permission.USER_DISABLE)
    user = get_user(session, user_id)
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    user.updated_at = clock()
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    for row in keys_of(session, user.id):
        remove_row(session, actor, row, clock=clock)
    end_sessions(session, user.id)
    note_happening(session, actor, "user.second_factor_removed", str(user.id), clock=clock)
    return user


def _check_for(user: User, password: str) -> None:
    name, _, host = user.email.partition("@")
    known_words = (name, *host.split("."), *user.name.split(), *EVERYBODY_KNOWS)
    has_second_factor = user.has_second_factor or user.needs_second_factor
    check_password(password, has_second_factor=has_second_factor, known_words=known_words)


def _set_password(
    session: Session, user: User, password: str, *, now: datetime, kept_session_id: UUID | None = None
) -> None:
    user.password_hash = hash_password(password)
    user.updated_at = now
    end_sessions(session, user.id, kept_session_id=kept_session_id)
    if kept_session_id is None:
        session.execute(delete(KnownBrowser).where(KnownBrowser.user_id == user.id))
