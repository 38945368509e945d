"""Table of who people are at the OpenID provider."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, Instant
from app.openid_settings import MAX_ISSUER_LENGTH

MAX_SUBJECT_LENGTH: Final = 255  # OpenID Connect Core 1.0, 2
MAX_LABEL_LENGTH: Final = 200


class Identity(Base):
    """Who a person is at a provider: with it they log in to their account. It belongs to one account."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(MAX_ISSUER_LENGTH))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT_LENGTH))
    # What the provider called the person when it was linked, for the list; nobody is ever found by it.
    label: Mapped[str] = mapped_column(String(MAX_LABEL_LENGTH))
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    user: Mapped[User] = relationship(lazy="raise")
