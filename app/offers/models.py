"""Tables of offers: one row an offer, one table for each list that an offer holds, and its labels with the principles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.vocabulary import Permission
from app.areas.models import Area
from app.db import MAX_CODE_LENGTH, Amount, Base, Instant, Word, has_currency, in_range, is_amount, one_of
from app.organizations.lives import Living, life_constraints
from app.organizations.models import Organization
from matching.vocabulary import Basis, Mode, Visibility

MAX_KIND_LENGTH: Final = 64
MAX_HOW_LENGTH: Final = 500  # characters
IS_IN_FORCE: Final = text("ended_at IS NULL")


class Section(StrEnum):
    """What a principle of capacity-building is about."""

    PROCESS = "process"
    PARTNERSHIPS = "partnerships"
    PEOPLE = "people"


class LabelState(StrEnum):
    """Whether an offer has a label, by which lists are narrowed."""

    IN_FORCE = "in_force"  # whether the offer changed since or not
    CHANGED = "changed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelInForce:
    """The label that an offer has: why it was granted, when, and whether the offer is another one by now."""

    id: UUID
    reason: str
    granted_at: datetime
    has_changed: bool

    @property
    def granted_on(self) -> date:
        """The day on which it was granted, or last confirmed."""
        return self.granted_at.astimezone(UTC).date()

    @property
    def state(self) -> LabelState:
        """Whether the offer is still what it was granted for."""
        return LabelState.CHANGED if self.has_changed else LabelState.IN_FORCE


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
    # Counts the changes of what a label is granted for; whom it is shown to and when it was confirmed are none.
    contents_revision: Mapped[int] = mapped_column(default=1, server_default="1")
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
    checklist: Mapped[list[OfferPrinciple]] = relationship(
        back_populates="offer",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="OfferPrinciple.principle_code",
    )
    label_in_force: Mapped[OfferLabel | None] = relationship(
        primaryjoin="and_(Offer.id == OfferLabel.offer_id, OfferLabel.ended_at.is_(None))",
        lazy="selectin",
        viewonly=True,
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

    @property
    def label(self) -> LabelInForce | None:
        """The label that is in force; none where the secretariat has granted none, or has withdrawn it."""
        row = self.label_in_force
        if row is None:
            return None
        has_changed = row.contents_revision != self.contents_revision
        return LabelInForce(id=row.id, reason=row.reason, granted_at=row.granted_at, has_changed=has_changed)


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


class Principle(Base):
    """One of the ten principles of capacity-building on which States agreed; ``evidence`` says how it was established."""

    __tablename__ = "principles"
    __table_args__ = (one_of("section", Section), in_range("position", 0))

    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True)
    section: Mapped[Section] = mapped_column(Word(Section))
    position: Mapped[int]
    title_en: Mapped[str] = mapped_column(String(200))
    sentence_en: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(String(32))


class OfferPrinciple(Base):
    """What the provider says of a principle: whether the offer meets it, and how; a principle without a row is left open."""

    __tablename__ = "offer_principles"

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    principle_code: Mapped[str] = mapped_column(ForeignKey("principles.code"), primary_key=True)
    is_met: Mapped[bool]
    how: Mapped[str] = mapped_column(String(MAX_HOW_LENGTH), default="")

    offer: Mapped[Offer] = relationship(back_populates="checklist", lazy="raise")


class OfferLabel(Base):
    """One label, from the grant to its end: withdrawn, with the reason, or confirmed anew by the next one.

    Nothing of a row changes but that it ends.
    """

    __tablename__ = "offer_labels"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint(
            "withdrawal_reason IS NULL OR (ended_at IS NOT NULL AND withdrawal_reason <> '')", name="withdrawn_is_over"
        ),
        Index(
            "uq_offer_labels_in_force",
            "offer_id",
            unique=True,
            sqlite_where=IS_IN_FORCE,
            postgresql_where=IS_IN_FORCE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), index=True)
    # Which contents of the offer it was granted for.
    contents_revision: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime] = mapped_column(Instant)
    granted_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[UUID | None]
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
