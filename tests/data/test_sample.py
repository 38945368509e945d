"""The shipped sample: real needs and offers from public statements, classified by reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
ReadTable = Callable[[str], list[dict[str, str]]]

NEED_COLUMNS = (
    "id,state,title,description,areas,modes,languages,earliest,latest,priority,gap,budget,currency,audience,outcome,"
    "underway,excluded_providers,visibility,source_url,stated_on,areas_basis,modes_basis"
)
OFFER_COLUMNS = (
    "id,provider,title,description,areas,modes,languages,eligible,capacity,available_from,available_until,budget,"
    "currency,funder,confirmed_on,visibility,source_url,kind,areas_basis,modes_basis"
)
# Resolution 1540, export control, CBRN and the Biological Weapons Convention: outside the twelve areas.
NEEDS_OUTSIDE = ["need-0001", "need-0003", "need-0004", "need-0005", "need-0122"]
OFFERS_OUTSIDE = [
    "off-0164", "off-0166", "off-0183", "off-0184", "off-0186", "off-0191", "off-0193", "off-0197", "off-0301", "off-0302",
    "off-0304", "off-0309", "off-0332", "off-0334", "off-0335", "off-0336", "off-0337", "off-0338", "off-0346", "off-0347",
]  # fmt: skip
BOTH = pytest.mark.parametrize("name", ["needs", "offers"])


def codes_of(row: dict[str, str], column: str) -> list[str]:
    """Return the codes of a cell in their order; none of an empty cell."""
    return row[column].split(";") if row[column] else []


@pytest.mark.parametrize(("name", "expected"), [("needs", 55), ("offers", 232)])
def test_the_sample_has_its_records(read_table: ReadTable, name: str, expected: int) -> None:
    rows = read_table(f"sample/{name}")

    count = len(rows)

    assert count == expected


@pytest.mark.parametrize(("name", "expected"), [("needs", NEED_COLUMNS), ("offers", OFFER_COLUMNS)])
def test_the_columns_are_those_of_the_contract_and_then_what_only_the_sample_has(name: str, expected: str) -> None:
    content = (SAMPLE / f"{name}.csv").read_bytes()

    header = content.split(b"\n", 1)[0].decode("utf-8")

    assert header == expected


@BOTH
def test_a_file_of_the_sample_is_utf_8_without_mark_and_ends_its_lines_with_lf(name: str) -> None:
    content = (SAMPLE / f"{name}.csv").read_bytes()

    text = content.decode("utf-8")

    assert not text.startswith("\ufeff")
    assert "\r" not in text
    assert text.endswith("\n")


@pytest.mark.parametrize(("name", "pattern"), [("needs", r"need-[0-9]{4}"), ("offers", r"off-[0-9]{4}")])
def test_ids_are_well_formed_and_unique(read_table: ReadTable, name: str, pattern: str) -> None:
    rows = read_table(f"sample/{name}")

    ids = Counter(row["id"] for row in rows)

    assert [record_id for record_id in ids if not re.fullmatch(pattern, record_id)] == []
    assert max(ids.values()) == 1


@BOTH
def test_every_record_has_a_title_a_description_and_a_public_source(read_table: ReadTable, name: str) -> None:
    rows = read_table(f"sample/{name}")

    wordless = [row["id"] for row in rows if len(row["title"]) < 16 or len(row["description"]) < 49]
    sourceless = [row["id"] for row in rows if not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", row["source_url"])]

    assert wordless == []
    assert sourceless == []
    assert {row["visibility"] for row in rows} == {"public"}


@BOTH
def test_every_area_and_mode_is_in_the_taxonomy(read_table: ReadTable, name: str) -> None:
    areas = {area["code"] for area in read_table("taxonomy/areas")}
    modes = {mode["code"] for mode in read_table("taxonomy/modes")}
    rows = read_table(f"sample/{name}")

    used_areas = {code for row in rows for code in codes_of(row, "areas")}
    used_modes = {code for row in rows for code in codes_of(row, "modes")}

    assert used_areas - areas == set()
    assert used_modes - modes == set()


@BOTH
@pytest.mark.parametrize("column", ["areas", "modes"])
def test_no_code_stands_twice_in_a_cell(read_table: ReadTable, name: str, column: str) -> None:
    rows = read_table(f"sample/{name}")

    repeating = [row["id"] for row in rows if len(set(codes_of(row, column))) < len(codes_of(row, column))]

    assert repeating == []


@BOTH
def test_a_record_has_at_most_three_areas_and_none_beside_its_own_subtopic(read_table: ReadTable, name: str) -> None:
    rows = read_table(f"sample/{name}")

    crowded = [row["id"] for row in rows if len(codes_of(row, "areas")) > 3]
    doubled = [
        row["id"]
        for row in rows
        if {code.split(".")[0] for code in codes_of(row, "areas") if "." in code} & set(codes_of(row, "areas"))
    ]

    assert crowded == []
    assert doubled == []


@pytest.mark.parametrize(("name", "expected"), [("needs", NEEDS_OUTSIDE), ("offers", OFFERS_OUTSIDE)])
def test_exactly_the_records_outside_the_twelve_areas_have_no_area(
    read_table: ReadTable, name: str, expected: list[str]
) -> None:
    rows = read_table(f"sample/{name}")

    without = [row["id"] for row in rows if not row["areas"]]

    assert without == expected


def test_between_them_the_offers_reach_every_one_of_the_twelve_areas(read_table: ReadTable) -> None:
    rows = read_table("sample/offers")

    tops = {code.split(".")[0] for row in rows for code in codes_of(row, "areas")}

    assert tops == {"GOV", "LAW", "DIP", "IRC", "EXE", "CIP", "SUP", "CRI", "AWA", "EDU", "STD", "CON"}


@BOTH
@pytest.mark.parametrize("column", ["areas", "modes"])
def test_the_basis_says_read_exactly_where_there_is_a_code(read_table: ReadTable, name: str, column: str) -> None:
    rows = read_table(f"sample/{name}")

    pairs = {(bool(row[column]), row[f"{column}_basis"]) for row in rows}

    assert pairs == {(True, "read"), (False, "")}


def test_only_three_offers_say_in_which_language(read_table: ReadTable) -> None:
    rows = read_table("sample/needs") + read_table("sample/offers")

    languages_by_id = {row["id"]: row["languages"] for row in rows if row["languages"]}

    assert languages_by_id == {"off-0070": "km;en", "off-0262": "rw", "off-0357": "ar"}


def test_every_need_is_of_one_state_of_the_states_file(read_table: ReadTable) -> None:
    states = {state["iso3"] for state in read_table("reference/states")}
    rows = read_table("sample/needs")

    unknown = [row["id"] for row in rows if row["state"] not in states]

    assert unknown == []


def test_every_offer_is_open_to_states_or_groups_that_exist(read_table: ReadTable) -> None:
    states = {state["iso3"] for state in read_table("reference/states")}
    groups = {row["code"] for table in ("groups", "regions") for row in read_table(f"reference/{table}")}
    rows = read_table("sample/offers")

    open_to = {token for row in rows for token in codes_of(row, "eligible")}

    assert open_to - states - groups == {"*"}
    assert [row["id"] for row in rows if not row["eligible"]] == []


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("needs", "earliest latest priority gap budget currency outcome underway excluded_providers"),
        ("offers", "capacity available_from available_until budget currency confirmed_on"),
    ],
)
def test_what_the_sources_do_not_say_is_empty(read_table: ReadTable, name: str, columns: str) -> None:
    rows = read_table(f"sample/{name}")

    invented = [(row["id"], column) for row in rows for column in columns.split() if row[column]]

    assert invented == []


@BOTH
def test_the_readme_names_every_record_without_an_area(read_table: ReadTable, name: str) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    rows = read_table(f"sample/{name}")

    unnamed = [row["id"] for row in rows if not row["areas"] and row["id"] not in readme]

    assert unnamed == []
