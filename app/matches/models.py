"""Tables of scoring profiles and runs, and of what a run found: matches, unmet needs, tandems and files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.access.vocabulary import Permission
from app.areas.models import Area
from app.db import (
    SHA256_HEX_LENGTH,
    Base,
    Document,
    Instant,
    Word,
    in_range,
    one_of,
)
from app.matches.options import RunOptions, read_options
from app.needs.models import Need
from app.offers.models import Offer
from app.states.models import State
from matching.vocabulary import AllocationRule, TandemKind, UnmetReason, Visibility

RUN_FILE_NAMES: Final = (
    *("matches.csv", "unmet.csv", "tandems.csv", "run.json", "report.html"),
    # Where the run was asked for them.
    *("coalitions.csv", "changes.csv"),
)

# Six decimals, as in the files; read as a float, because SQLite has no decimals.
Score = Numeric(7, 6, asdecimal=False)


class ScoringProfile(Base):
    """One version of the weights, as the JSON document that the matcher reads."""

    __tablename__ = "scoring_profiles"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MatchRun(Base):
    """One run of the matcher with what explains it; ``visibility`` says for whom: all its records are as wide."""

    READ_PERMISSION: ClassVar = Permission.MATCH_RUN_READ

    __tablename__ = "match_runs"
    __table_args__ = (
        one_of("visibility", Visibility),
        one_of("allocation", AllocationRule),
        CheckConstraint("started_at <= finished_at", name="instants_in_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("scoring_profiles.id"), index=True)
    engine_version: Mapped[str] = mapped_column(String(32))
    as_of_on: Mapped[date]
    area_release: Mapped[str] = mapped_column(ForeignKey("area_releases.release"))
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), index=True)
    # By which rule places were to be shared out; the previous release knows only the best total.
    allocation: Mapped[AllocationRule] = mapped_column(
        Word(AllocationRule), default=AllocationRule.OPTIMAL, server_default=AllocationRule.OPTIMAL.value
    )
    # What else the run was asked for, by the names of ``RunOptions``; absent where it was nothing.
    options: Mapped[dict[str, Any] | None] = mapped_column(Document)
    # Which further questions the run answers, by the names of ``Answer``; absent in runs of earlier releases.
    answers: Mapped[list[str] | None] = mapped_column(Document)
    # What equity floors brought and cost, as in ``run.json``; absent where there were none, or where it is not told.
    fairness: Mapped[dict[str, Any] | None] = mapped_column(Document)
    # A name and a SHA-256 for each part of what was matched.
    inputs: Mapped[list[dict[str, str]]] = mapped_column(Document)
    # Of what was matched and is confidential; shown to nobody, it only tells whether a run would come out the same.
    confidential_sha256: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH), default="")
    # How many needs, offers, private records, eligible pairs, allocated and unmet needs, by these names.
    counts: Mapped[dict[str, int]] = mapped_column(Document)
    ranking_sha256: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH))
    # How long each stage took, by its name.
    seconds: Mapped[dict[str, float]] = mapped_column(Document)
    started_at: Mapped[datetime] = mapped_column(Instant, index=True)
    finished_at: Mapped[datetime] = mapped_column(Instant)

    profile: Mapped[ScoringProfile] = relationship(lazy="joined", innerjoin=True)
    matches: Mapped[list[Match]] = relationship(back_populates="run", lazy="raise")
    unmet_needs: Mapped[list[UnmetNeed]] = relationship(back_populates="run", lazy="raise")
    tandems: Mapped[list[Tandem]] = relationship(back_populates="run", lazy="raise")
    files: Mapped[list[MatchRunFile]] = relationship(back_populates="run", lazy="raise", order_by="MatchRunFile.name")

    @property
    def asked(self) -> RunOptions:
        """What the run was asked for beyond its profile and its day."""
        return read_options(self.allocation, self.options)


class Match(Base):
    """A proposed pair with its place in the need's ranking and what each component adds to its score."""

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("run_id", "need_id", "offer_id"),
        UniqueConstraint("run_id", "need_id", "rank"),
        Index(
            "uq_matches_one_allocated",
            "run_id",
            "need_id",
            unique=True,
            sqlite_where=text("is_allocated"),
            postgresql_where=text("is_allocated"),
        ),
        in_range("rank", 1),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), index=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offers.id"), index=True)
    rank: Mapped[int]
    score: Mapped[float] = mapped_column(Score)
    is_allocated: Mapped[bool]
    # One for each component: its name, value (absent where a side says nothing), share, message and values.
    contributions: Mapped[list[dict[str, Any]]] = mapped_column(Document)

    run: Mapped[MatchRun] = relationship(back_populates="matches", lazy="raise")
    need: Mapped[Need] = relationship(lazy="raise")
    offer: Mapped[Offer] = relationship(lazy="raise")


class UnmetNeed(Base):
    """A need without an allocation, why, and the smallest change that would match it."""

    __tablename__ = "unmet_needs"
    __table_args__ = (one_of("reason", UnmetReason),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), primary_key=True, index=True)
    reason: Mapped[UnmetReason] = mapped_column(Word(UnmetReason))
    # A sentence: its message and the values that go there.
    detail: Mapped[dict[str, Any]] = mapped_column(Document)
    nearest_offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offers.id"), index=True)
    would_match_if: Mapped[dict[str, Any] | None] = mapped_column(Document)

    run: Mapped[MatchRun] = relationship(back_populates="unmet_needs", lazy="raise")
    need: Mapped[Need] = relationship(lazy="raise")
    nearest_offer: Mapped[Offer | None] = relationship(lazy="raise")


class Tandem(Base):
    """States that could file together in one area; in a peer tandem neither leads."""

    __tablename__ = "tandems"
    __table_args__ = (
        one_of("kind", TandemKind),
        UniqueConstraint("run_id", "area_code", "kind", "lead_code"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"))
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), index=True)
    lead_code: Mapped[str] = mapped_column(ForeignKey("states.code"), index=True)
    partner_codes: Mapped[list[str]] = mapped_column(Document)
    kind: Mapped[TandemKind] = mapped_column(Word(TandemKind))
    score: Mapped[float] = mapped_column(Score)
    # Sentences, each with its message and values.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    # Of peers: the ids of their needs, and the draft of what they could file; absent with a lead.
    joint_need: Mapped[dict[str, Any] | None] = mapped_column(Document)

    run: Mapped[MatchRun] = relationship(back_populates="tandems", lazy="raise")
    area: Mapped[Area] = relationship(lazy="raise")
    lead: Mapped[State] = relationship(lazy="raise")


class MatchRunFile(Base):
    """One of the files of a run, as the command line writes it, compressed with zlib."""

    __tablename__ = "match_run_files"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    # Of the file itself, not of its compressed form.
    sha256: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH))

    run: Mapped[MatchRun] = relationship(back_populates="files", lazy="raise")
