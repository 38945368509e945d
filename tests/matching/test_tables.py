"""CSV files become rows of text, and every broken one says what to put right."""

from __future__ import annotations

import pytest

from matching.tables import Fault, FaultCode, Table, UnreadableTableError, read_table


def read(content: bytes) -> Table:
    return read_table(content, name="needs.csv")


def faults_of(content: bytes) -> list[str]:
    """Return line, column and code of every fault, whether the file can be read or not."""
    try:
        faults = read(content).faults
    except UnreadableTableError as error:
        faults = error.faults
    return [f"{fault.line}:{fault.column}:{fault.code}" for fault in faults]


def test_a_fault_is_one_line_that_scripts_can_take_apart() -> None:
    fault = Fault(file="a\nb.csv", line=7, column="state", code=FaultCode.UNKNOWN_STATE, sentence="Correct it.")

    text = str(fault)

    assert text == "a b.csv:7:state: unknown_state: Correct it."


def test_a_header_is_trimmed_and_its_columns_may_stand_in_any_order() -> None:
    content = b" title , id\r\nTrain a CERT,n-1\r\n"

    table = read(content)

    assert table.columns == ("title", "id")
    assert table.rows[0].cells == {"title": "Train a CERT", "id": "n-1"}


def test_a_byte_order_mark_is_accepted() -> None:
    content = b"\xef\xbb\xbfid,title\nn-1,Train\n"

    table = read(content)

    assert table.columns == ("id", "title")


def test_a_line_is_where_the_record_begins_although_cells_hold_line_breaks() -> None:
    content = b'id,title\nn-1,"two\nlines"\n\nn-2,one\n'

    table = read(content)

    assert [row.line for row in table.rows] == [2, 5]
    assert table.rows[0].cells["title"] == "two\nlines"


@pytest.mark.parametrize(
    "content",
    [b"id,title\rn-1,a\rn-2,b\r", b"id,title\r\nn-1,a\r\nn-2,b", b"id,title\nn-1,a\n   \n,\nn-2,b\n\n"],
    ids=["old Mac line ends", "no final line end", "blank lines"],
)
def test_line_ends_of_every_kind_and_blank_lines_are_read(content: bytes) -> None:
    table = read(content)

    titles = [row.cells["title"] for row in table.rows]

    assert titles == ["a", "b"]
    assert table.faults == ()


def test_a_column_without_a_name_is_ignored_with_a_warning() -> None:
    content = b"id,,title,,\nn-1,x,Train,,\n"

    table = read(content)

    assert table.rows[0].cells["title"] == "Train"
    assert table.warnings == ("needs.csv:1: column 2 has no name and is ignored.",)


def test_a_value_in_a_last_column_without_a_name_is_ignored_with_a_warning() -> None:
    """A note beside the table refused its row, with a sentence about the wrong number of cells."""
    content = b"id,title,,\nn-1,Train,,seen\nn-2,Draft,,\n"

    table = read(content)

    assert [row.cells for row in table.rows] == [{"id": "n-1", "title": "Train"}, {"id": "n-2", "title": "Draft"}]
    assert table.warnings == ("needs.csv:1: column 4 has no name and is ignored.",)
    assert table.faults == ()


def test_a_row_of_another_length_is_told_with_the_length_of_the_header() -> None:
    content = b"id,title,\nn-1,Train,,seen\n"

    sentence = read(content).faults[0].sentence

    assert sentence.startswith("The row has 4 cells and the header 3;")


def test_of_an_unknown_column_that_stands_twice_the_first_counts() -> None:
    table = read_table(b"id,note,id_of_old,note\nn-1,a,b,c\n", name="needs.csv", known=("id",))

    cells = table.rows[0].cells

    assert (table.columns, cells) == (("id", "note", "id_of_old"), {"id": "n-1", "note": "a", "id_of_old": "b"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["1:-:empty_file"]),
        (b"\xef\xbb\xbf \r\n", ["1:-:empty_file"]),
        (b"id;title\nn-1;Train\n", ["1:-:bad_separator"]),
        (b"id\ttitle\nn-1\tTrain\n", ["1:-:bad_separator"]),
        (b"id,title,id\nn-1,Train,n-1\n", ["1:id:duplicate_column"]),
        ("id,title\nn-1,é\n".encode("utf-16"), ["1:-:bad_encoding"]),
        ("id,title\nn-1,e\n".encode("utf-16-be"), ["1:-:bad_encoding"]),
        ('id,title\nn-1,"a\nb"\nn-2,"c\ncafé"\n'.encode("latin-1"), ["4:title:bad_encoding"]),
        ("id,title\n“n-1”,a\n".encode("cp1252"), ["2:id:bad_encoding"]),
        ("id,titré\nn-1,a\n".encode("cp1252"), ["1:-:bad_encoding"]),
        (b"\xef\xbb\xbfid,title\nn-1,\xff\n", ["2:title:bad_encoding"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ["1:-:unreadable_file"]),
        (b"id,ti\x07tle\nn-1,a\n", ["1:ti\x07tle:bad_character"]),
    ],
    ids=[
        *("empty", "only white space", "semicolons", "tabs", "column twice", "UTF-16", "UTF-16 without mark"),
        *("Latin-1 in a cell of two lines", "Windows-1252", "Windows-1252 header", "stray byte after a mark"),
        *("old workbook", "control character in the header"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(content: bytes, expected: list[str]) -> None:
    with pytest.raises(UnreadableTableError) as caught:
        read(content)

    found = [f"{fault.line}:{fault.column}:{fault.code}" for fault in caught.value.faults]

    assert found == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id,title\nn-1\nn-2,b\n", ["2:-:bad_row"]),
        (b"id,title\nn-1,a,b\nn-2,b\n", ["2:-:bad_row"]),
        (b'id,title\nn-1,5" disk\nn-2,b\n', ["2:-:bad_quote"]),
        (b'id,title\nn-1,"a"b\nn-2,b\n', ["2:-:bad_quote"]),
        (b'id,title\nn-1, "a"\nn-2,b\n', ["2:-:bad_quote"]),
        (b'id,title\nn-2,b\nn-1,"never\nclosed\n', ["3:-:bad_quote"]),
        (b"id,title\nn-1,a\x00b\nn-2,b\n", ["2:title:bad_character"]),
        (b"id,title\nn-1,a\xc2\x85b\nn-2,b\n", ["2:title:bad_character"]),
        (b"id,title\nn-1," + b"a" * 32_768 + b"\nn-2,b\n", ["2:title:out_of_range"]),
        (b"id,title\nn-1," + b"a" * 200_000 + b"\nn-2,b\n", ["2:-:out_of_range"]),
    ],
    ids=[
        *("too few cells", "too many cells", "quotation mark in a bare cell"),
        *("text after a closing mark", "blank before an opening mark", "mark never closed", "NUL"),
        *("control character from Latin-1", "cell too long for a spreadsheet", "cell far too long"),
    ],
)
def test_a_bad_row_is_told_and_the_good_one_is_kept(content: bytes, expected: list[str]) -> None:
    table = read(content)

    good = [row.cells["title"] for row in table.rows if row.cells["id"] == "n-2"]

    assert faults_of(content) == expected
    assert good == ["b"]


def test_a_doubled_quotation_mark_is_one() -> None:
    content = b'id,title\nn-1,"a 5"" disk, ""new"""\n'

    table = read(content)

    assert table.rows[0].cells["title"] == 'a 5" disk, "new"'


def test_a_quotation_mark_left_open_ends_the_reading_after_many_lines() -> None:
    content = b'id,title\nn-1,"open\n' + b"n-2,b\n" * 40_000

    found = faults_of(content)

    assert found == ["2:-:bad_quote"]


def test_a_cell_of_the_longest_length_passes() -> None:
    content = b"id,title\nn-1," + b"a" * 32_767 + b"\n"

    table = read(content)

    assert table.faults == ()


def test_a_file_larger_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.tables.reading.MAX_FILE_BYTES", 10)

    found = faults_of(b"id,title\nn-1,a\n")

    assert found == ["1:-:unreadable_file"]
