"""Tables of offers: one row an offer, and one table for each list that an offer holds."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.policy import Permission
from app.areas.models import Area
from app.db import MAX_CODE_LENGTH, Amount, Base, Instant, Word, has_currency, in_range, is_amount, one_of
from app.organizations.lives import Living, life_constraints
from app.organizations.models import Organization
from matching.vocabulary import Basis, Mode, Visibility

MAX_KIND_LENGTH: Final = 64


class Offer(Living, Base):
    """What one provider offers, to whom, and how many needs it can serve."""

    READ_PERMISSION: ClassVar = Permission.OFFER_READ
    LAST_DAY: ClassVar = "available_until_on"

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        in_range("capacity", 0),
        in_range("version", 1),
        is_amount("budget"),
        has_currency("budget"),
        CheckConstraint("available_from_on <= available_until_on", name="window_in_order"),
        one_of("visibility", Visibility),
        one_of("areas_basis", Basis),
        one_of("modes_basis", Basis),
        *life_constraints(),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    external_id: Mapped[str] = mapped_column(String(200), index=True)
    provider: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int] = mapped_column(default=1)
    available_from_on: Mapped[date | None]
    available_until_on: Mapped[date | None]
    budget: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str | None] = mapped_column(String(3))
    funder: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), default=Visibility.SECRETARIAT, index=True)
    areas_basis: Mapped[Basis] = mapped_column(Word(Basis), default=Basis.STATED)
    modes_basis: Mapped[Basis] = mapped_column(Word(Basis), default=Basis.STATED)
    source_url: Mapped[str] = mapped_column(Text, default="")
    # What the source calls it: a project, a course, a fund.
    kind: Mapped[str] = mapped_column(String(MAX_KIND_LENGTH), default="")
    # Why the secretariat sent the draft back.
    review_note: Mapped[str] = mapped_column(Text, default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    organization: Mapped[Organization] = relationship(lazy="raise")
    # An offer is read whole: each list costs one query for all the offers of a page.
    areas: Mapped[list[OfferArea]] = relationship(
        back_populates="offer",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="OfferArea.position",
    )
    modes: Mapped[list[OfferMode]] = relationship(
        back_populates="offer",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="OfferMode.position",
    )
    languages: Mapped[list[OfferLanguage]] = relationship(
        back_populates="offer",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="OfferLanguage.position",
    )
    eligibilities: Mapped[list[OfferEligibility]] = relationship(
        back_populates="offer",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="OfferEligibility.position",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @property
    def area_codes(self) -> tuple[str, ...]:
        """The areas, the most important first."""
        return tuple(row.area_code for row in self.areas)

    @property
    def mode_codes(self) -> tuple[Mode, ...]:
        """The modes of support, as stated."""
        return tuple(row.mode for row in self.modes)

    @property
    def language_codes(self) -> tuple[str, ...]:
        """The languages, as stated."""
        return tuple(row.language for row in self.languages)

    @property
    def eligible(self) -> tuple[str, ...]:
        """Who may have it: codes of States and groups, or ``*`` for every State."""
        return tuple(row.token for row in self.eligibilities)


class OfferArea(Base):
    """An area of an offer; position 0 is the most important."""

    __tablename__ = "offer_areas"
    __table_args__ = (in_range("position", 0),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True, index=True)
    position: Mapped[int]

    offer: Mapped[Offer] = relationship(back_populates="areas", lazy="raise")
    area: Mapped[Area] = relationship(lazy="raise")


class OfferMode(Base):
    """A mode of support that an offer gives."""

    __tablename__ = "offer_modes"
    __table_args__ = (one_of("mode", Mode), in_range("position", 0))

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode), primary_key=True, index=True)
    position: Mapped[int]

    offer: Mapped[Offer] = relationship(back_populates="modes", lazy="raise")


class OfferLanguage(Base):
    """A language in which an offer is given."""

    __tablename__ = "offer_languages"
    __table_args__ = (in_range("position", 0),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True, index=True)
    position: Mapped[int]

    offer: Mapped[Offer] = relationship(back_populates="languages", lazy="raise")


class OfferEligibility(Base):
    """A State or group that an offer is open to: a code of ``states`` or ``groups``, or ``*``."""

    __tablename__ = "offer_eligibilities"
    __table_args__ = (in_range("position", 0),)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True, index=True)
    position: Mapped[int]

    offer: Mapped[Offer] = relationship(back_populates="eligibilities", lazy="raise")
