"""Reading States and groups; they are open to everybody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from app.actor import Actor
from app.clock import today_utc
from app.errors import NotFoundError
from app.paging import Page, PageRequest, read_page
from app.states.models import Group, Membership, State


def get_state(session: Session, actor: Actor, code: str) -> State:
    """Return a State with its memberships and their groups.

    Raises
    ------
    NotFoundError
        When no State has the code.
    """
    statement = (
        select(State)
        .where(State.code == code.upper())
        .options(selectinload(State.memberships).joinedload(Membership.group))
    )
    state = session.scalars(statement).one_or_none()
    if state is None:
        raise NotFoundError("There is no such State.")
    return state


def list_states(session: Session, actor: Actor) -> tuple[State, ...]:
    """Return all States by English name; nothing else is loaded."""
    return tuple(session.scalars(select(State).order_by(State.name_en, State.code)))


def list_page(session: Session, actor: Actor, page: PageRequest) -> Page[State]:
    """Return a page of States by code, with memberships and their groups."""
    statement = select(State).options(selectinload(State.memberships).joinedload(Membership.group))
    return read_page(session, statement, page, order_by=[State.code])


def count(session: Session, actor: Actor) -> int:
    """Return how many States there are."""
    return session.scalar(select(func.count()).select_from(State)) or 0


def list_groups(session: Session, actor: Actor) -> tuple[Group, ...]:
    """Return all regions, UN regional groups, statuses and blocs, by scheme and title."""
    return tuple(session.scalars(select(Group).order_by(Group.scheme, Group.title_en, Group.code)))


def member_codes(group_code: str, *, day: date | None = None) -> Select[str]:
    """Return the selection of the States that are in a group on a day, by default today."""
    holds = Membership.that_hold_on(day or today_utc())
    return select(Membership.state_code).where(Membership.code == group_code.upper(), holds)


def group_codes(state_code: str, *, day: date | None = None) -> Select[str]:
    """Return the selection of the groups that a State is in on a day, by default today."""
    holds = Membership.that_hold_on(day or today_utc())
    return select(Membership.code).where(Membership.state_code == state_code.upper(), holds)
