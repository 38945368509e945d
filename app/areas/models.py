"""Tables of the areas of capacity-building, their search terms and their links to other taxonomies."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, ForeignKey, ForeignKeyConstraint, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import MAX_CODE_LENGTH, Base, Document, Word, in_range, one_of

MAX_RELEASE_LENGTH: Final = 16
MAX_TITLE_LENGTH: Final = 200
MAX_TERM_LENGTH: Final = 200
IS_DRAFT: Final = text("state = 'draft'")


class ReleaseState(StrEnum):
    """Where a release of the areas is in its life."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class Titled:
    """What has a title in the six languages."""

    title_en: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    title_fr: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    title_es: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    title_ru: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    title_zh: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))
    title_ar: Mapped[str] = mapped_column(String(MAX_TITLE_LENGTH))

    def title(self, language: str = "en") -> str:
        """Return the title in one of the six languages, in English for any other."""
        return getattr(self, f"title_{language}", "") or self.title_en


class AreaRelease(Base):
    """One version of the set of areas: in force, in force once, or in the making."""

    __tablename__ = "area_releases"
    __table_args__ = (
        one_of("state", ReleaseState),
        in_range("version", 1),
        Index("uq_area_releases_draft", "state", unique=True, sqlite_where=IS_DRAFT, postgresql_where=IS_DRAFT),
    )

    release: Mapped[str] = mapped_column(String(MAX_RELEASE_LENGTH), primary_key=True)
    state: Mapped[ReleaseState] = mapped_column(
        Word(ReleaseState), default=ReleaseState.ADOPTED, server_default=ReleaseState.ADOPTED.value
    )
    # The one that it was drafted from; what came with the program has none.
    base_release: Mapped[str | None] = mapped_column(ForeignKey("area_releases.release"))
    adopted_on: Mapped[date | None]
    review_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # The whole of it as it was adopted, once another is drafted from it; see ``app.areas.released``.
    content: Mapped[dict[str, Any] | None] = mapped_column(Document, deferred=True)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – SQLAlchemy reads it as a plain dict

    @property
    def id(self) -> str:
        """What an address calls it."""
        return self.release

    @classmethod
    def is_in_force(cls) -> ColumnElement[bool]:
        """Return the condition that a release is the one in force."""
        return cls.state == ReleaseState.ADOPTED

    @classmethod
    def newest_first(cls) -> tuple[ColumnElement[Any], ...]:
        """Return the order in which the release in force is the first.

        That is the one adopted last; one without a date is not adopted yet and comes after all that are. Of those of
        one day, 10 is newer than 9.
        """
        # Databases differ in where they sort what is absent, so that is said apart.
        return cls.adopted_on.is_(None), cls.adopted_on.desc(), func.length(cls.release).desc(), cls.release.desc()


class Area(Titled, Base):
    """An area or a subtopic of one; a retired code may have a successor."""

    __tablename__ = "areas"
    __table_args__ = (in_range("position", 0),)

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"), index=True)
    scope_en: Mapped[str] = mapped_column(Text, default="")
    is_adjacent: Mapped[bool] = mapped_column(default=False)
    since_release: Mapped[str] = mapped_column(ForeignKey("area_releases.release"))
    retired_in: Mapped[str | None] = mapped_column(ForeignKey("area_releases.release"))
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("areas.code"))
    # Where there is no successor.
    retired_because: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int]

    terms: Mapped[list[AreaTerm]] = relationship(
        back_populates="area",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="AreaTerm.language, AreaTerm.position",
    )
    links: Mapped[list[AreaLink]] = relationship(
        back_populates="area",
        lazy="raise",
        cascade="all, delete-orphan",
        order_by="AreaLink.scheme, AreaLink.code",
    )

    @property
    def top_code(self) -> str:
        """The code of the top-level area above this one, or its own."""
        return self.code.partition(".")[0]


class AreaChange(Base):
    """An area as a draft has it, where that is otherwise than in the release it was drafted from."""

    __tablename__ = "area_changes"
    __table_args__ = (in_range("version", 1),)

    release: Mapped[str] = mapped_column(ForeignKey("area_releases.release"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    # The whole of it; see ``app.areas.released``.
    content: Mapped[dict[str, Any]] = mapped_column(Document)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 – as above


class AreaTerm(Base):
    """A word or phrase by which texts in one language speak of an area."""

    __tablename__ = "area_terms"
    __table_args__ = (in_range("position", 0),)

    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(MAX_TERM_LENGTH), primary_key=True)
    position: Mapped[int]

    area: Mapped[Area] = relationship(back_populates="terms", lazy="raise")


class SchemeCode(Base):
    """One entry of a taxonomy outside Tandem; ``evidence`` says how it was established."""

    __tablename__ = "schemes"

    scheme: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(String(32), default="")

    links: Mapped[list[AreaLink]] = relationship(back_populates="scheme_code", lazy="raise")


class AreaLink(Base):
    """An area and the entry of another taxonomy that covers the same ground."""

    __tablename__ = "area_links"
    __table_args__ = (ForeignKeyConstraint(["scheme", "code"], ["schemes.scheme", "schemes.code"]),)

    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True)

    area: Mapped[Area] = relationship(back_populates="links", lazy="raise")
    scheme_code: Mapped[SchemeCode] = relationship(back_populates="links", lazy="raise")


class Incident(Titled, Base):
    """Something that happens to States, from which one finds the areas that help before, during and after it."""

    __tablename__ = "incidents"
    __table_args__ = (in_range("position", 0),)

    code: Mapped[str] = mapped_column(String(MAX_CODE_LENGTH), primary_key=True)
    position: Mapped[int]
    scope_en: Mapped[str] = mapped_column(Text, default="")
    # Further words to find it by, with semicolons between them.
    terms_en: Mapped[str] = mapped_column(Text, default="")

    areas: Mapped[list[IncidentArea]] = relationship(
        back_populates="incident",
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by="IncidentArea.position",
    )


class IncidentArea(Base):
    """An area that helps with an incident, and what it does about it; the one that helps most comes first."""

    __tablename__ = "incident_areas"
    __table_args__ = (in_range("position", 0),)

    incident_code: Mapped[str] = mapped_column(ForeignKey("incidents.code", ondelete="CASCADE"), primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("areas.code"), primary_key=True)
    position: Mapped[int]
    why_en: Mapped[str] = mapped_column(Text)

    incident: Mapped[Incident] = relationship(back_populates="areas", lazy="raise")
