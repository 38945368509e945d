"""Reading people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, contains_eager, selectinload

from app.access.policy import Permission, keeps_for, may
from app.accounts.models import User, UserAffiliation
from app.actor import Actor, Scope
from app.organizations.models import Organization


def list_users(session: Session, actor: Actor) -> tuple[User, ...]:
    """Return the people whom the actor may see, by address, with what they are in which organization.

    The system sees everybody; others see the people of the organizations to which they may invite.
    """
    affiliations = selectinload(User.affiliations).joinedload(UserAffiliation.organization, innerjoin=True)
    statement = select(User).where(_is_seen_by(actor)).options(affiliations).order_by(User.email_key)
    return tuple(session.scalars(statement))


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


def _is_seen_by(actor: Actor) -> ColumnElement[bool]:
    if may(actor, Permission.USER_INVITE):
        return true()
    own = sorted(keeps_for(actor, Permission.USER_INVITE))
    return User.affiliations.any(UserAffiliation.organization_id.in_(own))
