"""The areas as the matcher sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.areas.models import Area as AreaRow
from app.areas.release_queries import release_in_force
from app.clock import today_utc
from app.datafiles import LANGUAGES
from matching.command.datafiles import load_reference
from matching.execution import Progress
from matching.readings import Reader
from matching.records import Need, Offer
from matching.reference import Area, Reference, Taxonomy
from matching.results import Reading
from matching.text import Vectorizer

READ_AT_ONCE: Final = 500  # records between two words on how far the reading is
READING_STAGE: Final = "reading"


def taxonomy(session: Session, *, released: Taxonomy | None = None) -> Taxonomy:
    """Return the areas of the release in force, retired ones with their successors.

    The words of the engine come from the taxonomy that the program ships, where it is given: they are not stored.

    Raises
    ------
    ConflictError
        When no release was loaded.
    """
    # One that was retired without a successor is no area any more; what still has its code says nothing by it.
    is_known = or_(AreaRow.retired_in.is_(None), AreaRow.successor_code.is_not(None))
    query = select(AreaRow).where(is_known).options(selectinload(AreaRow.terms), selectinload(AreaRow.links))
    rows = session.scalars(query.order_by(AreaRow.position)).all()
    return Taxonomy(
        release=release_in_force(session).release,
        area_by_code={row.code: _area_value(row) for row in rows},
        mode_terms=released.mode_terms if released else {},
        audience_terms=released.audience_terms if released else {},
        outside_terms=released.outside_terms if released else {},
        cue_terms=released.cue_terms if released else {},
    )


@cache
def released_reference() -> Reference:
    """Return the reference data as this release of the program ships them.

    The words that the engine reads by and the background corpus are taken from here: they belong to the engine, not to
    records.
    """
    return load_reference(as_of_on=today_utc())


def suggest_readings(
    session: Session, records: Sequence[Need] | Sequence[Offer], *, progress: Progress | None = None
) -> list[Reading]:
    """Return the areas and modes of each record: as stated, else as its text suggests and marked so."""
    if not records:
        return []
    released = released_reference()
    areas = taxonomy(session, released=released.taxonomy)
    reader = Reader(areas, Vectorizer(released.background))
    readings: list[Reading] = []
    for start in range(0, len(records), READ_AT_ONCE):
        readings += reader.read(records[start : start + READ_AT_ONCE])[0]
        if progress is not None:
            progress(READING_STAGE, len(readings), len(records))
    return readings


def _area_value(row: AreaRow) -> Area:
    terms: defaultdict[str, list[str]] = defaultdict(list)
    for term in row.terms:
        terms[term.language].append(term.term)
    return Area(
        code=row.code,
        parent=row.parent_code,
        titles={language: row.title(language) for language in LANGUAGES},
        scope=row.scope_en,
        terms={language: tuple(found) for language, found in terms.items()},
        links=frozenset((link.scheme, link.code) for link in row.links),
        is_adjacent=row.is_adjacent,
        successor=row.successor_code,
    )
