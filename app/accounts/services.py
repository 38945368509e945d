"""Giving people a place in an organization and taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from app.access.policy import Permission, may_give, require
from app.accounts.addresses import email_key, normal_email
from app.accounts.models import MAX_NAME_LENGTH, LoginSession, User, UserAffiliation
from app.actor import Actor, Role
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from app.organizations.services import get_by_code

ROLES_BY_KIND: Final[Mapping[OrganizationKind, frozenset[Role]]] = {
    # A State may also be a provider, and a regional organization may ask for its members.
    OrganizationKind.STATE: frozenset({Role.RECIPIENT, Role.CONTRIBUTOR, Role.PROVIDER, Role.ANALYST}),
    OrganizationKind.REGIONAL: frozenset({Role.RECIPIENT, Role.CONTRIBUTOR, Role.PROVIDER, Role.ANALYST}),
    OrganizationKind.PROVIDER: frozenset({Role.PROVIDER, Role.ANALYST}),
    OrganizationKind.SECRETARIAT: frozenset({Role.SECRETARIAT, Role.ANALYST, Role.ADMINISTRATOR}),
}
"""The roles that there are in each kind of organization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A person, and the role that they are to have in an organization."""

    email: str
    organization_code: str
    role: Role
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedUser:
    """The person, and whether the account and the role in the organization are new."""

    user: User
    organization: Organization
    is_new: bool
    is_role_new: bool


def add_user(session: Session, actor: Actor, new: NewUser, *, clock: Clock = now_utc) -> AddedUser:
    """Give a person a role in an organization, and an account where they have none; what is there already stays.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may not invite people there, or not to that role.
    InvalidInputError
        When the address or the name cannot be used, or an organization of that kind has no such role.
    """
    organization = get_by_code(session, new.organization_code)
    require(actor, Permission.USER_INVITE, owner_id=organization.id)
    if not may_give(actor, new.role, organization_id=organization.id):
        raise ForbiddenError(f"You may not make somebody {new.role.value} of this organization; ask an administrator.")
    _check_role(organization, new.role)
    email, name = normal_email(new.email), _checked_name(new.name)
    user = find_by_email(session, email)
    is_new = user is None
    before = None if user is None else _described(user)
    now = clock()
    if user is None:
        user = User(id=uuid4(), email=email, email_key=email_key(email), name=name, created_at=now, updated_at=now)
        user.affiliations = []
        session.add(user)
    is_role_new = all((row.organization_id, row.role) != (organization.id, new.role) for row in user.affiliations)
    if is_role_new:
        row = UserAffiliation(id=uuid4(), organization_id=organization.id, role=new.role, created_at=now)
        user.affiliations.append(row)
        user.updated_at = now
        end_sessions(session, user.id)
        _record(session, actor, user, "user.registered" if is_new else "user.affiliated", before=before, clock=clock)
    return AddedUser(user=user, organization=organization, is_new=is_new, is_role_new=is_role_new)


def remove_affiliation(
    session: Session, actor: Actor, user_id: UUID, affiliation_id: UUID, *, clock: Clock = now_utc
) -> User:
    """Take a role in an organization away from a person; it counts at their next request.

    Raises
    ------
    NotFoundError
        When the person has no such role.
    ForbiddenError
        When the actor may not take it away.
    """
    user = get_user(session, user_id)
    row = next((row for row in user.affiliations if row.id == affiliation_id), None)
    if row is None:
        raise NotFoundError("The person has no such role.")
    require(actor, Permission.USER_INVITE, owner_id=row.organization_id)
    if not may_give(actor, row.role, organization_id=row.organization_id):
        raise ForbiddenError("You may not take this role away; ask an administrator.")
    before = _described(user)
    user.affiliations.remove(row)
    user.updated_at = clock()
    end_sessions(session, user.id)
    _record(session, actor, user, "user.disaffiliated", before=before, clock=clock)
    return user


def set_disabled(session: Session, actor: Actor, user_id: UUID, *, is_disabled: bool, clock: Clock = now_utc) -> User:
    """Shut a person out, or let them in again; it counts at their next request.

    Raises
    ------
    NotFoundError
        When there is no such person.
    ConflictError
        When it is so already.
    """
    require(actor, Permission.USER_DISABLE)
    user = get_user(session, user_id)
    if user.is_disabled is is_disabled:
        raise ConflictError(f"The account of {user.email} is {'disabled' if is_disabled else 'enabled'} already.")
    before = _described(user)
    user.is_disabled, user.updated_at = is_disabled, clock()
    end_sessions(session, user.id)
    _record(session, actor, user, "user.disabled" if is_disabled else "user.enabled", before=before, clock=clock)
    return user


def find_by_email(session: Session, email: str) -> User | None:
    """Return the person with that address, in any case, with their affiliations; None where there is none."""
    statement = select(User).where(User.email_key == email_key(email)).options(selectinload(User.affiliations))
    return session.scalars(statement).one_or_none()


def get_user(session: Session, user_id: UUID) -> User:
    """Return a person with their affiliations.

    Raises
    ------
    NotFoundError
        When there is no such person.
    """
    statement = select(User).where(User.id == user_id).options(selectinload(User.affiliations))
    user = session.scalars(statement).one_or_none()
    if user is None:
        raise NotFoundError("There is no such person.")
    return user


def end_sessions(session: Session, user_id: UUID, *, kept_session_id: UUID | None = None) -> None:
    """End all sessions of a person, or all but one."""
    statement = delete(LoginSession).where(LoginSession.user_id == user_id)
    if kept_session_id is not None:
        statement = statement.where(LoginSession.id != kept_session_id)
    session.execute(statement)


def note_happening(session: Session, actor: Actor, action: str, record_id: str, *, clock: Clock = now_utc) -> None:
    """Leave an event about a person that changes nothing of what others see of them."""
    session.flush()
    change = Change(action=action, record_type="user", record_id=record_id, before=None, after=None)
    record(session, actor, [change], clock=clock)


def _check_role(organization: Organization, role: Role) -> None:
    known = ROLES_BY_KIND[organization.kind]
    if role not in known:
        told = ", ".join(role.value for role in Role if role in known)
        raise InvalidInputError(
            f"'{organization.code}' is of the kind {organization.kind.value}, which has no {role.value}; it has {told}."
        )


def _checked_name(text: str) -> str:
    name = text.strip()
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidInputError(f"The name has to be one line of up to {MAX_NAME_LENGTH} characters.")
    return name


def _record(session: Session, actor: Actor, user: User, action: str, *, before: Document | None, clock: Clock) -> None:
    session.flush()
    change = Change(action=action, record_type="user", record_id=str(user.id), before=before, after=_described(user))
    record(session, actor, [change], clock=clock)


def _described(user: User) -> Document:
    return {
        "email": user.email,
        "name": user.name,
        "is_disabled": user.is_disabled,
        "affiliations": sorted([str(row.organization_id), row.role.value] for row in user.affiliations),
    }
