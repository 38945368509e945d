"""Incidents as a way into the areas: loading them, and finding the one that somebody describes in their own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.models import Area, Incident, IncidentArea
from app.areas.services import Columns, set_columns
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, sync
from app.datafiles import DATA_FOLDER, LANGUAGES, in_six_languages, read_rows
from app.errors import NotFoundError
from app.paging import Page, PageRequest, read_page

ALIKE: Final = 86  # of 100: from here a word is taken for a misspelled other one
SHORTEST_WORD: Final = 3  # letters; shorter ones say too little, but for signs that are words
_WORD: Final = re.compile(r"\w+")
# What stands in most descriptions and tells none from another.
_SAID_EVERYWHERE: Final = frozenset(
    ("the", "and", "for", "our", "was", "has", "with", "from", "una", "les", "des", "los")
)


class _IncidentKind(RecordKind[Columns, Incident]):
    record_type = "incident"

    def describe_value(self, value: Columns) -> Document:
        return value

    def describe_row(self, row: Incident) -> Document:
        columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        return columns | {"areas": [[one.area_code, one.position, one.why_en] for one in row.areas]}

    def create(self, value: Columns) -> Incident:
        row = Incident(code=value["code"])
        self.update(row, value)
        return row

    def update(self, row: Incident, value: Columns) -> None:
        set_columns(row, {name: content for name, content in value.items() if name != "areas"})
        row.areas = [
            IncidentArea(area_code=code, position=position, why_en=why) for code, position, why in value["areas"]
        ]

    def record_id(self, row: Incident) -> str:
        return row.code


def load_incidents(session: Session, actor: Actor, *, folder: Path = DATA_FOLDER) -> Tally:
    """Make the incidents those of the data files; the areas have to be there."""
    require(actor, Permission.REFERENCE_LOAD)
    existing = {row.code: row for row in session.scalars(select(Incident))}
    return sync(session, actor, _IncidentKind(), wanted=_incidents(session, folder / "taxonomy"), existing=existing)


def get_incident(session: Session, code: str) -> Incident:
    """Return an incident with the areas that help, that which helps most first.

    Raises
    ------
    NotFoundError
        When there is none of that code.
    """
    found = session.get(Incident, code.lower())
    if found is None:
        raise NotFoundError("There is no such incident.")
    return found


def list_page(session: Session, page: PageRequest) -> Page[Incident]:
    """Return a page of incidents by code."""
    return read_page(session, select(Incident), page, order_by=[Incident.code])


def find_incidents(session: Session, text: str = "") -> Sequence[Incident]:
    """Return the incidents that a text speaks of, in any of the six languages, the likeliest first; without a text, all.

    Small errors of spelling do not matter. Of a text of several words those incidents are found that hold the most of them.
    """
    incidents = session.scalars(select(Incident).order_by(Incident.position, Incident.code)).all()
    wanted = _words(text) - _SAID_EVERYWHERE
    if not wanted:
        return incidents if not text.strip() else ()
    n_found = {incident.code: _count_words(wanted, incident) for incident in incidents}
    most = max(n_found.values(), default=0)
    found = [incident for incident in incidents if n_found[incident.code] and n_found[incident.code] >= most - 1]
    return sorted(found, key=lambda incident: -n_found[incident.code])


def _count_words(wanted: frozenset[str], incident: Incident) -> int:
    titles = " ".join(incident.title(language) for language in LANGUAGES)
    held = _words(f"{titles} {incident.scope_en} {incident.terms_en}")
    # Chinese is written without blanks, so a word may be part of one.
    return sum(any(_is_alike(word, other) for other in held) for word in wanted)


def _is_alike(word: str, other: str) -> bool:
    if not word.isascii() and word in other:
        return True
    return word == other or fuzz.ratio(word, other, score_cutoff=ALIKE) > 0


def _words(text: str) -> frozenset[str]:
    words = _WORD.findall(text.casefold())
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD or not word.isascii())


def _incidents(session: Session, taxonomy: Path) -> dict[str, Columns]:
    # The areas may be those of a release of this database, which has none of a newer one of the files.
    known = set(session.scalars(select(Area.code)))
    areas: defaultdict[str, list[list[object]]] = defaultdict(list)
    for row in sorted(read_rows(taxonomy / "incident_areas.csv"), key=lambda row: int(row["position"])):
        if row["area"] in known:
            areas[row["incident"]].append([row["area"], int(row["position"]), row["why_en"]])
    return {
        row["code"]: {
            "code": row["code"],
            "position": int(row["position"]),
            **in_six_languages(row, "title"),
            "scope_en": row["scope_en"],
            "terms_en": row["terms_en"],
            "areas": areas[row["code"]],
        }
        for row in read_rows(taxonomy / "incidents.csv")
    }
