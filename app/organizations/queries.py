"""Reading organizations."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import Actor
from app.organizations.models import Organization


def list_organizations(session: Session, actor: Actor) -> tuple[Organization, ...]:
    """Return all organizations by code."""
    return tuple(session.scalars(select(Organization).order_by(Organization.code)))
