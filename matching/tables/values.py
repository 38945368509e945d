"""The values of a table: its rows, and the faults found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from matching.errors import MatchingError

NO_COLUMN: Final = "-"
"""Stands where a fault belongs to a row or a file and to no single column."""

HEADER_LINE: Final = 1

MAX_CELL_LENGTH: Final = 32_767  # characters; the most that a spreadsheet's cell can hold
MAX_ROWS: Final = 1_048_576  # the most that a spreadsheet's sheet can hold
MAX_COLUMNS: Final = 500
_SHOWN_LENGTH: Final = 60


class FaultCode(StrEnum):
    """What is wrong, in one word that scripts may rely on."""

    MISSING_VALUE = "missing_value"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_STATE = "unknown_state"
    UNKNOWN_CODE = "unknown_code"
    BAD_DATE = "bad_date"
    BAD_NUMBER = "bad_number"
    BAD_VALUE = "bad_value"
    BAD_ADDRESS = "bad_address"
    OUT_OF_RANGE = "out_of_range"
    END_BEFORE_START = "end_before_start"
    BAD_ENCODING = "bad_encoding"
    BAD_CHARACTER = "bad_character"
    BAD_QUOTE = "bad_quote"
    BAD_ROW = "bad_row"
    BAD_SEPARATOR = "bad_separator"
    FORMULA_CELL = "formula_cell"
    ERROR_CELL = "error_cell"
    EMPTY_FILE = "empty_file"
    UNREADABLE_FILE = "unreadable_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something to put right in a file.

    ``line`` is where the record begins, the header is 1; in a workbook it is the row of the sheet. ``column`` is the
    name of the column, or ``-`` where the fault belongs to the whole row or file.
    """

    file: str
    line: int
    column: str
    code: FaultCode
    sentence: str

    def __str__(self) -> str:
        """Return the fault as one line of text."""
        return f"{one_line(self.file)}:{self.line}:{one_line(self.column)}: {self.code}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record as it stands in the file: ``cells`` maps every column to its text, untrimmed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file as rows of text.

    ``faults`` tells what is wrong with single rows. A row whose cells cannot be told apart is left out of ``rows``; a
    row with a fault in one cell stays, so that its other cells can be checked too.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()


class UnreadableTableError(MatchingError):
    """A file from which no row can be taken; ``faults`` holds the reasons."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def unreadable(
    name: str,
    sentence: str,
    *,
    code: FaultCode = FaultCode.UNREADABLE_FILE,
    line: int = HEADER_LINE,
    column: str = NO_COLUMN,
) -> UnreadableTableError:
    """Return the error for a file that cannot be read for one reason."""
    return UnreadableTableError([Fault(file=name, line=line, column=column, code=code, sentence=sentence)])


def one_line(text: str) -> str:
    r"""Return the text on one line, with a question mark for what cannot be printed.

    Examples
    --------
    >>> one_line("a\nb")
    'a b'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def quoted(text: str) -> str:
    """Return the text between quotation marks as a sentence shows it: on one line, and cut when it is long.

    Examples
    --------
    >>> quoted("Fiji")
    "'Fiji'"
    """
    shown = one_line(text[: _SHOWN_LENGTH * 4])
    return f"'{shown}'" if len(shown) <= _SHOWN_LENGTH else f"'{shown[:_SHOWN_LENGTH]}…'"
