"""Looks through the XML of a workbook: its first sheet, how far that reaches, which cells are not plain values."""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from matching.errors import MatchingError
from matching.tables.records import Mark
from matching.tables.values import MAX_COLUMNS, MAX_ROWS, FaultCode

_MAX_CELLS: Final = 6_000_000  # rows x columns of the rectangle that the cells span
_CELL_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]+)\Z")
_COUNT: Final = re.compile(r"[0-9]{1,9}\Z")
_ROW_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}\Z")
_LETTERS: Final = 26

Attributes = dict[str, str]


class BrokenSheetError(MatchingError):
    """A workbook that cannot or should not be read; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPlace:
    """A sheet's name and the path of its file in the archive."""

    name: str
    path: str


def first_sheet(workbook: bytes, relations: bytes) -> SheetPlace:
    """Return the first visible worksheet of a workbook.

    Parameters
    ----------
    workbook
        The file ``xl/workbook.xml``, which lists the sheets in their order.
    relations
        The file ``xl/_rels/workbook.xml.rels``, which tells where each sheet is kept.

    Raises
    ------
    BrokenSheetError
        When there is no such sheet, or the XML is damaged.

    Examples
    --------
    >>> book = b'<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>'
    >>> links = b'<R><Relationship Id="r1" Type="x/worksheet" Target="worksheets/a.xml"/></R>'
    >>> first_sheet(book, links)
    SheetPlace(name='A', path='xl/worksheets/a.xml')
    """
    path_by_id: dict[str, str] = {}
    sheets: list[tuple[str, str]] = []

    def note_relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            path_by_id[attributes.get("Id", "")] = _inside_archive(attributes.get("Target", ""))

    def note_sheet(tag: str, attributes: Attributes) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation))

    _walk(relations, note_relation)
    _walk(workbook, note_sheet)
    for name, relation in sheets:
        if relation in path_by_id:
            return SheetPlace(name=name, path=path_by_id[relation])
    raise BrokenSheetError("The workbook has no visible sheet with cells; put the table on its first sheet.")


def sheet_marks(sheet: bytes) -> list[Mark]:
    """Return a mark for every cell that holds a formula or an error.

    Parameters
    ----------
    sheet
        The XML of one worksheet.

    Raises
    ------
    BrokenSheetError
        When the XML is damaged or declares entities, or the cells span more than a table would.
    """
    scan = _Scan()
    _walk(sheet, scan.note)
    if scan.n_rows > MAX_ROWS or scan.n_columns > MAX_COLUMNS or scan.n_rows * scan.n_columns > _MAX_CELLS:
        raise BrokenSheetError(
            f"The sheet reaches to row {scan.n_rows} and column {scan.n_columns}; delete what lies outside the table."
        )
    return scan.marks


def check_part(part: bytes) -> None:
    """Refuse a part that is not well-formed, declares entities, or announces more items than a table has cells.

    Raises
    ------
    BrokenSheetError
        When the part is refused. Memory is set aside for as many items as a part announces.
    """
    _walk(part, _check_counts)


def _check_counts(_tag: str, attributes: Attributes) -> None:
    for key, value in attributes.items():
        if key.lower().endswith("count") and (not _COUNT.match(value) or int(value) > _MAX_CELLS):
            raise BrokenSheetError("The workbook announces more than it can hold; open it and save it anew.")


class _Scan:
    """Follows the cells of a sheet; a cell without a reference stands right of the one before."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.n_rows = self.n_columns = 0
        self._row = self._cell_row = self._column = 0
        self._is_in_cell = False

    def note(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self._is_in_cell = True
            self._move_to(attributes.get("r"))
            if attributes.get("t") == "e":
                self._mark(FaultCode.ERROR_CELL, "The cell holds an error of the spreadsheet; put a value there.")
        elif tag == "extLst":
            self._is_in_cell = False
        elif tag == "f" and self._is_in_cell:
            self._mark(FaultCode.FORMULA_CELL, "The cell holds a formula; copy the column and paste it as values.")
        elif tag == "row":
            self._row = _row_number(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0

    def _move_to(self, reference: str | None) -> None:
        """Follow the library that reads the cells to the letter: where it would go further, memory ends."""
        self._cell_row = self._row
        if reference is None:
            self._column += 1
        else:
            found = _CELL_REFERENCE.match(reference)
            if found is None:
                raise _impossible_cell()
            self._column = _column_number(found.group(1))
            self._cell_row = _row_number(found.group(2))
        self.n_rows = max(self.n_rows, self._cell_row)
        self.n_columns = max(self.n_columns, self._column)

    def _mark(self, code: FaultCode, sentence: str) -> None:
        self.marks.append(Mark(line=self._cell_row, position=self._column - 1, code=code, sentence=sentence))


def _row_number(text: str) -> int:
    if not _ROW_NUMBER.match(text):
        raise _impossible_cell()
    return int(text)


def _impossible_cell() -> BrokenSheetError:
    return BrokenSheetError("The workbook names a cell that cannot exist; open it and save it anew.")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def _inside_archive(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _walk(part: bytes, note: Callable[[str, Attributes], None]) -> None:
    """Call ``note`` for every element, by its name without namespace."""
    # The library that reads the cells afterwards takes bytes as UTF-8, this parser would follow a mark for UTF-16: one
    # file could then show the one a harmless sheet and the other a gigantic one.
    if b"\x00" in part or part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BrokenSheetError("The workbook is not written in UTF-8; open it and save it anew.")
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: note(tag.rpartition(":")[2], attributes)
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise BrokenSheetError(
            "The workbook is damaged; open it, save it anew as .xlsx or CSV and try again."
        ) from error


def _refuse_doctype(*_declaration: object) -> None:
    raise BrokenSheetError("The workbook declares entities, which no spreadsheet does; save it anew as .xlsx or CSV.")
