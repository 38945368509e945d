"""Reading people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, contains_eager, selectinload

from app.access.policy import is_field_visible, keeps_for, may
from app.access.vocabulary import Field, Permission
from app.accounts.models import SingleUseLink, Standing, User, UserAffiliation
from app.accounts.services import may_let_in
from app.actor import Actor, Scope
from app.clock import Clock, now_utc
from app.errors import NotFoundError
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as a reader sees them in one organization; what the reader may not see is None.

    ``link`` is there once, for whoever has just invited the person.
    """

    id: UUID
    name: str
    roles: tuple[UserAffiliation, ...]
    email: str | None
    standing: Standing | None
    has_second_factor: bool | None
    invitation_ends_at: datetime | None
    can_be_let_in: bool
    link: str | None = None


def list_users(session: Session, actor: Actor, *, organization_id: UUID | None = None) -> tuple[User, ...]:
    """Return the people whom the actor may see whole, by address, with what they are in which organization.

    The system sees everybody; others see the people of the organizations to which they may invite.
    """
    affiliations = selectinload(User.affiliations).joinedload(UserAffiliation.organization, innerjoin=True)
    statement = select(User).where(_is_seen_by(actor)).options(affiliations).order_by(User.email_key)
    if organization_id is not None:
        statement = statement.where(User.affiliations.any(UserAffiliation.organization_id == organization_id))
    return tuple(session.scalars(statement))


def may_see_people(actor: Actor, organization: Organization) -> bool:
    """Return whether the actor sees who the people of the organization are."""
    return may(actor, Permission.USER_READ, owner_id=organization.id)


def list_people(
    session: Session, actor: Actor, organization: Organization, *, page: PageRequest, clock: Clock = now_utc
) -> Page[Person]:
    """Return a page of the people of an organization by name, each as the actor sees them.

    Raises
    ------
    NotFoundError
        When the actor may not see them.
    """
    found = read_page(session, _people_of(actor, organization), page, order_by=[User.name, User.id])
    ends = _ends_of_links(session, [user.id for user in found.items], now=clock())
    people = tuple(_as_seen_by(actor, user, organization, ends) for user in found.items)
    return Page(items=people, next_cursor=found.next_cursor, previous_cursor=found.previous_cursor)


def get_person(
    session: Session, actor: Actor, organization: Organization, *, person_id: UUID, clock: Clock = now_utc
) -> Person:
    """Return one of the people of an organization as the actor sees them.

    Raises
    ------
    NotFoundError
        When there is no such person, or none whom the actor may see.
    """
    user = session.scalars(_people_of(actor, organization).where(User.id == person_id)).one_or_none()
    if user is None:
        raise NotFoundError("There is no such person.")
    return _as_seen_by(actor, user, organization, _ends_of_links(session, [user.id], now=clock()))


def affiliations_of(session: Session, actor: Actor) -> tuple[UserAffiliation, ...]:
    """Return what the actor is in which organization, also the roles that say nothing yet, by organization."""
    statement = (
        select(UserAffiliation)
        .join(UserAffiliation.organization)
        .where(UserAffiliation.user_id == actor.user_id)
        .options(contains_eager(UserAffiliation.organization))
        .order_by(Organization.code, UserAffiliation.role)
    )
    return tuple(session.scalars(statement))


def people_seen(session: Session, actor: Actor, user_ids: Collection[UUID]) -> dict[UUID, User]:
    """Return those of the people whom the actor may see, by id."""
    # To see people is to read, though what it follows from is that one may invite them.
    reader = replace(actor, scopes=frozenset(Scope)) if Scope.READ in actor.scopes else actor
    statement = select(User).where(User.id.in_(user_ids), _is_seen_by(reader))
    return {user.id: user for user in session.scalars(statement)}


def _people_of(actor: Actor, organization: Organization) -> Select[User]:
    if not may_see_people(actor, organization):
        # As for an organization that never was.
        raise NotFoundError("There is no such organization.")
    is_there = User.affiliations.any(UserAffiliation.organization_id == organization.id)
    return select(User).where(is_there).options(selectinload(User.affiliations))


def _ends_of_links(session: Session, user_ids: Collection[UUID], *, now: datetime) -> Mapping[UUID, datetime]:
    """Return until when the links of these people are open."""
    is_open = SingleUseLink.used_at.is_(None), SingleUseLink.expires_at > now
    ends = select(SingleUseLink.user_id, func.max(SingleUseLink.expires_at)).group_by(SingleUseLink.user_id)
    found = session.execute(ends.where(SingleUseLink.user_id.in_(user_ids), *is_open))
    return {user_id: ends_at for user_id, ends_at in found}  # noqa: C416 – a row is not a pair to mypy


def _as_seen_by(actor: Actor, user: User, organization: Organization, ends: Mapping[UUID, datetime]) -> Person:
    sees_email = is_field_visible(actor, Field.USER_EMAIL, owner_id=organization.id)
    sees_standing = is_field_visible(actor, Field.USER_STANDING, owner_id=organization.id)
    standing = _standing(user, ends)
    return Person(
        id=user.id,
        name=user.name,
        roles=tuple(row for row in user.affiliations if row.organization_id == organization.id),
        email=user.email if sees_email else None,
        standing=standing if sees_standing else None,
        has_second_factor=user.has_second_factor if sees_standing else None,
        invitation_ends_at=ends.get(user.id) if sees_standing and standing is Standing.INVITED else None,
        can_be_let_in=not user.is_disabled and user.id != actor.user_id and may_let_in(actor, user),
    )


def _standing(user: User, ends: Mapping[UUID, datetime]) -> Standing:
    if user.is_disabled:
        return Standing.DISABLED
    if user.password_hash is not None:
        return Standing.ACTIVE
    return Standing.INVITED if user.id in ends else Standing.UNINVITED


def _is_seen_by(actor: Actor) -> ColumnElement[bool]:
    if may(actor, Permission.USER_INVITE):
        return true()
    own = sorted(keeps_for(actor, Permission.USER_INVITE))
    return User.affiliations.any(UserAffiliation.organization_id.in_(own))
