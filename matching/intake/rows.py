"""Reads tables row by row: records from the good rows, and every fault of the others."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from matching.intake.cells import CellError
from matching.tables import Fault, FaultCode, Row, Table, UnreadableTableError, one_line, quoted, read_table
from matching.tables.values import HEADER_LINE, NO_COLUMN

_LIST_PADDING: Final = " ;\t\r\n"
# A place where a word may be divided, one where a line may, and the mark at the beginning of a file that was pasted.
_UNSEEN: Final = re.compile("[\u00ad\u200b\ufeff]")

RecordT = TypeVar("RecordT")
ValueT = TypeVar("ValueT")
AbsentT = TypeVar("AbsentT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(Generic[RecordT]):
    """What came out of a file: its good records, and everything that is wrong with the rest.

    ``rows`` runs parallel to ``records`` and holds the cells as they stand in the file, those of columns that the
    reader does not know included. ``warnings`` are one line each, without the word that a command begins them with.
    """

    records: tuple[RecordT, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns that a reader knows, and those it cannot do without.

    ``sibling`` is a column that only another kind of file has, with the name of that kind: files given in the wrong
    order are recognized by it. ``texts`` hold words for people; what nobody sees is dropped from them.
    """

    known: tuple[str, ...]
    required: tuple[str, ...]
    texts: tuple[str, ...] = ()
    sibling: tuple[str, str] | None = None


class Cells:
    """The cells of one row under reading; collects the faults."""

    def __init__(self, row: Row, cells: Mapping[str, str], *, file: str, faults: list[Fault]) -> None:
        self.line = row.line
        self._cells, self._file, self._faults = cells, file, faults

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the file has."""
        return frozenset(self._cells)

    def read(self, column: str, parse: Callable[[str], ValueT], absent: AbsentT) -> ValueT | AbsentT:
        """Return the value of a cell, or what an empty cell means."""
        text = self._cells.get(column, "").strip()
        return self._parsed(column, text, parse, absent) if text else absent

    def read_list(self, column: str, parse: Callable[[str], ValueT], absent: AbsentT) -> ValueT | AbsentT:
        """Return the value of a list cell, or what an empty one means; separators alone are empty too."""
        text = self._cells.get(column, "").strip(_LIST_PADDING)
        return self._parsed(column, text, parse, absent) if text else absent

    def require(self, column: str, parse: Callable[[str], ValueT], absent: AbsentT) -> ValueT | AbsentT:
        """Return the value of a cell that may not be empty."""
        text = self._cells.get(column, "").strip(_LIST_PADDING)
        if not text:
            self.add(column, FaultCode.MISSING_VALUE, "The cell is empty; every row needs a value here.")
            return absent
        return self._parsed(column, self._cells[column].strip(), parse, absent)

    def has_text(self, column: str) -> bool:
        """Return whether there is anything in a cell."""
        return bool(self._cells.get(column, "").strip())

    def add(self, column: str, code: FaultCode, sentence: str) -> None:
        """Note what is wrong with a cell."""
        self._faults.append(Fault(file=self._file, line=self.line, column=column, code=code, sentence=sentence))

    def _parsed(self, column: str, text: str, parse: Callable[[str], ValueT], absent: AbsentT) -> ValueT | AbsentT:
        try:
            return parse(text)
        except CellError as error:
            self.add(column, error.code, str(error))
            return absent


class _UnseenLetters:
    """Drops from texts what nobody sees and what means nothing, and remembers where the first of each column stood."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns.texts
        self._first_by_column: dict[str, tuple[int, str]] = {}

    def without(self, row: Row) -> Mapping[str, str]:
        """Return the cells of a row without such letters."""
        found = {column: hit for column in self._columns if (hit := _unseen(row.cells.get(column, "")))}
        if not found:
            return row.cells
        for column, letter in found.items():
            self._first_by_column.setdefault(column, (row.line, letter))
        return dict(row.cells) | {column: _UNSEEN.sub("", row.cells[column]) for column in found}

    def warnings(self, file: str) -> tuple[str, ...]:
        """Return one warning for each column that held such letters."""
        return tuple(
            f"{one_line(file)}:{line}:{column}: the invisible character U+{ord(letter):04X} is dropped, here and below."
            for column, (line, letter) in self._first_by_column.items()
        )


class UniqueIds:
    """Remembers where each id was first used; two spellings of one text in Unicode are one id."""

    def __init__(self) -> None:
        self._line_by_id: dict[str, int] = {}

    def check(self, cells: Cells, column: str, record_id: str) -> None:
        """Note a ``duplicate_id`` when an earlier row has the id."""
        first_line = self._line_by_id.setdefault(unicodedata.normalize("NFC", record_id), cells.line)
        if record_id and first_line != cells.line:
            sentence = f"{quoted(record_id)} already stands on line {first_line}; give each row its own."
            cells.add(column, FaultCode.DUPLICATE_ID, sentence)


def read_rows(
    content: bytes, *, name: str, columns: Columns, read_row: Callable[[Cells], RecordT | None]
) -> Intake[RecordT]:
    """Return the records of a file and all of its faults.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file.
    name
        The name of the file, for its faults.
    columns
        The columns that ``read_row`` knows.
    read_row
        Makes a record of one row. What it returns for a row that turns out to have a fault is dropped.
    """
    try:
        table = read_table(content, name=name, known=columns.known)
    except UnreadableTableError as error:
        return Intake(records=(), rows=(), faults=error.faults, warnings=())
    faults = [fault for fault in table.faults if fault.column == NO_COLUMN or fault.column in columns.known]
    missing = _missing_columns(table, columns)
    if missing:
        return Intake(records=(), rows=(), faults=_in_order([*missing, *faults]), warnings=table.warnings)
    faulty_cells = {(fault.line, fault.column) for fault in faults}
    found: list[Fault] = []
    unseen = _UnseenLetters(columns)
    pairs = [(read_row(Cells(row, unseen.without(row), file=name, faults=found)), row) for row in table.rows]
    # A cell that could not even be read as text has been told about; what its value then lacks is no second fault.
    faults.extend(fault for fault in found if (fault.line, fault.column) not in faulty_cells)
    bad_lines = {fault.line for fault in faults}
    good = [(record, row) for record, row in pairs if record is not None and row.line not in bad_lines]
    return Intake(
        records=tuple(record for record, _ in good),
        rows=tuple(row for _, row in good),
        faults=_in_order(faults),
        warnings=(*table.warnings, *_unknown_columns(table, columns), *unseen.warnings(name)),
    )


def _missing_columns(table: Table, columns: Columns) -> list[Fault]:
    missing = [column for column in columns.required if column not in table.columns]
    hint = _sibling_hint(table, columns)
    return [
        Fault(
            file=table.name,
            line=HEADER_LINE,
            column=column,
            code=FaultCode.MISSING_COLUMN,
            sentence=_missing_sentence(column, table.columns) + hint,
        )
        for column in missing
    ]


def _sibling_hint(table: Table, columns: Columns) -> str:
    if columns.sibling is None or columns.sibling[0] not in table.columns:
        return ""
    return " The header has '{}': is this the {} file?".format(*columns.sibling)


def _missing_sentence(column: str, present: Sequence[str]) -> str:
    alike = next((name for name in present if name.lower() == column), None)
    if alike is not None:
        return f"The header has {quoted(alike)} but needs '{column}', in small letters."
    return f"The header has no column '{column}'; add it."


def _unknown_columns(table: Table, columns: Columns) -> tuple[str, ...]:
    return tuple(
        f"{one_line(table.name)}:{HEADER_LINE}:{one_line(column)}: the column is not known and is ignored."
        for column in table.columns
        if column not in columns.known
    )


def _unseen(text: str) -> str:
    """Return the first letter of a text that nobody sees, or nothing."""
    hit = None if text.isascii() else _UNSEEN.search(text)
    return "" if hit is None else hit.group()


def _in_order(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line))
