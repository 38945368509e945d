"""Tables of people, of what they are in which organization, and of the tokens that act for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.access.policy import SECOND_FACTOR_ROLES
from app.accounts.key_models import SecurityKey
from app.actor import Affiliation, Role, Scope
from app.db import MAX_IDEMPOTENCY_KEY_LENGTH, SHA256_HEX_LENGTH, Base, Instant, Word, in_range, one_of
from app.organizations.models import Organization

MAX_EMAIL_LENGTH: Final = 254  # RFC 5321
MAX_NAME_LENGTH: Final = 200
MAX_TOKEN_NAME_LENGTH: Final = 100
MAX_PASSWORD_HASH_LENGTH: Final = 200
MAX_SEALED_LENGTH: Final = 300
MAX_BROWSER_LENGTH: Final = 100


class LinkPurpose(StrEnum):
    """What a link that works once is for."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 – a word, not a secret


class Standing(StrEnum):
    """How far somebody has come with their account."""

    ACTIVE = "active"  # has chosen a password
    INVITED = "invited"  # has not, and has a link for it that works
    UNINVITED = "uninvited"  # has not, and has none
    DISABLED = "disabled"


class User(Base):
    """A person with an account."""

    __tablename__ = "users"
    __table_args__ = (in_range("version", 1),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(MAX_EMAIL_LENGTH))
    # The address as it is compared: nobody has two accounts that differ in case alone.
    email_key: Mapped[str] = mapped_column(String(MAX_EMAIL_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH), default="")
    is_disabled: Mapped[bool] = mapped_column(default=False)
    # Argon2id with its parameters; absent until the person has chosen one.
    password_hash: Mapped[str | None] = mapped_column(String(MAX_PASSWORD_HASH_LENGTH))
    # Sealed; in force once a code of it was shown.
    totp_secret: Mapped[str | None] = mapped_column(String(MAX_SEALED_LENGTH))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    # The time step of the last code that was accepted: none is accepted twice.
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    # Read with every person, since what they may do hangs on it.
    has_security_key: Mapped[bool] = column_property(
        select(SecurityKey.id)
        .where(SecurityKey.user_id == id)  # noqa: A003 – the column above, as SQLAlchemy documents it
        .correlate_except(SecurityKey)
        .exists()
    )

    affiliations: Mapped[list[UserAffiliation]] = relationship(
        back_populates="user", lazy="raise", cascade="all, delete-orphan", order_by="UserAffiliation.created_at"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @property
    def values(self) -> frozenset[Affiliation]:
        """What the person is in which organization, as the policy sees it."""
        return frozenset(Affiliation(organization_id=row.organization_id, role=row.role) for row in self.affiliations)

    @property
    def has_authenticator_app(self) -> bool:
        """Whether the codes of an app are in force."""
        return self.totp_confirmed_at is not None

    @property
    def has_second_factor(self) -> bool:
        """Whether logging in takes more than the password: a code of an app, or a security key."""
        return self.has_authenticator_app or self.has_security_key

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the person's roles says nothing without it."""
        return any(row.role in SECOND_FACTOR_ROLES for row in self.affiliations)


class UserAffiliation(Base):
    """A role that a person has in an organization."""

    __tablename__ = "user_affiliations"
    __table_args__ = (UniqueConstraint("user_id", "organization_id", "role"), one_of("role", Role))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    created_at: Mapped[datetime] = mapped_column(Instant)

    user: Mapped[User] = relationship(back_populates="affiliations", lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")


class ApiToken(Base):
    """What lets a program act for a person, within its scope, until it expires or is revoked; only its hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        one_of("scope", Scope),
        CheckConstraint("created_at < expires_at", name="instants_in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_TOKEN_NAME_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
    # To write includes to read.
    scope: Mapped[Scope] = mapped_column(Word(Scope))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="raise")


class LoginSession(Base):
    """A browser in which a person is logged in; only the hash of its cookie is kept."""

    __tablename__ = "login_sessions"
    __table_args__ = (CheckConstraint("created_at < expires_at", name="instants_in_order"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
    # What the browser says it is, for the person who looks through the list.
    browser: Mapped[str] = mapped_column(String(MAX_BROWSER_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    second_factor_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="raise")


class SingleUseLink(Base):
    """A link that lets a person choose a password, once and for a few days; only the hash of its token is kept."""

    __tablename__ = "single_use_links"
    __table_args__ = (
        one_of("purpose", LinkPurpose),
        CheckConstraint("created_at < expires_at", name="instants_in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Word(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="raise")


class RecoveryCode(Base):
    """What takes the place of a lost second factor, once; only its hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginFailure(Base):
    """An attempt to log in that failed, under what it is counted: the account or the address it came from, hashed."""

    __tablename__ = "login_failures"
    __table_args__ = (Index(None, "counted_under", "failed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    counted_under: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH))
    failed_at: Mapped[datetime] = mapped_column(Instant)


class KnownBrowser(Base):
    """A browser in which a person has logged in before: failures elsewhere do not shut it out."""

    __tablename__ = "known_browsers"

    token_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class IdempotencyKey(Base):
    """What came of a request that a program may send again: the record that it made."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(MAX_IDEMPOTENCY_KEY_LENGTH), primary_key=True)
    # HMAC-SHA256 of the operation and the body: the same key with another one is a mistake.
    request_sha256: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH))
    record_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
