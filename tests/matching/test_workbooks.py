"""The first sheet of a workbook is read as CSV is, and a hostile workbook does no harm."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest

from matching.tables import FaultCode, UnreadableTableError, read_table
from tests.matching.made_files import SHEET, STRINGS, make_workbook, with_member

PLAIN = make_workbook(("id", "title"), ("n-1", "Train a CERT"))


def cell_of(value: Any) -> str:
    table = read_table(make_workbook(("id",), (value,)), name="needs.xlsx")
    return table.rows[0].cells["id"]


def refusal_of(content: bytes) -> list[FaultCode]:
    with pytest.raises(UnreadableTableError) as caught:
        read_table(content, name="needs.xlsx")
    return [fault.code for fault in caught.value.faults]


def put_row(row: bytes) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", row + b"</sheetData>")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (0.0000001, "0.0000001"),
        (1e20, "100000000000000000000"),
        (True, "TRUE"),
        (date(2027, 3, 31), "2027-03-31"),
        (datetime(2027, 3, 31, 8, 30), "2027-03-31 08:30:00"),  # noqa: DTZ001 – a sheet knows no time zones
        ("two\nlines", "two\nlines"),
        ("007", "007"),
    ],
    ids=[
        "int",
        "whole float",
        "float",
        "tiny",
        "huge",
        "bool",
        "day",
        "instant",
        "text of two lines",
        "digits as text",
    ],
)
def test_a_cell_becomes_the_text_a_person_would_type(value: Any, expected: str) -> None:
    text = cell_of(value)

    assert text == expected


def test_a_workbook_is_told_by_its_content_and_lines_are_rows_of_the_sheet() -> None:
    content = make_workbook((), ("id", "title"), (), ("n-1", "Train a CERT"))

    table = read_table(content, name="needs.csv")

    assert [(row.line, row.cells["title"]) for row in table.rows] == [(4, "Train a CERT")]


def test_the_first_visible_sheet_is_read() -> None:
    def hide_the_first(workbook: Any, sheet: Any) -> None:
        second = workbook.add_worksheet("Seen")
        second.write_row(0, 0, ("id", "title"))
        second.write_row(1, 0, ("n-9", "Seen"))
        second.activate()
        sheet.hide()

    content = make_workbook(("id", "title"), ("n-1", "Hidden"), fill=hide_the_first)

    table = read_table(content, name="needs.xlsx")

    assert table.rows[0].cells["title"] == "Seen"


def test_formulas_and_errors_are_told_by_row_and_column() -> None:
    def calculate(_workbook: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")

    content = make_workbook(("id", "title"), ("n-1", ""), ("", "b"), fill=calculate)

    table = read_table(content, name="needs.xlsx")

    found = [(fault.line, fault.column, fault.code) for fault in table.faults]
    assert found == [
        (2, "title", FaultCode.FORMULA_CELL),
        (3, "id", FaultCode.ERROR_CELL),
        (3, "id", FaultCode.FORMULA_CELL),
    ]


def test_a_workbook_that_spells_its_parts_otherwise_is_read() -> None:
    strings = STRINGS.encode()
    content = PLAIN.replace(strings, strings.replace(b"shared", b"Shared"))

    table = read_table(content, name="needs.xlsx")

    assert table.rows[0].cells["title"] == "Train a CERT"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN[:-40],
        b"PK\x03\x04" + b"\x00" * 200,
        b"PK\x05\x06" + b"\x00" * 18,
        with_member(PLAIN, SHEET, lambda sheet: sheet[:-30]),
        with_member(PLAIN, SHEET, lambda _sheet: b"<a>" * 100_000),
        with_member(PLAIN, "xl/workbook.xml", lambda part: part.replace(b"<sheet ", b"<nothing ")),
        with_member(PLAIN, "xl/_rels/workbook.xml.rels", lambda part: part.replace(b"worksheets/", b"../../../etc/")),
        with_member(
            PLAIN, STRINGS, lambda part: part.replace(b"<sst", b'<!DOCTYPE s [<!ENTITY e SYSTEM "x">]><sst', 1)
        ),
        with_member(PLAIN, STRINGS, lambda part: re.sub(rb'Count="\d+"', b'Count="25536871015"', part)),
        with_member(PLAIN, SHEET, put_row(b'<row r="1048576"><c r="T1048576"><v>1</v></c></row>')),
        with_member(PLAIN, SHEET, put_row(b'<row r="99999999"><c><v>1</v></c></row>')),
        with_member(PLAIN, SHEET, put_row(b'<row r="9"><c r="XFD9"><v>1</v></c></row>')),
        with_member(PLAIN, SHEET, put_row(b'<row r="9"><c r="$A$9"><v>1</v></c></row>')),
        with_member(PLAIN, SHEET, put_row(b'<row r="9"><c r="A9" t="s"><v>77</v></c></row>')),
        with_member(PLAIN, SHEET, lambda sheet: sheet.decode().encode("utf-16")),
    ],
    ids=[
        *("cut off", "zeros", "empty archive", "sheet cut off", "sheet of another kind", "no sheet"),
        *("sheet outside the archive", "external entity", "billions of strings announced", "cell far below"),
        *("row that cannot exist", "cell far right", "reference that cannot exist", "text that is not there", "UTF-16"),
    ],
)
def test_a_broken_or_hostile_workbook_is_refused(content: bytes) -> None:
    codes = refusal_of(content)

    assert codes == [FaultCode.UNREADABLE_FILE]


def test_a_bomb_is_refused_by_what_it_declares() -> None:
    content = with_member(PLAIN, SHEET, lambda sheet: sheet + b" " * 5_000_000)

    codes = refusal_of(content)

    assert codes == [FaultCode.UNREADABLE_FILE]


def test_a_bomb_that_declares_little_is_refused_by_what_comes_out() -> None:
    honest = with_member(PLAIN, SHEET, lambda sheet: sheet + b" " * 5_000_000)
    size = (len(zipfile_member(honest, SHEET))).to_bytes(4, "little")
    content = honest.replace(size, (1000).to_bytes(4, "little"))

    codes = refusal_of(content)

    assert codes == [FaultCode.UNREADABLE_FILE]


def test_a_workbook_beyond_the_budget_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.tables.workbooks._MAX_UNPACKED_BYTES", 3_000)

    codes = refusal_of(PLAIN)

    assert codes == [FaultCode.UNREADABLE_FILE]


def test_an_encrypted_member_is_refused() -> None:
    flags_at = PLAIN.index(b"PK\x01\x02") + 8
    content = PLAIN[:flags_at] + b"\x01\x00" + PLAIN[flags_at + 2 :]

    codes = refusal_of(content)

    assert codes == [FaultCode.UNREADABLE_FILE]


def test_a_time_of_day_stays_text() -> None:
    text = cell_of(time(8, 30))

    assert text == "08:30:00"


def zipfile_member(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)


def test_a_text_that_is_named_like_a_workbook_is_told_to_be_none() -> None:
    """Three columns were said to be missing, though nothing was wrong but the name of the file."""
    with pytest.raises(UnreadableTableError) as caught:
        read_table(b"id;state;title\nn-1;XAA;Train\n", name="Needs.XLSX")

    told = str(caught.value)

    assert told.startswith("Needs.XLSX:1:-: unreadable_file: The name ends in .xlsx but the file is not a workbook;")
