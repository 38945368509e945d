"""Reads CSV as RFC 4180 has it, and says which line breaks the rules."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from typing import Final

from matching.tables.records import Mark, Records
from matching.tables.values import NO_COLUMN, FaultCode, UnreadableTableError, unreadable

_SAVE_AS_UTF8: Final = "in the spreadsheet program choose 'Save as' and the file type 'CSV UTF-8 (comma delimited)'"
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_SAMPLE_BYTES: Final = 4096
_MAX_LINES_OF_A_CELL: Final = 1000  # what follows a quotation mark left open for longer is not worth guessing at
_STRICT_RECORD: Final = re.compile(
    r'(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)(?:,(?:"(?:[^"]++|"")*+"|[^",\r\n]*+))*+[\r\n]*\Z'
)


def csv_records(content: bytes, *, name: str) -> Records:
    r"""Return the records of a CSV file.

    Parameters
    ----------
    content
        UTF-8, with or without a byte order mark; cells are separated by commas.
    name
        The name of the file, for its faults.

    Raises
    ------
    UnreadableTableError
        When the bytes are not UTF-8.

    References
    ----------
    RFC 4180, Common Format and MIME Type for CSV Files (2005).

    Examples
    --------
    >>> csv_records(b"id,title\n1,\"a, b\"\n", name="needs.csv").records
    [(1, ['id', 'title']), (2, ['1', 'a, b'])]
    """
    text = _decoded(content, name=name)
    found = Records()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            found.marks.append(_broken_record(line, reader.line_num, str(error)))
            if reader.line_num > line + _MAX_LINES_OF_A_CELL:
                return found
            continue
        if any('"' in cell for cell in cells):
            lines = lines or io.StringIO(text, newline="").readlines()
            if not _STRICT_RECORD.match("".join(lines[line - 1 : reader.line_num])):
                found.marks.append(_stray_quote(line))
                continue
        found.records.append((line, cells))


def _decoded(content: bytes, *, name: str) -> str:
    sample = content[:_SAMPLE_BYTES]
    if content.startswith(_WIDE_MARKS) or sample.count(0) * 3 > len(sample):
        sentence = f"The file is UTF-16 ('Unicode text'), not UTF-8; {_SAVE_AS_UTF8}."
        raise unreadable(name, sentence, code=FaultCode.BAD_ENCODING)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad_encoding(content, error, name=name) from error


def _bad_encoding(content: bytes, error: UnicodeDecodeError, *, name: str) -> UnreadableTableError:
    """Return the fault for the first byte that is not UTF-8, with the record and the column that hold it."""
    # Within the error the position counts from after the byte order mark, where there is one.
    start = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
    before = content[:start].decode("utf-8-sig", errors="replace") + "?"
    reader = csv.reader(io.StringIO(before, newline=""))
    line, next_line = 1, 1
    header: list[str] = []
    cells: list[str] = []
    with contextlib.suppress(csv.Error):
        for cells in reader:
            line, next_line = next_line, reader.line_num + 1
            header = header or cells
    is_named = 0 < len(cells) <= len(header) and cells is not header
    column = header[len(cells) - 1].strip() if is_named else NO_COLUMN
    sentence = f"The byte 0x{content[start]:02X} is not UTF-8, so the file is in another encoding; {_SAVE_AS_UTF8}."
    return unreadable(name, sentence, code=FaultCode.BAD_ENCODING, line=line, column=column or NO_COLUMN)


def _broken_record(line: int, last_line: int, message: str) -> Mark:
    if "field limit" in message and last_line == line:
        sentence = "A cell of this row is too long; shorten it."
        return Mark(line=line, position=None, code=FaultCode.OUT_OF_RANGE, sentence=sentence)
    if "field limit" in message or "end of data" in message:
        sentence = "A quotation mark opens in this row and never closes; close it, or double it inside a cell."
        return Mark(line=line, position=None, code=FaultCode.BAD_QUOTE, sentence=sentence)
    return _stray_quote(line)


def _stray_quote(line: int) -> Mark:
    sentence = (
        'A quotation mark stands in the middle of a cell; write the cell between quotation marks and double it: "".'
    )
    return Mark(line=line, position=None, code=FaultCode.BAD_QUOTE, sentence=sentence)
