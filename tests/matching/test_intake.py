"""Rows become needs, offers and tandem candidates, cell by cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from matching.intake import read_needs, read_states
from matching.records import Need, Offer, Outcome, TandemCandidate
from matching.vocabulary import Mode, TandemRole, Visibility
from tests.matching.made_files import make_csv, make_geography, make_taxonomy, make_workbook
from tests.matching.made_intakes import candidates_of, codes_of, needs_of, offers_of, outcomes_of


def test_a_full_need_is_read_cell_by_cell() -> None:
    row = {
        "id": " n-7 ",
        "state": "xab;XAA; xaa",
        "title": "Train  a CERT",
        "description": "Two\r\nlines",
        "areas": "irc.1;GOV",
        "modes": "Training;drafting",
        "languages": "en-GB;fra",
        "earliest": "2027-01-01",
        "latest": "2027-12-31",
        "priority": "5",
        "gap": "0",
        "budget": "1500.50",
        "currency": "eur",
        "audience": "judges",
        "outcome": "law",
        "underway": "study",
        "excluded_providers": "Alpha; Beta;Alpha",
        "visibility": "PUBLIC",
        "source_url": "https://example.org/a?b=c",
    }

    intake = needs_of(row)

    assert intake.faults == ()
    assert intake.records == (
        Need(
            need_id="n-7",
            states=("XAA", "XAB"),
            title="Train a CERT",
            description="Two\nlines",
            area_codes=("IRC.1", "GOV"),
            modes=(Mode.TRAINING, Mode.DRAFTING),
            languages=("en", "fr"),
            earliest_on=date(2027, 1, 1),
            latest_on=date(2027, 12, 31),
            priority=5,
            gap=0,
            budget=Decimal("1500.50"),
            currency="EUR",
            audience="judges",
            outcome="law",
            underway="study",
            excluded_providers=("Alpha", "Beta"),
            visibility=Visibility.PUBLIC,
            source_url="https://example.org/a?b=c",
        ),
    )


def test_empty_cells_of_a_need_mean_what_the_contract_says() -> None:
    empty = dict.fromkeys(("areas", "modes", "priority", "gap", "budget", "latest", "visibility"), " ")

    intake = needs_of(empty | {"languages": " ; "})

    assert intake.records == (
        Need(need_id="n-1", states=("XAA",), title="Train a CERT", priority=3, visibility=Visibility.SECRETARIAT),
    )


def test_empty_cells_of_an_offer_mean_what_the_contract_says() -> None:
    intake = offers_of({"eligible": " ; ", "capacity": "", "confirmed_on": ""})

    offer = intake.records[0]

    assert offer == Offer(offer_id="o-1", provider="Institute", title="CERT training", eligible=("*",), capacity=1)


def test_eligible_takes_states_groups_and_numbers_that_lost_their_zeros() -> None:
    intake = offers_of({"eligible": "xab;AFR;9;pif;*;AFR"})

    offer = intake.records[0]

    assert offer.eligible == ("XAB", "AFR", "009", "PIF", "*")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("pcm;arz;quz;nan;pis;ase;wuu", ("pcm", "arz", "quz", "nan", "pis", "ase", "wuu")),
        ("PCM-Latn-NG", ("pcm",)),
        ("en-GB;eng;en", ("en",)),
        ("cmn-Hans;zho;prs;fas", ("zh", "fa")),
        ("de-CH-1901-x-a-private-part-of-some-length", ("de",)),
    ],
    ids=["single languages", "with script and region", "English thrice", "parts of macrolanguages", "a long tag"],
)
def test_every_language_of_the_world_can_be_named(cell: str, expected: tuple[str, ...]) -> None:
    """Nigerian Pidgin, Egyptian Arabic and sign languages were "not a language code", and the file was refused."""
    intake = needs_of({"languages": cell})

    found = [need.languages for need in intake.records]

    assert found == [expected]


def test_an_id_stays_as_it_is_written() -> None:
    """An id with a decomposed accent came out composed, and a join of the output with the input lost the record."""
    intake = needs_of({"id": " e\u0301-1 "}, {"id": "é-2"})

    ids = [need.need_id for need in intake.records]

    assert ids == ["e\u0301-1", "é-2"]


def test_a_tandem_candidate_is_read() -> None:
    intake = candidates_of({"area": "irc.1", "role": "Either", "languages": "pt-BR"})

    assert intake.records == (
        TandemCandidate(
            state="XAA", area_code="IRC.1", capacity_level=3, role=TandemRole.EITHER, max_partners=1, languages=("pt",)
        ),
    )


def test_a_retired_area_is_read_as_its_successor_and_the_reader_is_told() -> None:
    intake = needs_of({"areas": "IRC.9"}, {"id": "n-2", "areas": "irc.9;IRC.1"})

    areas = [need.area_codes for need in intake.records]

    assert areas == [("IRC.1",), ("IRC.1",)]
    assert intake.warnings == ("needs.csv: the area IRC.9 is retired and was read as IRC.1.",)


def test_an_unknown_column_is_ignored_with_one_warning_and_kept_in_the_rows() -> None:
    intake = needs_of({"stated_on": "2018-06"}, {"id": "n-2", "stated_on": "2019"})

    kept = [row.cells["stated_on"] for row in intake.rows]

    assert kept == ["2018-06", "2019"]
    assert intake.warnings == ("needs.csv:1:stated_on: the column is not known and is ignored.",)


def test_an_unknown_column_that_stands_twice_is_ignored_with_one_warning() -> None:
    """Two columns named "note", which nobody reads, refused the whole file."""
    content = make_csv(("id", "note", "state", "title", "note"), ("n-1", "a", "XAA", "Train", "b"))

    intake = read_needs(content, name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())

    assert [need.need_id for need in intake.records] == ["n-1"]
    assert intake.warnings == ("needs.csv:1:note: the column is not known and is ignored.",)


def test_a_column_whose_name_begins_with_a_number_sign_is_unknown_like_others() -> None:
    intake = needs_of({"# remark": "x"})

    warnings = intake.warnings

    assert warnings == ("needs.csv:1:# remark: the column is not known and is ignored.",)


def test_joiners_stay_in_the_name_of_a_provider() -> None:
    """A provider with a Persian or Hindi name was refused for a hidden character, which its script is written with."""
    intake = offers_of({"provider": "شرکت نرم\u200cافزار"}, {"id": "o-2", "provider": "क्\u200dष"})

    names = [offer.provider for offer in intake.records]

    assert names == ["شرکت نرم\u200cافزار", "क्\u200dष"]


def test_letters_that_nobody_sees_are_dropped_from_texts_with_one_warning_for_each_column() -> None:
    """One soft hyphen from a word processor refused the whole file."""
    intake = needs_of(
        {"title": "Train a CERT"},
        {"id": "n-2", "title": "Cyber\u00adsecurity", "description": "\ufeffA\u200bB"},
        {"id": "n-3", "title": "Net\u200bwork", "excluded_providers": "Al\u00adpha;Beta"},
    )

    read = [(need.title, need.description, need.excluded_providers) for need in intake.records]

    assert read == [
        ("Train a CERT", "", ()),
        ("Cybersecurity", "AB", ()),
        ("Network", "", ("Alpha", "Beta")),
    ]
    assert intake.warnings == (
        "needs.csv:3:title: the invisible character U+00AD is dropped, here and below.",
        "needs.csv:3:description: the invisible character U+FEFF is dropped, here and below.",
        "needs.csv:4:excluded_providers: the invisible character U+00AD is dropped, here and below.",
    )


def test_a_workbook_gives_the_same_needs_as_the_csv() -> None:
    rows = (("id", "state", "title", "latest", "priority"), (7, "XAA", "Train", date(2027, 12, 31), 4.0))
    from_csv = needs_of({"id": "7", "title": "Train", "latest": "2027-12-31", "priority": "4"})

    intake = read_needs(make_workbook(*rows), name="n.xlsx", geography=make_geography(), taxonomy=make_taxonomy())

    assert intake.records == from_csv.records


def test_a_state_file_gives_states_with_their_groups() -> None:
    content = make_csv(
        ("iso3", "name_en", "un_group", "region_m49", "region", "ldc", "sids", "languages_iso639_3"),
        ("xaa", "Northland", "AFR", "2", "Africa", "1", "0", "eng;prs"),
    )

    entry = read_states(content, name="states.csv").records[0]

    assert (entry.state.code, entry.state.languages) == ("XAA", ("en", "fa"))
    assert [membership.code for membership in entry.memberships] == ["AFR", "LDC", "002"]


def test_a_state_in_a_region_of_north_america_is_on_that_continent() -> None:
    content = make_csv(("iso3", "name_en", "subregion_m49"), ("XAA", "Northland", "21"), ("XAB", "Southland", "5"))

    entries = read_states(content, name="states.csv").records

    assert [[group.code for group in entry.memberships] for entry in entries] == [["021", "003"], ["005"]]


def test_a_full_outcome_is_read_cell_by_cell() -> None:
    row = {
        "id": "e-7",
        "states": "xab;XAA",
        "provider": "Institute  of Alpha",
        "areas": "irc.9;GOV",
        "modes": "Training",
        "rating_by_state": "4",
        "rating_by_provider": "5",
        "ended_on": "2026-03-31",
    }

    intake = outcomes_of(row)

    assert intake.faults == ()
    assert intake.warnings == ("outcomes.csv: the area IRC.9 is retired and was read as IRC.1.",)
    assert intake.records == (
        Outcome(
            outcome_id="e-7",
            states=("XAA", "XAB"),
            provider="Institute of Alpha",
            area_codes=("IRC.1", "GOV"),
            modes=(Mode.TRAINING,),
            rating_by_state=4,
            rating_by_provider=5,
            ended_on=date(2026, 3, 31),
        ),
    )


def test_an_outcome_may_be_silent_on_all_but_who_worked_with_whom() -> None:
    intake = outcomes_of({})

    assert intake.faults == ()
    assert intake.records == (Outcome(outcome_id="e-1", states=("XAA",), provider="Institute"),)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"id": ""}, "2:id:missing_value"),
        ({"states": ""}, "2:states:missing_value"),
        ({"states": "XAA;FRA"}, "2:states:unknown_state"),
        ({"provider": " "}, "2:provider:missing_value"),
        ({"areas": "XYZ"}, "2:areas:unknown_code"),
        ({"modes": "teaching"}, "2:modes:unknown_code"),
        ({"rating_by_state": "6", "ended_on": "2026-01-01"}, "2:rating_by_state:out_of_range"),
        ({"rating_by_state": "4.5", "ended_on": "2026-01-01"}, "2:rating_by_state:bad_number"),
        ({"rating_by_provider": "0"}, "2:rating_by_provider:out_of_range"),
        ({"ended_on": "31/03/2026"}, "2:ended_on:bad_date"),
        ({"rating_by_state": "4"}, "2:ended_on:missing_value"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_an_outcome_that_cannot_be_used_is_refused(cells: dict[str, str], fault: str) -> None:
    intake = outcomes_of(cells)

    assert codes_of(intake) == [fault]
    assert intake.records == ()


def test_an_id_of_an_outcome_may_stand_once() -> None:
    intake = outcomes_of({}, {"provider": "Another"})

    assert codes_of(intake) == ["3:id:duplicate_id"]
