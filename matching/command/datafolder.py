"""Opens the files of the ``data`` folder, and those that somebody named."""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import TypeVar

from matching.intake.cells import CellError
from matching.tables import FaultCode, Row, UnreadableTableError, quoted, read_table
from matching.tables.reading import MAX_FILE_BYTES
from matching.tables.values import unreadable

ValueT = TypeVar("ValueT")


class DataFile:
    """A file of the data folder; every fault in it is an error, because nobody but the project writes it."""

    def __init__(self, path: Path, *columns: str) -> None:
        self._name = f"data/{path.parent.name}/{path.name}"
        table = read_table(_shipped_content(path, self._name), name=self._name)
        if table.faults:
            raise UnreadableTableError(table.faults)
        missing = [column for column in columns if column not in table.columns]
        if missing:
            sentence = f"The header has no column '{missing[0]}'; add it."
            raise unreadable(self._name, sentence, code=FaultCode.MISSING_COLUMN, column=missing[0])
        self.rows = table.rows

    def value(self, row: Row, column: str, parse: Callable[[str], ValueT]) -> ValueT | None:
        """Return the value of a cell, or ``None`` where it is empty."""
        text = row.cells[column].strip()
        try:
            return parse(text) if text else None
        except CellError as error:
            raise self._fault(row, column, error.code, str(error)) from error

    def known(self, row: Row, column: str, known: Container[str]) -> str:
        """Return the text of a cell, which has to be one of those known."""
        text = row.cells[column].strip()
        if text not in known:
            raise self._fault(row, column, FaultCode.UNKNOWN_CODE, f"{quoted(text)} is not known here; correct it.")
        return text

    def _fault(self, row: Row, column: str, code: FaultCode, sentence: str) -> UnreadableTableError:
        return unreadable(self._name, sentence, code=code, line=row.line, column=column)


def content_of(path: Path | str) -> bytes:
    """Return the bytes of a file that somebody named; its faults name it by the path as it was given.

    Raises
    ------
    UnreadableTableError
        When it cannot be opened, or is larger than any table; its fault says why.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise unreadable(str(path), "There is no such file; check its name.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise unreadable(str(path), f"The file cannot be opened: {reason}.") from error
    if len(content) > MAX_FILE_BYTES:
        raise unreadable(str(path), f"The file is larger than {MAX_FILE_BYTES // (1024 * 1024)} MB; divide it.")
    return content


def _shipped_content(path: Path, name: str) -> bytes:
    try:
        return content_of(path)
    except UnreadableTableError as error:
        sentence = "The file cannot be opened; it belongs to the project, get it back from there."
        raise unreadable(name, sentence) from error
