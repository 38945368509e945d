"""How often one may fail to log in: counted for the account and for the address, without shutting out who belongs there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from app.accounts.addresses import email_key
from app.accounts.models import KnownBrowser, LoginFailure, User
from app.accounts.secrets import MAX_TOKEN_LENGTH, token_hash
from app.errors import AppError
from matching.sentences import N_, Sentence

WINDOW_MINUTES: Final = 15
FAILURES_PER_ACCOUNT: Final = 10  # in a window; by all strange browsers together, and by each known one
FAILURES_PER_ADDRESS: Final = 60  # in a window; an office may share one
LOCK_HEX_LENGTH: Final = 15  # of a count's digest: 60 bits, which fit into the key of PostgreSQL's advisory lock


class TooManyFailuresError(AppError):
    """One has failed too often to try again now, whether there is such an account or not."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """From where somebody tries to log in: the network address, and what their browser was given at an earlier login."""

    address: str
    known_browser: str = ""


def require_patience(session: Session, email: str, visitor: Visitor, *, now: datetime) -> None:
    """Do nothing for those who have not failed too often; who else tries under the same count waits until this is over.

    A browser in which the person has logged in before has a count of its own and no other, so that nobody can shut a person
    out by failing in their name or from their office; all others share one, whether the account exists or not.

    Raises
    ------
    TooManyFailuresError
        When there were too many failures in the last minutes.
    """
    since = now - timedelta(minutes=WINDOW_MINUTES)
    limit_by_count = _limit_by_count(session, email, visitor)
    _lock(session, limit_by_count)
    for counted_under, limit in limit_by_count.items():
        failures = select(func.count(LoginFailure.id)).where(
            LoginFailure.counted_under == counted_under, LoginFailure.failed_at > since
        )
        if (session.scalar(failures) or 0) >= limit:
            message = N_("There were too many attempts; try again in %(minutes)s minutes.")
            raise TooManyFailuresError(Sentence(message=message, values={"minutes": WINDOW_MINUTES}))


def count_failure(session: Session, email: str, visitor: Visitor, *, now: datetime) -> None:
    """Count a failure, and forget those that no longer count."""
    session.execute(delete(LoginFailure).where(LoginFailure.failed_at <= now - timedelta(minutes=WINDOW_MINUTES)))
    session.add_all(
        LoginFailure(id=uuid4(), counted_under=counted_under, failed_at=now)
        for counted_under in _limit_by_count(session, email, visitor)
    )


def _limit_by_count(session: Session, email: str, visitor: Visitor) -> dict[str, int]:
    """Return under what the failures of a visitor are counted, and how many of each there may be."""
    if _is_known(session, email, visitor.known_browser):
        return {_digest("browser", email_key(email), token_hash(visitor.known_browser)): FAILURES_PER_ACCOUNT}
    return {
        _digest("account", email_key(email)): FAILURES_PER_ACCOUNT,
        _digest("address", visitor.address): FAILURES_PER_ADDRESS,
    }


def _lock(session: Session, counts: Iterable[str]) -> None:
    # Of many who try at once each would find the failures of the others not counted yet. SQLite has one writer at a time
    # anyway. In one order, since two who hold what the other wants would wait for ever.
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted(int(counted_under[:LOCK_HEX_LENGTH], 16) for counted_under in counts):
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _is_known(session: Session, email: str, known_browser: str) -> bool:
    if len(known_browser) > MAX_TOKEN_LENGTH:
        return False
    # Asked in any case: that there was a cookie must not cost more or less time.
    statement = (
        select(KnownBrowser.token_hash)
        .join(User, User.id == KnownBrowser.user_id)
        .where(KnownBrowser.token_hash == token_hash(known_browser), User.email_key == email_key(email))
    )
    return session.scalar(statement) is not None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
