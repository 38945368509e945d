"""Signing at once, and while the need is changed or shown: one outcome, and never a shown need without all signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from app.errors import AppError
from app.needs.entries import change_need
from app.needs.life import NEED_LIFE
from app.needs.queries import get_need
from app.needs.services import import_needs
from app.needs.signatures import SignatureAction, signatures_of
from app.needs.signing import SignatureOrder, take_step
from app.organizations.importing import FileImport
from app.organizations.models import OrganizationKind
from app.organizations.moves import Move, move_record
from app.organizations.transitions import Action
from matching.vocabulary import Visibility
from tests.factories import create_area, create_need, create_organization, create_release, create_state

Act = Callable[[Session, Any], object]
FILE = b"id,state,title,areas,modes,visibility\nn-1,XAA;XAB,Said elsewhere,IRC,training,public\n"


@pytest.fixture
def need_id(database: Database) -> Iterator[UUID]:
    """A private need of XAA for which XAB has been asked."""
    with database.unit_of_work() as session:
        for state in ("XAA", "XAB"):
            create_state(session, state)
        create_release(session)
        create_area(session, "IRC")
        home = create_organization(session, "home", kind=OrganizationKind.STATE, state_code="XAA")
        told = {"external_id": "n-1", "states": ("XAA", "XAB"), "visibility": Visibility.PRIVATE}
        made = create_need(session, organization=home, **told).id
    assert do(database, made, step("ask"))
    return made


def step(action: str) -> Act:
    visibility = Visibility.PUBLIC if action == "sign" else None
    order = SignatureOrder(state="XAB", action=SignatureAction(action), visibility=visibility)
    return lambda session, need: take_step(session, SYSTEM, need, order)


def publish(session: Session, need: Any) -> None:
    move_record(session, SYSTEM, NEED_LIFE, need, Move(action=Action.PUBLISH, visibility=Visibility.PUBLIC))


def edit(session: Session, need: Any) -> None:
    change_need(session, SYSTEM, need, {"title": "Something else"})


def do(database: Database, need_id: UUID, act: Act) -> bool:
    """Return whether it was done, and not refused or overtaken."""
    try:
        with database.unit_of_work() as session:
            act(session, get_need(session, SYSTEM, need_id, is_locked=True))
    except (AppError, StaleDataError, OperationalError):
        return False
    return True


def at_once(*acts: Callable[[], bool]) -> list[bool]:
    """Return which of these that begin together were done."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], bool]) -> bool:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


def found(database: Database, need_id: UUID) -> tuple[str, str]:
    """Return whom the need is for, and what the other State has said."""
    with database.reading() as session:
        need = get_need(session, SYSTEM, need_id)
        (row,) = signatures_of(session, SYSTEM, need).shown
        return need.visibility.value, row.told.consent.value


def test_of_many_who_sign_at_once_one_has_signed(database: Database, need_id: UUID) -> None:
    done = at_once(*[lambda: do(database, need_id, step("sign"))] * 8)

    assert done.count(True) == 1
    assert found(database, need_id) == ("private", "signed")
    with database.reading() as session:
        events = session.query(AuditEvent.action).filter(AuditEvent.action == "need_signature.signed").count()
    assert events == 1


def test_of_signing_and_declining_one_is_done(database: Database, need_id: UUID) -> None:
    done = at_once(lambda: do(database, need_id, step("sign")), lambda: do(database, need_id, step("decline")))

    assert done.count(True) == 1
    assert found(database, need_id)[1] == ("signed" if done[0] else "declined")


@pytest.mark.parametrize("n", range(4))
def test_a_need_that_is_changed_while_it_is_signed_is_not_shown_unsigned(
    database: Database, need_id: UUID, n: int
) -> None:
    acts = [edit, step("sign"), publish]
    order = acts[n % 3 :] + acts[: n % 3]

    at_once(*(lambda act=act: do(database, need_id, act) for act in order))

    visibility, consent = found(database, need_id)
    assert visibility == "private" or consent == "signed"


@pytest.mark.parametrize("n", range(4))
def test_a_need_that_a_state_leaves_while_it_is_shown_is_nobodys_but_its_keepers(
    database: Database, need_id: UUID, n: int
) -> None:
    do(database, need_id, step("sign"))
    acts = [lambda: do(database, need_id, publish), lambda: do(database, need_id, step("leave"))]

    done = at_once(*(acts if n % 2 else reversed(acts)))

    assert True in done
    visibility, consent = found(database, need_id)
    assert (visibility, consent) in (("private", "left"), ("public", "signed"))


def test_a_file_that_comes_in_while_a_state_signs_shows_nothing_unsigned(database: Database, need_id: UUID) -> None:
    def take_in() -> bool:
        try:
            with database.unit_of_work() as session:
                import_needs(session, SYSTEM, FileImport(content=FILE, name="n.csv", organization_code="home"))
        except (AppError, StaleDataError, OperationalError):
            return False
        return True

    at_once(take_in, lambda: do(database, need_id, step("sign")), lambda: do(database, need_id, publish))

    visibility, consent = found(database, need_id)
    assert visibility == "private" or consent == "signed"
