"""Factories of people and their tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.addresses import email_key
from app.accounts.identity_models import Identity
from app.accounts.key_models import CHALLENGE_LENGTH, SecurityKey, SecurityKeyChallenge
from app.accounts.models import (
    ApiToken,
    IdempotencyKey,
    KnownBrowser,
    LinkPurpose,
    LoginFailure,
    LoginSession,
    RecoveryCode,
    SingleUseLink,
    User,
    UserAffiliation,
)
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


def create_login(session: Session, user: User | None = None, **columns: Any) -> str:
    """Return the cookie of a browser in which a person logged in a minute ago, the second factor shown; it is known."""
    user = user or create_user(session)
    secret, now = new_token(), datetime.now(UTC)
    ordinary = {
        "browser": "A browser",
        "created_at": now - timedelta(minutes=1),
        "seen_at": now - timedelta(minutes=1),
        "expires_at": now + timedelta(days=1),
        "second_factor_at": now - timedelta(minutes=1),
    }
    store(session, LoginSession(user_id=user.id, token_hash=token_hash(secret), **filled(columns, **ordinary)))
    store(session, KnownBrowser(user_id=user.id, token_hash=token_hash(new_token()), created_at=now))
    return secret


def create_link(session: Session, user: User | None = None, **columns: Any) -> str:
    """Return the secret of an invitation that is good for a day."""
    user = user or create_user(session)
    secret, now = new_token(), datetime.now(UTC)
    ordinary = {
        "purpose": LinkPurpose.INVITATION,
        "created_at": now - timedelta(days=3),
        "expires_at": now + timedelta(days=1),
    }
    store(session, SingleUseLink(user_id=user.id, token_hash=token_hash(secret), **filled(columns, **ordinary)))
    return secret


def create_recovery_code(session: Session, user: User) -> RecoveryCode:
    """Return a recovery code that nobody knows."""
    return store(session, RecoveryCode(user_id=user.id, code_hash=token_hash(new_token())))


def create_security_key(session: Session, user: User, **columns: Any) -> SecurityKey:
    """Return a security key that nobody has."""
    ordinary = {
        "name": "A key",
        "host": "localhost",
        "credential_id": f"key-{next_number()}",
        "public_key": b"a public key",
        "sign_count": 0,
        "transports": ["usb"],
        "created_at": AN_INSTANT,
    }
    return store(session, SecurityKey(user_id=user.id, **filled(columns, **ordinary)))


def create_security_key_challenge(session: Session) -> SecurityKeyChallenge:
    """Return a challenge that nobody waits for any more."""
    challenge = "c" * CHALLENGE_LENGTH
    return store(
        session, SecurityKeyChallenge(challenge=challenge, held_by=token_hash(new_token()), expires_at=AN_INSTANT)
    )


def create_login_failure(session: Session) -> LoginFailure:
    """Return a failure to log in."""
    return store(session, LoginFailure(counted_under=token_hash(new_token()), failed_at=AN_INSTANT))


def create_idempotency_key(session: Session, user: User) -> IdempotencyKey:
    """Return the key of a request that made nothing."""
    return store(session, IdempotencyKey(user_id=user.id, key="a-key", request_sha256="0" * 64, created_at=AN_INSTANT))


def create_identity(session: Session, user: User, **columns: Any) -> Identity:
    """Return who the person is at a provider."""
    number = next_number()
    ordinary = {
        "issuer": "https://login.example.org",
        "subject": f"subject-{number}",
        "label": f"somebody-{number}",
        "created_at": AN_INSTANT,
    }
    return store(session, Identity(user_id=user.id, **filled(columns, **ordinary)))
