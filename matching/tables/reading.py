"""Turns a file into a table: tells its kind by its content, checks the header and every cell."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final

from matching.tables.csv_files import csv_records
from matching.tables.records import Mark, Records
from matching.tables.values import (
    HEADER_LINE,
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_ROWS,
    NO_COLUMN,
    Fault,
    FaultCode,
    Row,
    Table,
    UnreadableTableError,
    one_line,
    quoted,
    unreadable,
)
from matching.tables.workbooks import is_old_workbook, is_workbook, workbook_records

MAX_FILE_BYTES: Final = 128 * 1024 * 1024  # 200,000 needs of the length that States write are about 70 MB
_WORKBOOK_NAME: Final = ".xlsx"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

Columns = tuple[str | None, ...]
"""The name of the column at each position, ``None`` where it is ignored."""


def read_table(content: bytes, *, name: str, known: Container[str] | None = None) -> Table:
    r"""Return the rows of a CSV or XLSX file as text.

    Parameters
    ----------
    content
        The bytes of the file; whether it is a workbook is told by them and not by the name, but a name that ends in
        ``.xlsx`` promises one.
    name
        The name of the file, for its faults.
    known
        The columns that the caller reads, all of them where it is not given. Of any other column that the header names
        more than once the first counts.

    Returns
    -------
    Table
        Rows of text, blank lines skipped; faults of single rows; a warning for each column that holds something and
        has no name.

    Raises
    ------
    UnreadableTableError
        When no row can be taken: the file is empty, too large, broken, in another encoding, separated by something
        else than commas, or its header names a known column twice.

    References
    ----------
    RFC 4180 (2005) for CSV; ECMA-376 for XLSX, of which the first visible sheet is read.

    Examples
    --------
    >>> table = read_table(b"id,title\nn-1,Train a CERT\n", name="needs.csv")
    >>> table.rows[0].line, table.rows[0].cells["title"]
    (2, 'Train a CERT')
    """
    _check_kind(content, name=name)
    found = workbook_records(content, name=name) if is_workbook(content) else csv_records(content, name=name)
    at_header = next((at for at, (_, cells) in enumerate(found.records) if "".join(cells).strip()), None)
    if at_header is None:
        raise _no_header(found, name=name)
    header_line, header = found.records[at_header]
    columns = _checked_columns(header, name=name, line=header_line, known=known)
    if len(found.records) > MAX_ROWS:
        raise unreadable(name, f"The file has more than {MAX_ROWS:,} rows; divide it.")
    marks = list(found.marks)
    records = found.records[at_header + 1 :]
    rows = _rows(records, columns, marks=marks)
    warnings = tuple(
        f"{one_line(name)}:{header_line}: column {at + 1} has no name and is ignored."
        for at in _nameless_positions(header, records)
    )
    return Table(
        name=name,
        columns=tuple(column for column in columns if column is not None),
        rows=rows,
        faults=tuple(_faults(sorted(marks, key=lambda mark: mark.line), columns, name=name)),
        warnings=warnings,
    )


def _check_kind(content: bytes, *, name: str) -> None:
    if not content.strip():
        raise unreadable(name, "The file is empty; it needs a header row.", code=FaultCode.EMPTY_FILE)
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // (1024 * 1024)
        raise unreadable(name, f"The file is larger than {limit} MB; divide it.")
    if is_old_workbook(content):
        sentence = "The file is an old or password-protected workbook; remove the password and save it as .xlsx or CSV."
        raise unreadable(name, sentence)
    if name.lower().endswith(_WORKBOOK_NAME) and not is_workbook(content):
        sentence = "The name ends in .xlsx but the file is not a workbook; save it anew as .xlsx, or name it .csv."
        raise unreadable(name, sentence)


def _no_header(found: Records, *, name: str) -> UnreadableTableError:
    if found.marks:
        return UnreadableTableError([_fault(mark, NO_COLUMN, name=name) for mark in found.marks])
    return unreadable(name, "The file is empty; it needs a header row.", code=FaultCode.EMPTY_FILE)


def _checked_columns(header: Sequence[str], *, name: str, line: int, known: Container[str] | None) -> Columns:
    """Return the name of each column, ``None`` for one that is ignored: nameless, or an unknown name once more."""
    names = [cell.strip() for cell in header]
    named = [column for column in names if column]
    if len(named) == 1 and names[0] and re.search("[;\t|]", names[0]):
        sentence = (
            "The columns are separated by something else than commas; save the file as comma-separated CSV UTF-8."
        )
        raise unreadable(name, sentence, code=FaultCode.BAD_SEPARATOR, line=line)
    if len(named) > MAX_COLUMNS:
        raise unreadable(name, f"The header names more than {MAX_COLUMNS} columns.", line=line)
    read = [column for column in named if known is None or column in known]
    faults = [*_repeated(read, name=name, line=line), *_unprintable(named, name=name, line=line)]
    if faults:
        raise UnreadableTableError(faults)
    first = {column: at for at, column in reversed(list(enumerate(names)))}
    return tuple(column if column and first[column] == at else None for at, column in enumerate(names))


def _nameless_positions(header: Sequence[str], records: Sequence[tuple[int, list[str]]]) -> list[int]:
    """Return where a column has no name and yet a value, so that something is lost."""
    positions = [at for at, cell in enumerate(header) if not cell.strip()]
    return [at for at in positions if any(len(cells) > at and cells[at].strip() for _, cells in records)]


def _repeated(columns: Sequence[str], *, name: str, line: int) -> list[Fault]:
    repeated = sorted({column for column in columns if columns.count(column) > 1})
    sentence = "The header names this column {} times; keep one of them."
    return [
        Fault(
            file=name,
            line=line,
            column=column,
            code=FaultCode.DUPLICATE_COLUMN,
            sentence=sentence.format(columns.count(column)),
        )
        for column in repeated
    ]


def _unprintable(columns: Sequence[str], *, name: str, line: int) -> list[Fault]:
    sentence = "The header holds a character that cannot be printed; type the column's name anew."
    return [
        Fault(file=name, line=line, column=column, code=FaultCode.BAD_CHARACTER, sentence=sentence)
        for column in columns
        if _CONTROL.search(column)
    ]


def _rows(records: Sequence[tuple[int, list[str]]], columns: Columns, *, marks: list[Mark]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line, cells in records:
        joined = "".join(cells)
        if not joined.strip():
            continue
        if len(cells) != len(columns):
            marks.append(_uneven_row(line, n_cells=len(cells), n_columns=len(columns)))
            continue
        if len(joined) > MAX_CELL_LENGTH or _CONTROL.search(joined):
            marks.extend(mark for at, cell in enumerate(cells) for mark in _cell_marks(line, at, cell))
        pairs = zip(columns, cells, strict=True)
        rows.append(Row(line=line, cells={column: cell for column, cell in pairs if column is not None}))
    return tuple(rows)


def _uneven_row(line: int, *, n_cells: int, n_columns: int) -> Mark:
    hint = "a cell that holds a comma has to stand between quotation marks"
    cells = "1 cell" if n_cells == 1 else f"{n_cells} cells"
    sentence = f"The row has {cells} and the header {n_columns}; {hint}."
    return Mark(line=line, position=None, code=FaultCode.BAD_ROW, sentence=sentence)


def _cell_marks(line: int, position: int, cell: str) -> list[Mark]:
    marks = []
    if len(cell) > MAX_CELL_LENGTH:
        sentence = f"The cell has {len(cell):,} characters; {MAX_CELL_LENGTH:,} are the most."
        marks.append(Mark(line=line, position=position, code=FaultCode.OUT_OF_RANGE, sentence=sentence))
    control = _CONTROL.search(cell)
    if control:
        shown = f"U+{ord(control.group()):04X}"
        sentence = f"The cell {quoted(cell)} holds the control character {shown}; delete it."
        marks.append(Mark(line=line, position=position, code=FaultCode.BAD_CHARACTER, sentence=sentence))
    return marks


def _faults(marks: Iterable[Mark], columns: Columns, *, name: str) -> Iterator[Fault]:
    """Yield a fault for each mark but those in columns that are ignored."""
    for mark in marks:
        if mark.position is None:
            yield _fault(mark, NO_COLUMN, name=name)
        elif mark.position < len(columns) and (column := columns[mark.position]) is not None:
            yield _fault(mark, column, name=name)


def _fault(mark: Mark, column: str, *, name: str) -> Fault:
    return Fault(file=name, line=max(mark.line, HEADER_LINE), column=column, code=mark.code, sentence=mark.sentence)
