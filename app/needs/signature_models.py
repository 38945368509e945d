"""The table of what the States that a need names beside its keeper's have said to filing it together."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, Word, one_of
from matching.vocabulary import Visibility


class Consent(StrEnum):
    """What a State has said to filing a need together."""

    NAMED = "named"  # it was not asked: whoever entered the need names it
    ASKED = "asked"
    SIGNED = "signed"
    OUTDATED = "outdated"  # it signed what the need said before
    DECLINED = "declined"
    LEFT = "left"


TOLD_FROM_NEED: Final = frozenset({Consent.NAMED, Consent.OUTDATED})
"""What is told from the need as it is; never stored."""
TAKES_PART: Final = frozenset({Consent.ASKED, Consent.SIGNED})
"""What a State has said, as stored, while its people see the need."""


class NeedSignature(Base):
    """What one State was asked and has answered; which one stands in the open, what it signed is sealed."""

    __tablename__ = "need_signatures"
    __table_args__ = (
        one_of("consent", [word for word in Consent if word not in TOLD_FROM_NEED]),
        one_of("visibility", Visibility),
        CheckConstraint("visibility <> 'private'", name="is_shown"),
        CheckConstraint(
            "(consent = 'signed') = (visibility IS NOT NULL) AND (consent <> 'signed' OR content IS NOT NULL)",
            name="signed_is_whole",
        ),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    state_code: Mapped[str] = mapped_column(ForeignKey("states.code"), primary_key=True, index=True)
    consent: Mapped[Consent] = mapped_column(Word(Consent))
    # The widest circle to which the State agrees that the need is shown.
    visibility: Mapped[Visibility | None] = mapped_column(Word(Visibility))
    # Sealed: what the State signed, and why it declined or left.
    content: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[UUID | None]
