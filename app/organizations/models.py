"""The table of organizations."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import MAX_CODE_LENGTH, Base, Instant, Word, in_range, one_of
from app.states.models import State


class OrganizationKind(StrEnum):
    """What an organization is to Tandem."""

    STATE = "state"
    PROVIDER = "provider"
    REGIONAL = "regional"
    SECRETARIAT = "secretariat"


class Organization(Base):
    """A State's authority, a provider, a regional organization or the secretariat."""

    __tablename__ = "organizations"
    __table_args__ = (one_of("kind", OrganizationKind), in_range("version", 1))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[OrganizationKind] = mapped_column(Word(OrganizationKind))
    state_code: Mapped[str | None] = mapped_column(ForeignKey("states.code"), index=True)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    state: Mapped[State | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict
