"""Whatever bytes come in, out come records and faults, never an exception, and soon."""

from __future__ import annotations

import time

from hypothesis import example, given
from hypothesis import strategies as st

from matching.intake import Intake, read_needs, read_offers, read_states, read_tandem_candidates
from matching.records import Need
from tests.matching.made_files import (
    SHEET,
    STRINGS,
    make_csv,
    make_geography,
    make_taxonomy,
    make_workbook,
    with_member,
)

HEADER = ("id", "state", "title", "areas", "modes", "languages", "earliest", "latest", "priority", "budget", "currency")
GOOD_ROW = ("n-1", "XAA", "Train", "GOV", "training", "en", "2027-01-01", "2027-12-31", "3", "10", "EUR")
GOOD_CSV = make_csv(HEADER, GOOD_ROW)
GOOD_WORKBOOK = make_workbook(HEADER, GOOD_ROW)
N_ROWS = 100_000
N_MISSPELT = 10_000
MAX_SECONDS = 15  # of the processor; it takes about three

cell_text = st.one_of(
    st.text(max_size=40),
    st.sampled_from(['"', '""', ",", "\n", "\r", "\x00", "=1+1", ";;", "*", "-0", "1e5", "٣", "\u202e", "XAA;XAA"]),
)
edits = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 30), st.binary(max_size=20)), min_size=1, max_size=6)


def read(content: bytes) -> Intake[Need]:
    return read_needs(content, name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())


def edited(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, n_removed, added in changes:
        at = place % (len(content) + 1)
        content = content[:at] + added + content[at + n_removed :]
    return content


def is_consistent(intake: Intake[Need]) -> bool:
    """Return whether records and rows run parallel, no faulty row is among them, and every fault is one line."""
    faulty = {fault.line for fault in intake.faults}
    return (
        len(intake.records) == len(intake.rows)
        and not faulty & {row.line for row in intake.rows}
        and all(len(str(fault).splitlines()) == 1 for fault in intake.faults)
    )


@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00\x00")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    intake = read(content)

    consistent = is_consistent(intake)

    assert consistent


@given(st.lists(st.lists(cell_text, min_size=11, max_size=11), max_size=5))
def test_any_cells_are_read_or_refused(rows: list[list[str]]) -> None:
    intake = read(make_csv(HEADER, *rows))

    consistent = is_consistent(intake)

    assert consistent


@given(edits)
def test_an_edited_csv_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    intake = read(edited(GOOD_CSV, changes))

    consistent = is_consistent(intake)

    assert consistent


@given(edits)
def test_an_edited_workbook_is_read_or_refused(changes: list[tuple[int, int, bytes]]) -> None:
    intake = read(edited(GOOD_WORKBOOK, changes))

    consistent = is_consistent(intake)

    assert consistent


@given(edits, st.sampled_from([SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml"]))
def test_a_workbook_with_an_edited_part_is_read_or_refused(changes: list[tuple[int, int, bytes]], part: str) -> None:
    intake = read(with_member(GOOD_WORKBOOK, part, lambda content: edited(content, changes)))

    consistent = is_consistent(intake)

    assert consistent


@given(st.binary(max_size=200))
def test_the_other_readers_refuse_any_bytes_too(content: bytes) -> None:
    geography, taxonomy = make_geography(), make_taxonomy()
    names = {"name": "file.csv", "geography": geography, "taxonomy": taxonomy}

    found = [
        *read_offers(content, **names).records,  # type: ignore[arg-type]  # one dict for both readers
        *read_tandem_candidates(content, **names).records,  # type: ignore[arg-type]  # as above
        *read_states(content, name="file.csv").records,
    ]

    assert found == []


def test_reading_twice_gives_the_same() -> None:
    content = make_csv(HEADER, GOOD_ROW, GOOD_ROW, ("n-2", "Fiji", *GOOD_ROW[2:]))

    first, second = read(content), read(content)

    assert first == second


def test_a_hundred_thousand_needs_are_read_in_seconds() -> None:
    description = "Support to a national incident response team, é. " * 6
    rows = [(f"n-{at}", *GOOD_ROW[1:], description) for at in range(N_ROWS)]
    content = make_csv((*HEADER, "description"), *rows)

    started = time.process_time()
    intake = read(content)
    seconds = time.process_time() - started

    assert len(intake.records) == N_ROWS
    assert seconds < MAX_SECONDS


def test_ten_thousand_misspelt_codes_cost_no_more() -> None:
    rows = [(f"n-{at}", f"Northlund{at}", *GOOD_ROW[2:]) for at in range(N_MISSPELT)]
    content = make_csv(HEADER, *rows)

    started = time.process_time()
    intake = read(content)
    seconds = time.process_time() - started

    assert len(intake.faults) == N_MISSPELT
    assert seconds < MAX_SECONDS
