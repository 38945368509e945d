"""The factory of organizations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.organizations.models import Organization, OrganizationKind
from tests.factories.storing import AN_INSTANT, filled, store


def create_organization(session: Session, code: str = "cert-xaa", **columns: Any) -> Organization:
    """Return the organization of that code, stored at the first call."""
    existing = session.scalars(select(Organization).where(Organization.code == code)).one_or_none()
    if existing is not None:
        return existing
    ordinary = {
        "name": f"Organization {code}",
        "kind": OrganizationKind.SECRETARIAT,
        "created_at": AN_INSTANT,
        "updated_at": AN_INSTANT,
    }
    return store(session, Organization(code=code, **filled(columns, **ordinary)))
