"""Guesses that come at once: no more of them are looked at than of those that come one after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.logins import Credentials, Login, log_in, show_second_factor
from app.accounts.proofs import Proof, is_proven
from app.accounts.services import get_user
from app.accounts.throttle import (
    FAILURES_PER_ACCOUNT,
    FAILURES_PER_ADDRESS,
    TooManyFailuresError,
    Visitor,
    count_failure,
)
from app.actor import SYSTEM
from app.db import Database
from tests.factories.accounts import create_user
from tests.support.people import PASSWORD, with_password, with_second_factor

AT_ONCE = 20
NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)


def clock() -> datetime:
    return NOON


@pytest.fixture
def user_id(database: Database) -> UUID:
    """A person with a password and an authenticator app."""
    with database.unit_of_work() as session:
        user = create_user(session, email="person@example.org")
        with_password(session, user)
        with_second_factor(session, user)
        return user.id


def guess_at_login(session: Session, email: str, visitor: Visitor, password: str = "wrong") -> bool:
    given = Credentials(email=email, password=password, visitor=visitor)
    return log_in(session, SYSTEM, given, clock=clock) is not None


def guess_the_password(session: Session, user_id: UUID, number: int) -> bool:
    return guess_at_login(session, get_user(session, user_id).email, visitor(number))


def guess_an_address(session: Session, _user_id: UUID, number: int) -> bool:
    return guess_at_login(session, "nobody@example.org", visitor(number))


def guess_the_code(session: Session, user_id: UUID, number: int) -> bool:
    login = Login(
        session_id=uuid4(), user=get_user(session, user_id), has_shown_second_factor=False, is_seen_long_ago=False
    )
    return show_second_factor(session, SYSTEM, login, f"x{number}", visitor(number), clock=clock) is not None


def guess_the_proof(session: Session, user_id: UUID, number: int) -> bool:
    proof = Proof(password=f"wrong {number}", visitor=visitor(number))
    return is_proven(session, SYSTEM, get_user(session, user_id), proof, clock=clock)


def visitor(number: int) -> Visitor:
    """Return somebody at an address of their own."""
    return Visitor(address=f"192.0.2.{number}")


def at_once(database: Database, attempt: Callable[[Session, int], bool], n: int = AT_ONCE) -> list[bool | None]:
    """Return what came of attempts that were made at once: None where nobody looked at it."""

    def make(number: int) -> bool | None:
        try:
            with database.unit_of_work() as session:
                return attempt(session, number)
        except TooManyFailuresError:
            return None

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(make, range(n)))


@pytest.mark.parametrize("guess", [guess_the_password, guess_an_address, guess_the_code, guess_the_proof])
def test_of_twenty_who_guess_at_once_no_more_are_looked_at_than_one_after_the_other(
    database: Database, user_id: UUID, guess: Callable[[Session, UUID, int], bool]
) -> None:
    """On PostgreSQL all twenty once were: each found the failures of the others not counted yet."""
    came = at_once(database, lambda session, number: guess(session, user_id, number))

    assert came.count(False) == FAILURES_PER_ACCOUNT
    assert came.count(None) == AT_ONCE - FAILURES_PER_ACCOUNT


def test_who_guesses_at_many_accounts_at_once_has_the_limit_of_the_address(database: Database) -> None:
    here = Visitor(address="192.0.2.1")
    with database.unit_of_work() as session:
        for _ in range(FAILURES_PER_ADDRESS - 5):
            count_failure(session, f"{uuid4()}@example.org", here, now=NOON)

    came = at_once(database, lambda session, number: guess_at_login(session, f"{number}@example.org", here))

    assert came.count(False) == 5


@pytest.mark.usefixtures("user_id")
def test_twenty_who_log_in_at_once_are_let_in(database: Database) -> None:
    came = at_once(
        database, lambda session, number: guess_at_login(session, "person@example.org", visitor(number), PASSWORD)
    )

    assert came == [True] * AT_ONCE
