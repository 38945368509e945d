"""Every bad cell is told, all of a file at once, with what was probably meant."""

from __future__ import annotations

import pytest

from matching.intake import read_needs, read_offers
from tests.matching.made_files import make_csv, make_geography, make_taxonomy, make_workbook
from tests.matching.made_intakes import candidates_of, codes_of, needs_of, offers_of


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"id": ""}, "2:id:missing_value"),
        ({"id": "n" * 201}, "2:id:out_of_range"),
        ({"id": "n\u200b1"}, "2:id:bad_character"),
        ({"id": "n\n1"}, "2:id:bad_character"),
        ({"state": " ; "}, "2:state:missing_value"),
        ({"state": "XAA;COK;XX"}, "2:state:unknown_state"),
        ({"title": " "}, "2:title:missing_value"),
        ({"title": "a\u202eb"}, "2:title:bad_character"),
        ({"areas": "IRC.1;IRC.77"}, "2:areas:unknown_code"),
        ({"modes": "teaching"}, "2:modes:unknown_code"),
        ({"languages": "English"}, "2:languages:unknown_code"),
        ({"languages": "xx"}, "2:languages:unknown_code"),
        ({"languages": "und"}, "2:languages:unknown_code"),
        ({"languages": "qaa"}, "2:languages:unknown_code"),
        ({"languages": "en_"}, "2:languages:unknown_code"),
        ({"earliest": "31/12/2027"}, "2:earliest:bad_date"),
        ({"earliest": "2027-02-29"}, "2:earliest:bad_date"),
        ({"earliest": "20270228"}, "2:earliest:bad_date"),
        ({"earliest": "2027-W01-1"}, "2:earliest:bad_date"),
        ({"latest": "9999-12-31"}, "2:latest:out_of_range"),
        ({"earliest": "2027-02-02", "latest": "2027-02-01"}, "2:latest:end_before_start"),
        ({"priority": "0"}, "2:priority:out_of_range"),
        ({"priority": "6"}, "2:priority:out_of_range"),
        ({"priority": "high"}, "2:priority:bad_number"),
        ({"priority": "٣"}, "2:priority:bad_number"),
        ({"priority": "9" * 5_000}, "2:priority:out_of_range"),
        ({"gap": "-1"}, "2:gap:out_of_range"),
        ({"gap": "2.5"}, "2:gap:bad_number"),
        ({"budget": "1,000", "currency": "USD"}, "2:budget:bad_number"),
        ({"budget": "NaN", "currency": "USD"}, "2:budget:bad_number"),
        ({"budget": "-5", "currency": "USD"}, "2:budget:out_of_range"),
        ({"budget": "1" + "0" * 16, "currency": "USD"}, "2:budget:out_of_range"),
        ({"budget": "100"}, "2:currency:missing_value"),
        ({"budget": "100", "currency": "ECU"}, "2:currency:unknown_code"),
        ({"description": "a\u202eb"}, "2:description:bad_character"),
        ({"audience": "\u202aa"}, "2:audience:bad_character"),
        ({"outcome": "a\u202d"}, "2:outcome:bad_character"),
        ({"underway": "a\n\u202bb"}, "2:underway:bad_character"),
        ({"source_url": "https://a.org/\u202eb"}, "2:source_url:bad_character"),
        ({"title": "a\u2060b"}, "2:title:bad_character"),
        ({"title": "\u200b"}, "2:title:missing_value"),
        ({"excluded_providers": "Alpha\u202e"}, "2:excluded_providers:bad_character"),
        ({"visibility": "secret"}, "2:visibility:unknown_code"),
        ({"source_url": "javascript:alert(1)"}, "2:source_url:bad_address"),
        ({"source_url": 'https://a.org/"onclick='}, "2:source_url:bad_address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_cell_of_a_need_is_one_fault(cells: dict[str, str], expected: str) -> None:
    intake = needs_of(cells, {"id": "n-2"})

    found = codes_of(intake)

    assert found == [expected]
    assert [need.need_id for need in intake.records] == ["n-2"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"provider": ""}, "2:provider:missing_value"),
        ({"provider": "Insti\u200etute"}, "2:provider:bad_character"),
        ({"description": "a\u202eb"}, "2:description:bad_character"),
        ({"funder": "a\u2066b"}, "2:funder:bad_character"),
        ({"provider": "p" * 501}, "2:provider:out_of_range"),
        ({"eligible": "XAA;XXX"}, "2:eligible:unknown_code"),
        ({"eligible": "999"}, "2:eligible:unknown_code"),
        ({"capacity": "-1"}, "2:capacity:out_of_range"),
        ({"capacity": "1000001"}, "2:capacity:out_of_range"),
        ({"capacity": "many"}, "2:capacity:bad_number"),
        ({"available_from": "2027-02-02", "available_until": "2027-02-01"}, "2:available_until:end_before_start"),
        ({"confirmed_on": "yesterday"}, "2:confirmed_on:bad_date"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_cell_of_an_offer_is_one_fault(cells: dict[str, str], expected: str) -> None:
    intake = offers_of(cells)

    found = codes_of(intake)

    assert found == [expected]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"state": "XAA;XAB"}, "2:state:out_of_range"),
        ({"area": "GOV;IRC.1"}, "2:area:out_of_range"),
        ({"capacity_level": "6"}, "2:capacity_level:out_of_range"),
        ({"role": "boss"}, "2:role:unknown_code"),
        ({"max_partners": "0"}, "2:max_partners:out_of_range"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_cell_of_a_tandem_candidate_is_one_fault(cells: dict[str, str], expected: str) -> None:
    intake = candidates_of(cells)

    found = codes_of(intake)

    assert found == [expected]


def test_a_turned_description_is_told_in_a_workbook_too() -> None:
    content = make_workbook(
        ["id", "state", "title", "description"], ["n-1", "XAA", "Train a CERT", "Safe \u202eexe.txt"]
    )

    intake = read_needs(content, name="n.xlsx", geography=make_geography(), taxonomy=make_taxonomy())

    expected = "n.xlsx:2:description: bad_character: The cell holds the hidden character U+202E; type the text anew."
    assert [str(fault) for fault in intake.faults] == [expected]


def test_a_repeated_id_is_told_at_the_later_row_and_names_the_first() -> None:
    intake = needs_of({"id": "é"}, {"id": "n-2"}, {"id": "e\u0301"})

    faults = [str(fault) for fault in intake.faults]

    assert faults == ["needs.csv:4:id: duplicate_id: 'e\u0301' already stands on line 2; give each row its own."]


def test_a_state_stands_once_in_an_area_of_the_tandem_file() -> None:
    intake = candidates_of({}, {"area": "IRC.1"}, {"role": "partner"})

    found = codes_of(intake)

    assert found == ["4:state:duplicate_id"]


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    intake = needs_of({"priority": "9", "state": ""}, {"id": "n-2"}, {"id": "n-2", "modes": "x", "gap": "y"})

    found = codes_of(intake)

    assert found == [
        "2:state:missing_value",
        "2:priority:out_of_range",
        "4:id:duplicate_id",
        "4:modes:unknown_code",
        "4:gap:bad_number",
    ]


@pytest.mark.parametrize(
    ("cells", "guess"),
    [
        ({"state": "Northland"}, "'Northland' (did you mean XAA?)"),
        ({"state": "Terre du nord"}, "'Terre du nord' (did you mean XAA?)"),
        ({"modes": "trainning"}, "'trainning' (did you mean training?)"),
        ({"areas": "National CERTs"}, "'National CERTs' (did you mean IRC.1?)"),
        ({"languages": "Español"}, "'Español' (did you mean es?)"),
        ({"visibility": "publc"}, "'publc' (did you mean public?)"),
    ],
    ids=["State by name", "State by French name", "mode", "area by title", "language by name", "visibility"],
)
def test_an_unknown_code_comes_with_what_was_probably_meant(cells: dict[str, str], guess: str) -> None:
    intake = needs_of(cells)

    sentence = intake.faults[0].sentence

    assert sentence.startswith(guess)


def test_a_missing_required_column_is_told_with_the_name_that_stands_there() -> None:
    content = make_csv(("ID", "title"), ("n-1", "Train"))

    intake = read_needs(content, name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())

    assert [str(fault) for fault in intake.faults] == [
        "needs.csv:1:id: missing_column: The header has 'ID' but needs 'id', in small letters.",
        "needs.csv:1:state: missing_column: The header has no column 'state'; add it.",
    ]


def test_files_in_the_wrong_order_are_recognized() -> None:
    """The sentence advised to add a column 'state' to the offers, which had been given in place of the needs."""
    needs = make_csv(("id", "state", "title"), ("n-1", "XAA", "Train"))
    offers = make_csv(("id", "provider", "title"), ("o-1", "Institute", "Training"))
    reference = {"geography": make_geography(), "taxonomy": make_taxonomy()}

    faults = [
        *read_needs(offers, name="a.csv", **reference).faults,  # type: ignore[arg-type]  # one dict for both readers
        *read_offers(needs, name="b.csv", **reference).faults,  # type: ignore[arg-type]  # as above
    ]

    sentences = [f"{fault.file}:{fault.column}: {fault.sentence.partition('; ')[2]}" for fault in faults]
    assert sentences == [
        "a.csv:state: add it. The header has 'provider': is this the offers file?",
        "b.csv:provider: add it. The header has 'state': is this the needs file?",
    ]


def test_a_known_column_that_stands_twice_refuses_the_file() -> None:
    content = make_csv(("id", "state", "title", "gap", "gap"), ("n-1", "XAA", "Train", "1", "2"))

    intake = read_needs(content, name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())

    assert codes_of(intake) == ["1:gap:duplicate_column"]


def test_a_file_that_cannot_be_read_at_all_gives_faults_only() -> None:
    intake = read_needs(b"\xff\xfe", name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())

    found = codes_of(intake)

    assert found == ["1:-:bad_encoding"]
    assert intake.records == ()


def test_a_fault_in_a_column_that_nobody_reads_is_none() -> None:
    intake = needs_of({"note": "a\x00b"})

    ids = [need.need_id for need in intake.records]

    assert ids == ["n-1"]
