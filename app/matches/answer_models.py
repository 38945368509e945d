"""Tables of what a run answers beside its matches: coalitions, firmness of first places, changes to offers, doubles."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Document, Word, in_range, one_of
from app.matches.models import Score
from app.needs.models import Need
from app.offers.models import Offer
from matching.answers import PoolEdit
from matching.duplicates import Suggestion


class Answer(StrEnum):
    """A further question that a run may answer."""

    COALITIONS = "coalitions"
    SENSITIVITIES = "sensitivities"
    CHANGES = "changes"
    OFFER_DUPLICATES = "offer_duplicates"


class ChangeList(StrEnum):
    """Changes that each alone would serve the most needs, or the best few of them one beside the other."""

    SINGLE = "single"
    TOGETHER = "together"


class NamedOffer(Base):
    """An offer that an answer of a run names; with it the run is for its readers, as with those that it matched."""

    __tablename__ = "match_run_offers"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True, index=True)

    offer: Mapped[Offer] = relationship(lazy="raise")


class Sensitivity(Base):
    """How firmly the first offer of a need stands: under how many of the plausible weights, and between which."""

    __tablename__ = "sensitivities"
    __table_args__ = (in_range("n_trials", 1), CheckConstraint("n_first BETWEEN 0 AND n_trials", name="n_first_known"))

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), primary_key=True, index=True)
    first_offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), index=True)
    second_offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offers.id"), index=True)
    margin: Mapped[float | None] = mapped_column(Score)
    n_trials: Mapped[int]
    n_first: Mapped[int]
    is_toss_up: Mapped[bool] = mapped_column(Boolean)
    # The ids of the offers that come first under the other weights, the best first.
    rival_offer_ids: Mapped[list[str]] = mapped_column(Document)
    # One for each component: its name, weight, lowest and highest, the last absent where there is no end.
    ranges: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    # Sentences, each with its message and values.
    told: Mapped[list[dict[str, Any]]] = mapped_column(Document)

    need: Mapped[Need] = relationship(lazy="raise")
    first_offer: Mapped[Offer] = relationship(lazy="raise", foreign_keys=[first_offer_id])
    second_offer: Mapped[Offer | None] = relationship(lazy="raise", foreign_keys=[second_offer_id])


class Coalition(Base):
    """Offers that serve one need in parts, and what they are worth together and the best of them alone."""

    __tablename__ = "coalitions"
    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 1", name="value_in_range"),
        CheckConstraint("alone BETWEEN 0 AND 1", name="alone_in_range"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), primary_key=True, index=True)
    value: Mapped[float] = mapped_column(Score)
    alone: Mapped[float] = mapped_column(Score)
    # One for each offer: its id, whether it is allocated, the parts it serves as areas with modes, and what it adds.
    partners: Mapped[list[dict[str, Any]]] = mapped_column(Document)

    need: Mapped[Need] = relationship(lazy="raise")


class PoolChange(Base):
    """A change to offers, or a new one, that would serve needs without a place; ``rank`` counts from 1 in each list."""

    __tablename__ = "pool_changes"
    __table_args__ = (one_of("listing", ChangeList), one_of("edit", PoolEdit), in_range("rank", 1))

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    listing: Mapped[ChangeList] = mapped_column(Word(ChangeList), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    edit: Mapped[PoolEdit] = mapped_column(Word(PoolEdit))
    # A sentence: its message and values.
    told: Mapped[dict[str, Any]] = mapped_column(Document)
    n_gained: Mapped[int]
    n_places: Mapped[int]
    # The ids of the needs that would have a place, of those that would lose theirs, and of the offers to change.
    need_ids: Mapped[list[str]] = mapped_column(Document)
    lost_need_ids: Mapped[list[str]] = mapped_column(Document)
    offer_ids: Mapped[list[str]] = mapped_column(Document)


class OfferDuplicate(Base):
    """Two offers that probably say the same."""

    __tablename__ = "offer_duplicates"
    __table_args__ = (
        one_of("suggestion", Suggestion),
        CheckConstraint("likeness BETWEEN 0 AND 1", name="likeness_in_range"),
        CheckConstraint("one_id <> other_id", name="two_offers"),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    one_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True, index=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), primary_key=True, index=True)
    likeness: Mapped[float] = mapped_column(Score)
    suggestion: Mapped[Suggestion] = mapped_column(Word(Suggestion))
    # Sentences, each with its message and values.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    advice: Mapped[dict[str, Any]] = mapped_column(Document)

    one: Mapped[Offer] = relationship(lazy="raise", foreign_keys=[one_id])
    other: Mapped[Offer] = relationship(lazy="raise", foreign_keys=[other_id])
