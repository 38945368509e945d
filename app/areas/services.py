"""Loading the areas, their terms and their links to other taxonomies from the data files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.models import Area, AreaLink, AreaRelease, AreaTerm, ReleaseState, SchemeCode
from app.areas.release_queries import areas_of, has_own_releases, rows_by_code
from app.areas.released import content_of
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, sync
from app.clock import Clock, now_utc
from app.datafiles import (
    DATA_FOLDER,
    day_or_none,
    in_six_languages,
    read_rows,
    text_or_none,
)
from app.db import Base

Columns = dict[str, Any]

RELEASE_COLUMNS: Final = ("release", "state", "adopted_on", "review_on", "note")


class _ReleaseKind(RecordKind[Columns, AreaRelease]):
    record_type = "area_release"

    def describe_value(self, value: Columns) -> Document:
        return _with_days_as_text(value)

    def describe_row(self, row: AreaRelease) -> Document:
        return _with_days_as_text({name: getattr(row, name) for name in RELEASE_COLUMNS})

    def create(self, value: Columns) -> AreaRelease:
        return AreaRelease(**value)

    def update(self, row: AreaRelease, value: Columns) -> None:
        set_columns(row, value)

    def record_id(self, row: AreaRelease) -> str:
        return row.release


class _SchemeCodeKind(RecordKind[Columns, SchemeCode]):
    record_type = "scheme"

    def describe_value(self, value: Columns) -> Document:
        return value

    def describe_row(self, row: SchemeCode) -> Document:
        return {column.key: getattr(row, column.key) for column in row.__table__.columns}

    def create(self, value: Columns) -> SchemeCode:
        return SchemeCode(**value)

    def update(self, row: SchemeCode, value: Columns) -> None:
        set_columns(row, value)

    def record_id(self, row: SchemeCode) -> str:
        return f"{row.scheme}:{row.code}"


class _AreaKind(RecordKind[Columns, Area]):
    record_type = "area"

    def describe_value(self, value: Columns) -> Document:
        return value

    def describe_row(self, row: Area) -> Document:
        columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        return columns | {
            "terms": sorted([term.language, term.position, term.term] for term in row.terms),
            "links": sorted([link.scheme, link.code] for link in row.links),
        }

    def create(self, value: Columns) -> Area:
        area = Area(**{column: content for column, content in value.items() if column not in ("terms", "links")})
        self._list(area, value)
        return area

    def update(self, row: Area, value: Columns) -> None:
        set_columns(
            row,
            {column: content for column, content in value.items() if column not in ("terms", "links")},
        )
        self._list(row, value)

    def record_id(self, row: Area) -> str:
        return row.code

    def _list(self, area: Area, value: Columns) -> None:
        area.terms = [
            AreaTerm(language=language, position=position, term=term) for language, position, term in value["terms"]
        ]
        area.links = [AreaLink(scheme=scheme, code=code) for scheme, code in value["links"]]


def load_areas(session: Session, actor: Actor, *, folder: Path = DATA_FOLDER) -> Tally:
    """Make the areas those of the data files; what is as it should be stays untouched.

    Once a release was drafted here, and not discarded, the areas are the database's own: a newer release of the files is taken
    into a draft. The schemes of others are brought up to date all the same.
    """
    require(actor, Permission.REFERENCE_LOAD)
    taxonomy = folder / "taxonomy"
    tally = _load_schemes(session, actor, taxonomy)
    if has_own_releases(session):
        return tally
    releases = {row.release: row for row in session.scalars(select(AreaRelease))}
    _keep_content(session, releases.values(), wanted := _releases(taxonomy))
    tally += sync(session, actor, _ReleaseKind(), wanted=wanted, existing=releases)
    return tally + store_areas(session, actor, _areas(taxonomy), existing=rows_by_code(session))


def store_areas(
    session: Session,
    actor: Actor,
    wanted: dict[str, Columns],
    *,
    existing: Mapping[str, Area],
    clock: Clock = now_utc,
) -> Tally:
    """Make rows of areas hold the columns that are given; parents and successors are stored before what names them."""
    ordered = _referred_first(wanted)
    # In one flush what is changed is stored before what is new, and a retired area may name a successor that is new.
    new = {code: columns for code, columns in ordered.items() if code not in existing}
    tally = sync(session, actor, _AreaKind(), wanted=new, existing=existing, clock=clock)
    changed = {code: columns for code, columns in ordered.items() if code in existing}
    return tally + sync(session, actor, _AreaKind(), wanted=changed, existing=existing, clock=clock)


def _load_schemes(session: Session, actor: Actor, taxonomy: Path) -> Tally:
    schemes = {f"{row.scheme}:{row.code}": row for row in session.scalars(select(SchemeCode))}
    return sync(session, actor, _SchemeCodeKind(), wanted=_scheme_codes(taxonomy), existing=schemes)


def _keep_content(session: Session, present: Iterable[AreaRelease], wanted: Mapping[str, Columns]) -> None:
    """Keep the whole of the release in force where the files supersede it."""
    for row in present:
        if row.state is ReleaseState.ADOPTED and wanted.get(row.release, {}).get("state") is ReleaseState.SUPERSEDED:
            row.content = content_of(areas_of(session, row))


def _releases(taxonomy: Path) -> dict[str, Columns]:
    rows = read_rows(taxonomy / "releases.csv")
    # Of two adopted on one day, 10 is newer than 9.
    newest = max(
        rows, key=lambda row: (row["adopted_on"], len(row["release"]), row["release"]), default={"release": ""}
    )
    return {
        row["release"]: {
            "release": row["release"],
            "state": ReleaseState.ADOPTED if row["release"] == newest["release"] else ReleaseState.SUPERSEDED,
            "adopted_on": day_or_none(row["adopted_on"]),
            "review_on": day_or_none(row["review_on"]),
            "note": row["note"],
        }
        for row in rows
    }


def _scheme_codes(taxonomy: Path) -> dict[str, Columns]:
    columns = ("scheme", "code", "title", "source", "evidence")
    return {
        f"{row['scheme']}:{row['code']}": {column: row[column] for column in columns}
        for row in read_rows(taxonomy / "schemes.csv")
    }


def _areas(taxonomy: Path) -> dict[str, Columns]:
    terms, links = _terms(taxonomy), _links(taxonomy)
    return {
        row["code"]: {
            "code": row["code"],
            "parent_code": text_or_none(row["parent"]),
            **in_six_languages(row, "title"),
            "scope_en": row["scope_en"],
            "is_adjacent": row["adjacent"] == "1",
            "since_release": row["since_release"],
            "retired_in": text_or_none(row["retired_in"]),
            "successor_code": text_or_none(row["successor"]),
            "retired_because": text_or_none(row.get("retired_because", "")),
            "position": position,
            "terms": terms[row["code"]],
            "links": links[row["code"]],
        }
        for position, row in enumerate(read_rows(taxonomy / "areas.csv"))
    }


def _referred_first(areas: dict[str, Columns]) -> dict[str, Columns]:
    """Return the areas so ordered that a parent and a successor come before what names them."""
    ordered: dict[str, Columns] = {}

    def place(code: str | None) -> None:
        if code is None or code in ordered or code not in areas:
            return
        place(areas[code]["parent_code"])
        place(areas[code]["successor_code"])
        ordered[code] = areas[code]

    for code in areas:
        place(code)
    return ordered


def _terms(taxonomy: Path) -> defaultdict[str, list[list[Any]]]:
    by_area: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for position, row in enumerate(read_rows(taxonomy / "terms.csv")):
        by_area[row["area"]].append([row["language"], position, row["term"]])
    for terms in by_area.values():
        # Counted anew within the area, so that a new term elsewhere in the file changes nothing here.
        for place, term in enumerate(terms):
            term[1] = place
        terms.sort()
    return by_area


def _links(taxonomy: Path) -> defaultdict[str, list[list[str]]]:
    by_area: defaultdict[str, list[list[str]]] = defaultdict(list)
    for row in read_rows(taxonomy / "crosswalk.csv"):
        by_area[row["area"]].append([row["scheme"], row["code"]])
    for links in by_area.values():
        links.sort()
    return by_area


def set_columns(row: Base, columns: Columns) -> None:
    """Give columns of a row other values."""
    for column, content in columns.items():
        setattr(row, column, content)


def _with_days_as_text(columns: Columns) -> Columns:
    return columns | {day: str(columns[day] or "") for day in ("adopted_on", "review_on")}
