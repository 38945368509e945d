"""Tables of needs: one row a need, and one table for each list that a need holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, Text, UniqueConstraint, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.access.vocabulary import Permission
from app.areas.models import Area
from app.db import Amount, Base, Instant, Word, has_currency, in_range, is_amount, one_of
from app.needs.signature_models import TAKES_PART, NeedSignature
from app.organizations.lives import HOLDS_PLACE, Living, Status, life_constraints
from app.organizations.models import Organization, OrganizationKind
from app.states.models import State
from matching.vocabulary import Basis, Mode, Visibility

MAX_STATED_ON_LENGTH: Final = 32
_SHOWN_EXCLUSIONS: Final = "shown_exclusions"
_SHOWN_REVIEW: Final = "shown_review"


class Need(Living, Base):
    """What one State, or several jointly, ask for in one subject."""

    READ_PERMISSION: ClassVar = Permission.NEED_READ
    LAST_DAY: ClassVar = "latest_on"

    __tablename__ = "needs"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        in_range("priority", 1, 5),
        in_range("gap", 0, 5),
        in_range("version", 1),
        is_amount("budget"),
        has_currency("budget"),
        CheckConstraint("earliest_on <= latest_on", name="window_in_order"),
        # What a private need says is in its secret, and nowhere else.
        CheckConstraint("visibility <> 'private' OR (title = '' AND description = '')", name="private_is_sealed"),
        one_of("visibility", Visibility),
        one_of("areas_basis", Basis),
        one_of("modes_basis", Basis),
        *life_constraints(),
        CheckConstraint("matched_offer_id IS NULL OR status IN ('matched', 'fulfilled')", name="offer_is_of_match"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    external_id: Mapped[str] = mapped_column(String(200), index=True)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[int] = mapped_column(default=3)
    gap: Mapped[int | None]
    earliest_on: Mapped[date | None]
    latest_on: Mapped[date | None]
    budget: Mapped[Decimal | None] = mapped_column(Amount)
    currency: Mapped[str | None] = mapped_column(String(3))
    audience: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    underway: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), default=Visibility.SECRETARIAT, index=True)
    # The offer that meets it; none where it is met by something that is not listed here.
    matched_offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offers.id"), index=True)
    areas_basis: Mapped[Basis] = mapped_column(Word(Basis), default=Basis.STATED)
    modes_basis: Mapped[Basis] = mapped_column(Word(Basis), default=Basis.STATED)
    source_url: Mapped[str] = mapped_column(Text, default="")
    # As stated: a day, a month or a year.
    stated_on: Mapped[str] = mapped_column(String(MAX_STATED_ON_LENGTH), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    organization: Mapped[Organization] = relationship(lazy="raise")
    # A need is read whole: each list costs one query for all the needs of a page.
    states: Mapped[list[NeedState]] = relationship(
        back_populates="need",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="NeedState.state_code",
    )
    areas: Mapped[list[NeedArea]] = relationship(
        back_populates="need",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="NeedArea.position",
    )
    modes: Mapped[list[NeedMode]] = relationship(
        back_populates="need",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="NeedMode.position",
    )
    languages: Mapped[list[NeedLanguage]] = relationship(
        back_populates="need",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="NeedLanguage.position",
    )
    choices: Mapped[list[NeedChoice]] = relationship(
        back_populates="need",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="NeedChoice.provider_code",
    )
    # Confidential: loaded only by what is entitled to it, and opened by ``app.needs.secrets``.
    secret: Mapped[NeedSecret | None] = relationship(back_populates="need", lazy="raise", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @validates("status")
    def _let_go(self, _column: str, status: Status) -> Status:
        """Let go of the offer that meets the need once the need is neither matched nor fulfilled."""
        if status not in HOLDS_PLACE and self.matched_offer_id is not None:
            self.matched_offer_id = None
        return status

    @classmethod
    def is_for_any_of(cls, organization_ids: Sequence[UUID]) -> ColumnElement[bool]:
        """Return the condition that no providers were chosen for a need, or one of these organizations was."""
        nobody = ~cls.choices.any()
        if not organization_ids:
            return nobody
        codes = select(Organization.code).where(Organization.id.in_(organization_ids))
        return or_(nobody, cls.choices.any(NeedChoice.provider_code.in_(codes)))

    @classmethod
    def is_filed_with(cls, organization_ids: Sequence[UUID]) -> ColumnElement[bool]:
        """Return the condition that the State of one of these organizations is asked to file a need together, or does."""
        signed = select(NeedSignature.need_id).join(Organization, Organization.state_code == NeedSignature.state_code)
        of_state = (Organization.id.in_(organization_ids), Organization.kind == OrganizationKind.STATE)
        return cls.id.in_(signed.where(*of_state, NeedSignature.consent.in_(sorted(TAKES_PART))))

    @property
    def chosen_providers(self) -> tuple[str, ...]:
        """The codes of the organizations that alone see it where it is for providers; none of them, all do."""
        return tuple(sorted(row.provider_code for row in self.choices))

    @property
    def excluded_providers(self) -> tuple[str, ...]:
        """The providers that the State does not want; an error where ``app.needs.secrets`` did not open them."""
        found: tuple[str, ...] = self.__dict__[_SHOWN_EXCLUSIONS]
        return found

    def show_excluded_providers(self, names: Iterable[str]) -> None:
        """Let whoever holds the row see whom the State does not want."""
        self.__dict__[_SHOWN_EXCLUSIONS] = tuple(names)

    @property
    def review_note(self) -> str:
        """Why the secretariat sent the draft back; nothing where it did not, or nobody opened it."""
        note: str = self.__dict__.get(_SHOWN_REVIEW, "")
        return note if self.visibility is Visibility.PRIVATE else ""

    def show_review_note(self, note: str) -> None:
        """Let whoever holds the row see why the draft was sent back."""
        self.__dict__[_SHOWN_REVIEW] = note

    @property
    def state_codes(self) -> tuple[str, ...]:
        """The States that ask, in code order."""
        return tuple(sorted(row.state_code for row in self.states))

    @property
    def signed_state_codes(self) -> tuple[str, ...]:
        """Those of them that file it, as all who see it are told; the others are named by whoever entered it."""
        return tuple(sorted(row.state_code for row in self.states if row.is_signed))

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


class NeedState(Base):
    """A State that asks for a need; a joint need has several."""

    __tablename__ = "need_states"

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    state_code: Mapped[str] = mapped_column(ForeignKey("states.code"), primary_key=True, index=True)
    # Whether it files the need: as the keeper's State, or because it signed what the need says.
    is_signed: Mapped[bool] = mapped_column(default=False, server_default=false())

    need: Mapped[Need] = relationship(back_populates="states", lazy="raise")
    state: Mapped[State] = relationship(lazy="raise")


class NeedArea(Base):
    """An area of a need; position 0 is the most important."""

    __tablename__ = "need_areas"
    __table_args__ = (in_range("position", 0),)

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True, index=True)
    position: Mapped[int]

    need: Mapped[Need] = relationship(back_populates="areas", lazy="raise")
    area: Mapped[Area] = relationship(lazy="raise")


class NeedMode(Base):
    """A mode of support that a need asks for."""

    __tablename__ = "need_modes"
    __table_args__ = (one_of("mode", Mode), in_range("position", 0))

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode), primary_key=True, index=True)
    position: Mapped[int]

    need: Mapped[Need] = relationship(back_populates="modes", lazy="raise")


class NeedLanguage(Base):
    """A language in which the support may come."""

    __tablename__ = "need_languages"
    __table_args__ = (in_range("position", 0),)

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True, index=True)
    position: Mapped[int]

    need: Mapped[Need] = relationship(back_populates="languages", lazy="raise")


class NeedChoice(Base):
    """A provider that the State chose to show a need to, where it is for providers."""

    __tablename__ = "need_choices"

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    provider_code: Mapped[str] = mapped_column(ForeignKey("organizations.code"), primary_key=True, index=True)

    need: Mapped[Need] = relationship(back_populates="choices", lazy="raise")


class NeedSecret(Base):
    """What a need keeps from whoever reads the database: the providers that its State does not want, and all of a private need.

    A table of its own, so that an edit of it alone leaves the version of the need as it is.
    """

    __tablename__ = "need_secrets"

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    # Sealed; see ``app.needs.secrets`` for what is in it.
    content: Mapped[str] = mapped_column(Text)

    need: Mapped[Need] = relationship(back_populates="secret", lazy="raise")
