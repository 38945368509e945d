"""Factories of people and their tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.addresses import email_key
from app.accounts.models import ApiToken, User, UserAffiliation
from app.accounts.secrets import new_token, token_hash
from app.actor import Actor, Role, Scope
from app.organizations.models import Organization, OrganizationKind
from tests.factories.organizations import create_organization
from tests.factories.storing import AN_INSTANT, filled, next_number, store

KIND_BY_ROLE = {
    Role.RECIPIENT: OrganizationKind.STATE,
    Role.CONTRIBUTOR: OrganizationKind.STATE,
    Role.PROVIDER: OrganizationKind.PROVIDER,
}


def create_user(
    session: Session, role: str = "recipient", *, organization: Organization | None = None, **columns: Any
) -> User:
    """Return a person with one role in an organization of the kind that has it."""
    number = next_number()
    if organization is None:
        kind = KIND_BY_ROLE.get(Role(role), OrganizationKind.SECRETARIAT)
        organization = create_organization(session, f"{kind.value}-{number}", kind=kind)
    email = columns.pop("email", f"{role}-{number}@example.org")
    ordinary = {"email": email, "email_key": email_key(email), "created_at": AN_INSTANT, "updated_at": AN_INSTANT}
    user = User(**filled(columns, **ordinary))
    user.affiliations = [
        UserAffiliation(id=uuid4(), organization_id=organization.id, role=Role(role), created_at=AN_INSTANT)
    ]
    return store(session, user)


def create_api_token(session: Session, user: User | None = None, **columns: Any) -> str:
    """Return a token to write, which is good for a day; only its hash is stored."""
    user = user or create_user(session)
    secret, now = new_token(), datetime.now(UTC)
    ordinary = {
        "name": "A program",
        "scope": Scope.WRITE,
        "created_at": now - timedelta(days=30),
        "expires_at": now + timedelta(days=1),
    }
    store(session, ApiToken(user_id=user.id, token_hash=token_hash(secret), **filled(columns, **ordinary)))
    return secret


def actor_of(user: User) -> Actor:
    """Return the person as somebody who acts."""
    return Actor(user_id=user.id, affiliations=user.values)
