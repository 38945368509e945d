"""Tables of States, their groups, and which State is in which group when."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import MAX_CODE_LENGTH, Base, BigIdentity, Document, Word, one_of


class GroupScheme(StrEnum):
    """What kind of group a code belongs to."""

    REGION = "region"
    UN_REGIONAL_GROUP = "un_regional_group"
    STATUS = "status"
    BLOC = "bloc"


class State(Base):
    """A Member State or observer of the United Nations, by its ISO 3166-1 alpha-3 code."""

    __tablename__ = "states"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    iso2: Mapped[str] = mapped_column(String(2))
    m49: Mapped[str] = mapped_column(String(3))
    name_en: Mapped[str] = mapped_column(String(200))
    name_fr: Mapped[str] = mapped_column(String(200))
    name_es: Mapped[str] = mapped_column(String(200))
    name_ru: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_ar: Mapped[str] = mapped_column(String(200))
    languages: Mapped[list[str]] = mapped_column(Document)
    is_un_member: Mapped[bool]

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="state",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="Membership.scheme, Membership.code, Membership.valid_from_on",
    )

    def name(self, language: str = "en") -> str:
        """Return the short name in one of the six languages, in English for any other."""
        return getattr(self, f"name_{language}", "") or self.name_en


class Group(Base):
    """An M49 region, a UN regional group, a status such as LDC, or a bloc; regions have a parent region."""

    __tablename__ = "groups"
    __table_args__ = (
        one_of("scheme", GroupScheme),
        ForeignKeyConstraint(["scheme", "parent_code"], ["groups.scheme", "groups.code"]),
    )

    scheme: Mapped[GroupScheme] = mapped_column(Word(GroupScheme), primary_key=True)
    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(MAX_CODE_LENGTH))
    kind: Mapped[str] = mapped_column(String(32), default="")
    title_en: Mapped[str] = mapped_column(String(200))
    title_fr: Mapped[str] = mapped_column(String(200), default="")
    title_es: Mapped[str] = mapped_column(String(200), default="")
    title_ru: Mapped[str] = mapped_column(String(200), default="")
    title_zh: Mapped[str] = mapped_column(String(200), default="")
    title_ar: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(500), default="")

    memberships: Mapped[list[Membership]] = relationship(back_populates="group", lazy="raise")

    def title(self, language: str = "en") -> str:
        """Return the title in one of the six languages, in English where there is none."""
        return getattr(self, f"title_{language}", "") or self.title_en


class Membership(Base):
    """A State in a group over a period; an absent end is open, both ends are included."""

    __tablename__ = "memberships"
    __table_args__ = (
        ForeignKeyConstraint(["scheme", "code"], ["groups.scheme", "groups.code"]),
        UniqueConstraint("state_code", "scheme", "code", "valid_from_on"),
        CheckConstraint("valid_from_on <= valid_until_on", name="period_in_order"),
        Index(None, "scheme", "code"),
    )

    id: Mapped[int] = mapped_column(BigIdentity, primary_key=True)
    state_code: Mapped[str] = mapped_column(ForeignKey("states.code"))
    scheme: Mapped[GroupScheme] = mapped_column(Word(GroupScheme))
    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH))
    valid_from_on: Mapped[date | None]
    valid_until_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(500), default="")

    state: Mapped[State] = relationship(back_populates="memberships", lazy="raise")
    group: Mapped[Group] = relationship(back_populates="memberships", lazy="raise")

    def holds_on(self, day: date) -> bool:
        """Return whether the membership is in force on a day; says the same as ``that_hold_on``."""
        has_begun = self.valid_from_on is None or self.valid_from_on <= day
        return has_begun and (self.valid_until_on is None or day <= self.valid_until_on)

    @classmethod
    def that_hold_on(cls, day: date) -> ColumnElement[bool]:
        """Return the condition that a membership is in force on a day; says the same as ``holds_on``."""
        return and_(
            or_(cls.valid_from_on.is_(None), cls.valid_from_on <= day),
            or_(cls.valid_until_on.is_(None), cls.valid_until_on >= day),
        )
