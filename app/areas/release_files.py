"""Releases of the areas as files in the form of ``data/taxonomy``: written for a spreadsheet, and read back into a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import Actor
from app.areas.checks import CODE
from app.areas.drafts import change_areas
from app.areas.models import MAX_TERM_LENGTH, MAX_TITLE_LENGTH, Area, AreaRelease, SchemeCode
from app.areas.release_queries import areas_of
from app.areas.released import Link, ReleasedArea, ReleasedAreas, Term, in_language_order
from app.clock import Clock, now_utc
from app.datafiles import LANGUAGES
from app.tables import Cell, Table
from matching.intake import cells as cell
from matching.intake.cells import CellError
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.intake.suggestions import Suggester
from matching.tables import Fault, FaultCode, Row, UnreadableTableError, quoted, read_table

ValueT = TypeVar("ValueT")

TITLES: Final = tuple(f"title_{language}" for language in LANGUAGES)
# What a release was retired in or added in is told by the release itself, and not read; but that it is retired is.
AREA_COLUMNS: Final = Columns(
    known=(
        *("code", "parent", *TITLES, "scope_en", "adjacent", "since_release", "retired_in", "successor"),
        "retired_because",
    ),
    required=("code", "title_en"),
    texts=(*TITLES, "scope_en", "retired_because"),
    sibling=("state", "needs"),
)
TERM_COLUMNS: Final = Columns(
    known=("area", "language", "term"), required=("area", "language", "term"), texts=("term",)
)
LINK_COLUMNS: Final = Columns(known=("area", "scheme", "code"), required=("area", "scheme", "code"))


class FileKind(StrEnum):
    """Which of the files of a release one is, called as in ``data/taxonomy``."""

    AREAS = "areas"
    TERMS = "terms"
    CROSSWALK = "crosswalk"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFile:
    """What a file says of areas, all that is wrong with it, and remarks; nothing of a faulty one is taken in."""

    kind: FileKind
    wanted: ReleasedAreas
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


def release_table(session: Session, release: AreaRelease, kind: FileKind) -> Table:
    """Return one of the files of a release."""
    areas = areas_of(session, release)
    if kind is FileKind.AREAS:
        return Table(name=kind, columns=AREA_COLUMNS.known, rows=_area_rows(session, release, areas))
    if kind is FileKind.TERMS:
        terms = ([code, *term] for code, area in areas.items() for term in area.terms)
        return Table(name=kind, columns=TERM_COLUMNS.known, rows=terms)
    links = ([code, *link] for code, area in areas.items() for link in area.links)
    return Table(name=kind, columns=LINK_COLUMNS.known, rows=links)


def read_area_file(session: Session, draft: AreaRelease, content: bytes, *, name: str) -> AreaFile:
    """Return what a file would make of the areas of a draft; nothing is stored yet. Its columns say which of the files it is."""
    areas = areas_of(session, draft)
    kind = _kind_of(content, name)
    if kind is FileKind.AREAS:
        found = read_rows(content, name=name, columns=AREA_COLUMNS, read_row=_AreaReader(areas).read)
        return _file(kind, found, dict(found.records))
    if kind is FileKind.TERMS:
        terms = read_rows(content, name=name, columns=TERM_COLUMNS, read_row=_PartReader(areas).read_term)
        by_area = _grouped(terms.records)
        return _file(
            kind, terms, {code: replace(areas[code], terms=in_language_order(by_area[code])) for code in by_area}
        )
    known = {(scheme, code) for scheme, code in session.execute(select(SchemeCode.scheme, SchemeCode.code))}
    links = read_rows(content, name=name, columns=LINK_COLUMNS, read_row=_PartReader(areas, known).read_link)
    links_by_area = _grouped(links.records)
    return _file(
        kind,
        links,
        {code: replace(areas[code], links=tuple(sorted(set(found)))) for code, found in links_by_area.items()},
    )


def rows_on(file: AreaFile, codes: Collection[str]) -> Table:
    """Return the rows of a file that speak of some areas, as a file of their own."""
    columns = tuple(file.rows[0].cells) if file.rows else ()
    named = "code" if file.kind is FileKind.AREAS else "area"
    rows = ([*row.cells.values()] for row in file.rows if row.cells[named].strip().upper() in codes)
    return Table(name=file.kind, columns=columns, rows=rows)


def store_area_file(
    session: Session, actor: Actor, draft: AreaRelease, file: AreaFile, *, clock: Clock = now_utc
) -> None:
    """Make the areas of a draft, which has to be locked, what a file without faults says; raises as ``change_areas``."""
    change_areas(session, actor, draft, file.wanted, may_add=True, clock=clock)


class _AreaReader:
    def __init__(self, present: ReleasedAreas) -> None:
        self._present, self._ids = present, UniqueIds()

    def read(self, cells: Cells) -> tuple[str, ReleasedArea] | None:
        """Return the area of one row."""
        code = cells.require("code", _code, None)
        if code is None:
            return None
        self._ids.check(cells, "code", code)
        before = self._present.get(code, ReleasedArea())
        cells.require("title_en", _title, "")
        titles = {
            language: _given(cells, f"title_{language}", _title, "", before.titles.get(language, ""))
            for language in LANGUAGES
        }
        successor = _given(cells, "successor", _code, None, before.successor)
        is_ended = cells.has_text("retired_in") if "retired_in" in cells.columns else before.is_retired
        return code, replace(
            before,
            parent=_given(cells, "parent", _code, None, before.parent),
            titles=titles,
            scope=_given(cells, "scope_en", cell.free_text, "", before.scope),
            is_adjacent=_given(cells, "adjacent", _yes_or_no, False, before.is_adjacent),
            # A spreadsheet retires an area by naming what succeeds it.
            is_retired=is_ended or successor is not None,
            successor=successor,
            reason=_given(cells, "retired_because", cell.free_text, "", before.reason),
        )


class _PartReader:
    def __init__(self, areas: ReleasedAreas, known: Collection[Link] = ()) -> None:
        self._areas, self._known = areas, known
        self._suggester = Suggester(areas)

    def read_term(self, cells: Cells) -> tuple[str, Term] | None:
        """Return the area and the term of one row."""
        area = cells.require("area", self._area, None)
        language, term = cells.require("language", _language, None), cells.require("term", _term, None)
        return None if area is None or language is None or term is None else (area, (language, term))

    def read_link(self, cells: Cells) -> tuple[str, Link] | None:
        """Return the area and the link of one row."""
        area = cells.require("area", self._area, None)
        scheme, code = cells.require("scheme", str, None), cells.require("code", str, None)
        if area is None or scheme is None or code is None:
            return None
        if (scheme, code) not in self._known:
            sentence = f"There is no entry {quoted(code)} in the scheme {quoted(scheme)}."
            cells.add("code", FaultCode.UNKNOWN_CODE, sentence)
        return area, (scheme, code)

    def _area(self, text: str) -> str:
        if text.upper() not in self._areas:
            raise cell.unknown_codes([text], kind="an area of this draft", suggester=self._suggester)
        return text.upper()


def _given(cells: Cells, column: str, parse: Callable[[str], ValueT], absent: ValueT, before: ValueT) -> ValueT:
    """Return the value of a cell; where the file has no such column, what was before."""
    return cells.read(column, parse, absent) if column in cells.columns else before


def _kind_of(content: bytes, name: str) -> FileKind:
    try:
        columns = read_table(content, name=name, known=()).columns
    except UnreadableTableError:
        return FileKind.AREAS
    if "term" in columns:
        return FileKind.TERMS
    return FileKind.CROSSWALK if "scheme" in columns else FileKind.AREAS


def _file(kind: FileKind, found: Intake[Any], wanted: ReleasedAreas) -> AreaFile:
    return AreaFile(kind=kind, wanted=wanted, rows=found.rows, faults=found.faults, warnings=found.warnings)


def _area_rows(session: Session, release: AreaRelease, areas: ReleasedAreas) -> Iterator[Sequence[Cell]]:
    columns = (Area.code, Area.since_release, Area.retired_in)
    told = {code: (since, retired_in) for code, since, retired_in in session.execute(select(*columns))}
    for code, area in areas.items():
        since, retired_in = told.get(code, (release.release, None))
        titles = [area.titles.get(language, "") for language in LANGUAGES]
        ended = (retired_in or release.release) if area.is_retired else None
        yield [
            *(code, area.parent, *titles, area.scope, area.is_adjacent, since),
            *(ended, area.successor, area.reason),
        ]


def _grouped(pairs: Sequence[tuple[str, tuple[str, str]]]) -> Mapping[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, part in pairs:
        found[code].append(part)
    return found


def _code(text: str) -> str:
    if not CODE.fullmatch(text.upper()):
        sentence = (
            f"{quoted(text)} is no code of an area; write three capital letters, and for a topic a point and a number."
        )
        raise CellError(FaultCode.UNKNOWN_CODE, sentence)
    return text.upper()


def _title(text: str) -> str:
    return _short(cell.title(text), MAX_TITLE_LENGTH)


def _term(text: str) -> str:
    return _short(cell.title(text), MAX_TERM_LENGTH)


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise CellError(FaultCode.OUT_OF_RANGE, f"It is longer than {limit} characters; shorten it.")
    return text


def _language(text: str) -> str:
    if text.lower() not in LANGUAGES:
        raise CellError(FaultCode.UNKNOWN_CODE, f"{quoted(text)} is none of {', '.join(LANGUAGES)}.")
    return text.lower()


def _yes_or_no(text: str) -> bool:
    if text not in ("0", "1"):
        raise CellError(FaultCode.OUT_OF_RANGE, f"{quoted(text)} is neither 0 nor 1.")
    return text == "1"
