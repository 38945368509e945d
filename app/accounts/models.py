"""Tables of people, of what they are in which organization, and of the tokens that act for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.actor import Affiliation, Role, Scope
from app.db import SHA256_HEX_LENGTH, Base, Instant, Word, in_range, one_of
from app.organizations.models import Organization

MAX_EMAIL_LENGTH: Final = 254  # RFC 5321
MAX_NAME_LENGTH: Final = 200
MAX_TOKEN_NAME_LENGTH: Final = 100


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
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    affiliations: Mapped[list[UserAffiliation]] = relationship(
        back_populates="user", lazy="raise", cascade="all, delete-orphan", order_by="UserAffiliation.created_at"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @property
    def values(self) -> frozenset[Affiliation]:
        """What the person is in which organization, as the policy sees it."""
        return frozenset(Affiliation(organization_id=row.organization_id, role=row.role) for row in self.affiliations)


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
