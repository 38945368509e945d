"""The table of audit events: append-only, each chained to the one before by hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import SHA256_HEX_LENGTH, Base, Instant


class AuditEvent(Base):
    """One change of one record. Two events cannot follow the same one, so the chain cannot fork."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "record_type", "record_id"), Index(None, "occurred_at", "id"))

    # Without gaps: the writer counts, one at a time.
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    occurred_at: Mapped[datetime] = mapped_column(Instant)
    # A user id, "system" or "public".
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    record_type: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[str] = mapped_column(String(200))
    before_hash: Mapped[str | None] = mapped_column(String(SHA256_HEX_LENGTH))
    after_hash: Mapped[str | None] = mapped_column(String(SHA256_HEX_LENGTH))
    request_id: Mapped[str | None] = mapped_column(String(64))
    # Of the key with which the hash was made; absent where there was none, and the hash is a plain one.
    key_name: Mapped[str | None] = mapped_column(String(32))
    previous_hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
    hash: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), unique=True)
