"""Tables of the assessments that States let be counted, and of the releases of statistics that are made of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.assessments.disclosure import MIN_STATES
from app.assessments.models import MAX_ITEM_LENGTH
from app.assessments.questionnaires import HIGHEST_STAGE, LOWEST_STAGE
from app.db import MAX_CODE_LENGTH, Base, Instant, Word, in_range, one_of
from app.states.models import Group, GroupScheme


class CountedAssessment(Base):
    """That a State lets an assessment be counted. A table of its own: nothing of the assessment that others see changes."""

    __tablename__ = "counted_assessments"

    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[UUID | None]


class StatisticsRelease(Base):
    """All statistics as they were on one day; the newest release is the one in force."""

    __tablename__ = "statistics_releases"
    __table_args__ = (UniqueConstraint("made_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    made_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(Instant)


class Statistic(Base):
    """One area over one group of States: quartiles, or nothing where none are shown; who said what of it is sealed."""

    __tablename__ = "statistics"
    __table_args__ = (
        UniqueConstraint("release_id", "group_code", "area"),
        ForeignKeyConstraint(["scheme", "group_code"], ["groups.scheme", "groups.code"]),
        one_of("scheme", GroupScheme),
        in_range("n_states", MIN_STATES),
        in_range("lower_quartile", LOWEST_STAGE, HIGHEST_STAGE),
        in_range("median", LOWEST_STAGE, HIGHEST_STAGE),
        in_range("upper_quartile", LOWEST_STAGE, HIGHEST_STAGE),
        CheckConstraint("lower_quartile <= median AND median <= upper_quartile", name="quartiles_in_order"),
        CheckConstraint(
            "(as_of_on IS NULL) = (n_states IS NULL) AND (as_of_on IS NULL) = (lower_quartile IS NULL) "
            "AND (as_of_on IS NULL) = (median IS NULL) AND (as_of_on IS NULL) = (upper_quartile IS NULL)",
            name="shown_as_a_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    release_id: Mapped[UUID] = mapped_column(ForeignKey("statistics_releases.id", ondelete="CASCADE"))
    scheme: Mapped[GroupScheme] = mapped_column(Word(GroupScheme))
    group_code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH))
    area: Mapped[str] = mapped_column(String(MAX_ITEM_LENGTH))
    # The day on which the figures were made, which may be that of an earlier release; absent where none are shown.
    as_of_on: Mapped[date | None]
    n_states: Mapped[int | None]
    lower_quartile: Mapped[int | None]
    median: Mapped[int | None]
    upper_quartile: Mapped[int | None]
    # Sealed: the State and its stage, of each that counted when this was decided.
    content: Mapped[str] = mapped_column(Text)

    group: Mapped[Group] = relationship(lazy="raise", viewonly=True)
