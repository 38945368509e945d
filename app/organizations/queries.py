"""Reading organizations: one, a page, all; only those of which the actor may know."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.access.policy import keeps_for, may
from app.access.visibility import is_known_by_records
from app.access.vocabulary import Permission
from app.actor import Actor
from app.errors import NotFoundError
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page


def get_organization(session: Session, actor: Actor, code_or_id: str) -> Organization:
    """Return the organization of that code, in any case, or that id, with its State.

    Raises
    ------
    NotFoundError
        When there is none of which the actor may know.
    """
    found = session.scalars(
        select(Organization).where(_is_called(code_or_id), _is_seen_by(actor)).options(joinedload(Organization.state))
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such organization.")
    return found


def list_page(session: Session, actor: Actor, page: PageRequest) -> Page[Organization]:
    """Return a page of organizations by code, each with its State."""
    statement = select(Organization).where(_is_seen_by(actor)).options(joinedload(Organization.state))
    return read_page(session, statement, page, order_by=[Organization.code])


def list_organizations(session: Session, actor: Actor) -> tuple[Organization, ...]:
    """Return all organizations of which the actor may know, by code."""
    return tuple(session.scalars(select(Organization).where(_is_seen_by(actor)).order_by(Organization.code)))


def list_kept_for(session: Session, actor: Actor, permission: Permission) -> tuple[Organization, ...]:
    """Return the organizations for whose own records the actor has the permission, by code."""
    statement = select(Organization).where(Organization.id.in_(sorted(keeps_for(actor, permission))))
    return tuple(session.scalars(statement.order_by(Organization.code)))


def count(session: Session, actor: Actor) -> int:
    """Return how many organizations there are."""
    return session.scalar(select(func.count(Organization.id)).where(_is_seen_by(actor))) or 0


def _is_seen_by(actor: Actor) -> ColumnElement[bool]:
    if may(actor, Permission.ORGANIZATION_READ):
        return true()
    own = sorted(keeps_for(actor, Permission.ORGANIZATION_READ))
    return or_(Organization.id.in_(own), is_known_by_records(actor, Organization.__table__.c.id))


def _is_called(code_or_id: str) -> ColumnElement[bool]:
    try:
        # No code looks like an id.
        return Organization.id == UUID(code_or_id)
    except ValueError:
        return func.lower(Organization.code) == code_or_id.lower()
