"""Giving people a place in an organization and taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access.policy import givers_of, may, may_give, require
from app.access.vocabulary import Permission
from app.accounts.addresses import email_key, normal_email
from app.accounts.models import MAX_NAME_LENGTH, LoginSession, SingleUseLink, User, UserAffiliation
from app.actor import Actor, Role
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import ConflictError, ForbiddenError, InvalidFieldError, NotFoundError
from app.likeness import is_plain_line
from app.organizations.models import Organization, OrganizationKind
from app.organizations.services import get_by_code
from matching.sentences import N_, Sentence

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


class LastOfRoleError(ConflictError):
    """Nobody would be left in the organization who could give the role again."""

    code = "last_of_role"


def add_user(session: Session, actor: Actor, new: NewUser, *, clock: Clock = now_utc) -> AddedUser:
    """Give a person a role in an organization, and an account where they have none; what is there already stays.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may not invite people there, or not to that role, or not a person who is more elsewhere.
    InvalidFieldError
        When the address or the name cannot be used, or an organization of that kind has no such role.
    """
    organization = get_by_code(session, new.organization_code)
    require(actor, Permission.USER_INVITE, owner_id=organization.id)
    if not may_give(actor, new.role, organization_id=organization.id):
        message = N_("You may not make somebody %(role)s of this organization; ask an administrator.")
        raise ForbiddenError(Sentence(message=message, values={"role": new.role.value}))
    _check_role(organization, new.role)
    email, name = normal_email(new.email), _checked_name(new.name)
    user = find_by_email(session, email)
    is_new = user is None
    if user is not None and not may_let_in(actor, user):
        # Nobody draws a person from another organization into their own, nor learns more of them than this.
        raise ForbiddenError(Sentence(message=N_("You may not give this person a role; ask an administrator.")))
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
        _end_access(session, user.id)
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
    LastOfRoleError
        When nobody would be left in the organization who could give it again.
    """
    user = get_user(session, user_id)
    row = next((row for row in user.affiliations if row.id == affiliation_id), None)
    if row is None:
        raise NotFoundError("The person has no such role.")
    require(actor, Permission.USER_INVITE, owner_id=row.organization_id)
    if not may_give(actor, row.role, organization_id=row.organization_id):
        raise ForbiddenError(Sentence(message=N_("You may not take this role away; ask an administrator.")))
    before = _described(user)
    user.affiliations.remove(row)
    user.updated_at = clock()
    _end_access(session, user.id)
    _record(session, actor, user, "user.disaffiliated", before=before, clock=clock)
    # Last, when nobody else writes before this is done: two who take away each other's role do not both succeed.
    _require_heir(session, actor, row)
    return user


def set_disabled(session: Session, actor: Actor, user_id: UUID, *, is_disabled: bool, clock: Clock = now_utc) -> User:
    """Shut a person out, or let them in again; it counts at their next request.

    Raises
    ------
    NotFoundError
        When there is no such person.
    ConflictError
        When it is so already.
    ForbiddenError
        When the actor may not do this, or it is the actor: the last administrator would be gone.
    """
    require(actor, Permission.USER_DISABLE)
    user = get_user(session, user_id)
    if user.id == actor.user_id:
        raise ForbiddenError(Sentence(message=N_("Nobody shuts themselves out; ask another administrator.")))
    if user.is_disabled is is_disabled:
        disabled, enabled = (
            N_("The account of %(email)s is disabled already."),
            N_("The account of %(email)s is enabled already."),
        )
        raise ConflictError(Sentence(message=disabled if is_disabled else enabled, values={"email": user.email}))
    before = _described(user)
    user.is_disabled, user.updated_at = is_disabled, clock()
    _end_access(session, user.id)
    _record(session, actor, user, "user.disabled" if is_disabled else "user.enabled", before=before, clock=clock)
    return user


def may_let_in(actor: Actor, user: User) -> bool:
    """Return whether the actor could have invited the person to all that they are.

    A link to a new password gives no less than that, in every organization of the person.
    """
    return may(actor, Permission.USER_INVITE) or (
        bool(user.affiliations)
        and all(may_give(actor, row.role, organization_id=row.organization_id) for row in user.affiliations)
    )


def roles_to_give(actor: Actor, organization: Organization) -> tuple[Role, ...]:
    """Return the roles in the organization that the actor may give and take away."""
    known = ROLES_BY_KIND[organization.kind]
    return tuple(role for role in Role if role in known and may_give(actor, role, organization_id=organization.id))


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


def _end_access(session: Session, user_id: UUID) -> None:
    """End all sessions of a person and the links that are open: they were given out for what the person was before."""
    end_sessions(session, user_id)
    session.execute(delete(SingleUseLink).where(SingleUseLink.user_id == user_id, SingleUseLink.used_at.is_(None)))


def _require_heir(session: Session, actor: Actor, gone: UserAffiliation) -> None:
    is_given_from_above = may(actor, Permission.USER_INVITE) and gone.role is not Role.ADMINISTRATOR
    if actor.is_system or is_given_from_above:
        return
    heirs = exists().where(
        UserAffiliation.organization_id == gone.organization_id,
        UserAffiliation.role.in_(givers_of(gone.role)),
        UserAffiliation.user_id == User.id,
        User.is_disabled.is_(False),
        # Whoever was only invited may never come.
        or_(User.password_hash.is_not(None), User.id == actor.user_id),
    )
    if not session.scalar(select(heirs)):
        message = N_(
            "Nobody would be left who could give this role again. Let somebody else take it over first, "
            "or ask an administrator."
        )
        raise LastOfRoleError(Sentence(message=message))


def note_happening(session: Session, actor: Actor, action: str, record_id: str, *, clock: Clock = now_utc) -> None:
    """Leave an event about a person that changes nothing of what others see of them."""
    session.flush()
    change = Change(action=action, record_type="user", record_id=record_id, before=None, after=None)
    record(session, actor, [change], clock=clock)


def _check_role(organization: Organization, role: Role) -> None:
    known = ROLES_BY_KIND[organization.kind]
    if role not in known:
        values = {
            "code": organization.code,
            "kind": organization.kind.value,
            "role": role.value,
            "roles": ", ".join(role.value for role in Role if role in known),
        }
        message = N_("'%(code)s' is of the kind %(kind)s, which has no %(role)s; it has %(roles)s.")
        raise InvalidFieldError("role", Sentence(message=message, values=values))


def _checked_name(text: str) -> str:
    name = text.strip()
    if len(name) > MAX_NAME_LENGTH or not is_plain_line(name):
        message = N_("The name has to be one line of up to %(most)s characters, all of which can be seen.")
        raise InvalidFieldError("name", Sentence(message=message, values={"most": MAX_NAME_LENGTH}))
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
