"""Tables for export: rows of cells, and how they are written as CSV, streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

Cell = str | int | Decimal | date | datetime | UUID | bool | None

BOM: Final = "\ufeff"
CHUNK_CHARACTERS: Final = 64 * 1024  # how much of a file is held before it is sent
# A spreadsheet reads such a cell as a formula, in East Asia the wide signs too; some drop white space before the sign.
FORMULA_SIGNS: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
BREAKING_SIGNS: Final = ("\t", "\r", "\n")


class CsvVariant(StrEnum):
    """Plain CSV, lossless; or CSV that a spreadsheet opens by a double click without running anything."""

    PLAIN = "csv"
    EXCEL = "csv-excel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table to export; the rows can be read once."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Sequence[Cell]]


def csv_chunks(table: Table, variant: CsvVariant = CsvVariant.PLAIN) -> Iterator[bytes]:
    """Yield a table as CSV: UTF-8, CRLF, a header row; without BOM but for the spreadsheet's variant."""
    text = io.StringIO(newline="")
    is_for_spreadsheet = variant is CsvVariant.EXCEL
    if is_for_spreadsheet:
        text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_written(cell, is_for_spreadsheet=is_for_spreadsheet) for cell in row])
        if text.tell() >= CHUNK_CHARACTERS:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _written(cell: Cell, *, is_for_spreadsheet: bool) -> str:
    if cell is None:
        return ""
    if is_for_spreadsheet and isinstance(cell, str) and _could_run(cell):
        return f"'{cell}"
    write = _WRITERS.get(type(cell), str)
    return write(cell)


def _could_run(cell: str) -> bool:
    return cell.startswith(BREAKING_SIGNS) or cell.lstrip().startswith(FORMULA_SIGNS)


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {
    bool: lambda claim: "1" if claim else "0",
    Decimal: "{:f}".format,
    datetime: lambda instant: instant.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    date: date.isoformat,
}
