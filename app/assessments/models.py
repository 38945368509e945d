"""Tables of questionnaires, of the assessments that States make with them, and of their answers."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Word, in_range, one_of
from app.organizations.models import Organization
from matching.vocabulary import Visibility

MAX_RELEASE_LENGTH: Final = 16
MAX_ITEM_LENGTH: Final = 32


class AssessmentState(StrEnum):
    """Where an assessment is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class QuestionnaireRelease(Base):
    """One release of the questionnaire, as one JSON document; see ``app.assessments.questionnaires``."""

    __tablename__ = "questionnaires"

    release: Mapped[str] = mapped_column(String(MAX_RELEASE_LENGTH), primary_key=True)
    adopted_on: Mapped[date | None]
    review_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[str] = mapped_column(Text)


class Assessment(Base):
    """What a State says of its own capacity at one time."""

    __tablename__ = "assessments"
    __table_args__ = (one_of("state", AssessmentState), in_range("version", 1))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    release: Mapped[str] = mapped_column(ForeignKey("questionnaires.release"))
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("assessments.id"))
    state: Mapped[AssessmentState] = mapped_column(Word(AssessmentState), default=AssessmentState.DRAFT)
    as_of_on: Mapped[date]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)

    organization: Mapped[Organization] = relationship(lazy="raise")
    questionnaire: Mapped[QuestionnaireRelease] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict


class AssessmentShare(Base):
    """That a State shows a part of an assessment to a circle, until a day or until it takes that back."""

    __tablename__ = "assessment_shares"
    __table_args__ = (
        one_of("visibility", Visibility),
        # What is shown to nobody needs no share.
        CheckConstraint("visibility <> 'private'", name="is_shown"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"), index=True)
    # What ``Questionnaire.items_within`` takes.
    scope: Mapped[str] = mapped_column(String(MAX_ITEM_LENGTH))
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility))
    until_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Answer(Base):
    """What an assessment says of one item, sealed and bound to this row; see ``app.assessments.answers``."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("assessment_id", "item"), in_range("version", 1))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(MAX_ITEM_LENGTH))
    content: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(Instant)
    # Whose words they are; the name of somebody who left is gone from the page, not the answer.
    updated_by: Mapped[UUID | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – as above
