"""The data folder becomes reference data as they stand on a day; a faulty file is named with its line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.command.datafiles import DATA_FOLDER, load_reference
from matching.command.datafolder import content_of
from matching.command.profilefiles import load_profile, parse_json_profile, profile_fault
from matching.errors import UnreadableProfileError
from matching.intake import read_needs, read_offers, read_states
from matching.tables import UnreadableTableError
from tests.matching.made_files import make_csv, make_taxonomy

TODAY = date(2026, 11, 24)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the data folder with small text statistics."""
    copy = tmp_path / "data"
    for name in ("reference", "taxonomy"):
        shutil.copytree(DATA_FOLDER / name, copy / name)
    (copy / "background").mkdir()
    (copy / "background" / "background-1.csv").write_bytes(make_csv(("token", "n_texts"), ("", "40"), ("cert", "7")))
    (copy / "background" / "stop-words.csv").write_bytes(make_csv(("language", "word"), ("en", "the")))
    glossary = make_csv(("en", "fr", "es", "ru", "zh", "ar"), ("judge", "juge;magistrat", "juez", "", "法官", ""))
    (copy / "background" / "glossary.csv").write_bytes(glossary)
    return copy


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def refusal_of(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(UnreadableTableError) as caught:
        call(**arguments)
    return str(caught.value)


def test_the_shipped_data_can_be_loaded() -> None:
    reference = load_reference(as_of_on=TODAY)

    n_texts = reference.background.n_texts

    assert n_texts > 100
    assert reference.background.document_frequency


def test_states_come_with_their_groups_and_languages(folder: Path) -> None:
    geography = load_reference(as_of_on=TODAY, folder=folder).geography

    sizes = {token: len(geography.members_by_token[token]) for token in ("*", "001", "AFR", "LDC", "SIDS", "NAM")}

    assert sizes == {"*": 195, "001": 195, "AFR": 54, "LDC": 44, "SIDS": 37, "NAM": 1}
    assert geography.group_by_state["NAM"] == "AFR"
    assert geography.state_by_code["FJI"].name("fr") == "Fidji"
    assert "en" in geography.state_by_code["FJI"].languages
    assert geography.name("009") == "Oceania"


def test_a_membership_counts_only_while_it_is_in_force(folder: Path) -> None:
    before = load_reference(as_of_on=date(2020, 12, 3), folder=folder).geography
    after = load_reference(as_of_on=date(2020, 12, 5), folder=folder).geography

    was_least_developed = [geography.admits("LDC", "VUT") for geography in (before, after)]

    assert was_least_developed == [True, False]


def test_areas_come_with_titles_terms_and_links(folder: Path) -> None:
    taxonomy = load_reference(as_of_on=TODAY, folder=folder).taxonomy

    area = taxonomy.area_by_code["IRC.1"]

    assert taxonomy.top_codes == (
        *("GOV", "LAW", "DIP", "IRC", "EXE", "CIP", "SUP", "CRI", "AWA", "EDU", "STD", "CON"),
    )
    assert area.parent == "IRC"
    assert set(area.titles) == {"en", "fr", "es", "ru", "zh", "ar"}
    assert area.terms["en"]
    assert area.links


def test_text_statistics_come_from_the_frozen_corpus(folder: Path) -> None:
    background = load_reference(as_of_on=TODAY, folder=folder).background

    assert (background.n_texts, background.document_frequency) == (40, {"cert": 7})
    assert background.stop_words == {"the"}
    assert background.stop_words_by_language == {"en": {"the"}}
    words = {"en": ("judge",), "fr": ("juge", "magistrat"), "es": ("juez",), "ru": (), "zh": ("法官",), "ar": ()}
    assert background.glossary == (words,)


def test_a_states_file_takes_the_place_of_the_states(folder: Path) -> None:
    columns = ("iso3", "name_en", "un_group", "region_m49", "region", "lldc")
    content = make_csv(
        columns, ("XAA", "Northland", "AFR", "002", "Africa", "1"), ("FJI", "Fiji", "APG", "009", "", "0")
    )
    states = read_states(content, name="states.csv").records

    geography = load_reference(as_of_on=TODAY, states=states, folder=folder).geography

    assert sorted(geography.state_by_code) == ["FJI", "XAA"]
    assert geography.members_by_token["*"] == {"FJI", "XAA"}
    assert geography.members_by_token["LLDC"] == {"XAA"}
    assert geography.members_by_token["PIF"] == {"FJI"}
    assert geography.members_by_token["EEG"] == frozenset()
    assert geography.group_by_state == {"XAA": "AFR", "FJI": "APG"}


def test_offers_may_name_every_group_of_states_that_has_a_number_in_m49(folder: Path) -> None:
    """North America (003) was an unknown code, and with it the file of offers was refused."""
    geography = load_reference(as_of_on=TODAY, folder=folder).geography
    content = make_csv(("id", "provider", "title", "eligible"), ("o-1", "Institute", "Training", "3;199;432;722"))

    offer = read_offers(content, name="o.csv", geography=geography, taxonomy=make_taxonomy()).records[0]

    assert offer.eligible == ("003", "LDC", "LLDC", "SIDS")
    assert {"CAN", "CUB", "MEX", "USA"} <= geography.members_by_token["003"]
    assert "BRA" not in geography.members_by_token["003"]


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("reference/memberships.csv", "AFG,", "AFX,", "data/reference/memberships.csv:2:state: unknown_code"),
        ("reference/memberships.csv", "AFG,", 'AFG,"', "data/reference/memberships.csv:2:-: bad_quote"),
        ("taxonomy/areas.csv", "code,", "kode,", "data/taxonomy/areas.csv:1:code: missing_column"),
        ("taxonomy/terms.csv", "GOV,en", "GOV,de", "data/taxonomy/terms.csv:2:language: unknown_code"),
        ("background/background-1.csv", ",40", ",forty", "data/background/background-1.csv:2:n_texts: bad_number"),
    ],
    ids=["unknown State", "stray quotation mark", "column missing", "unknown language", "no number"],
)
def test_a_faulty_data_file_is_named_with_its_line(
    folder: Path, name: str, before: str, after: str, expected: str
) -> None:
    change(folder / name, before, after)

    text = refusal_of(load_reference, as_of_on=TODAY, folder=folder)

    assert text.startswith(expected)


def test_a_missing_data_file_is_named_without_the_path_of_the_machine(folder: Path) -> None:
    (folder / "taxonomy" / "releases.csv").unlink()

    text = refusal_of(load_reference, as_of_on=TODAY, folder=folder)

    assert text.startswith("data/taxonomy/releases.csv:1:-: unreadable_file")


@pytest.mark.parametrize("name", ["nothing.csv", ".", "a\x00b"], ids=["missing", "a folder", "a name with NUL"])
def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path, name: str) -> None:
    text = refusal_of(content_of, path=tmp_path / name)

    assert ":1:-: unreadable_file: " in text


def test_the_default_profile_is_loaded() -> None:
    profile = load_profile()

    assert profile.total_weight == pytest.approx(1.0)
    assert profile.background == "background-1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[1]",
        b'{"name": "a"',
        b'{"weights": ' + b"[" * 100_000,
        b'{"name":"a","version":"1","weights":{"text":NaN},"neutral":0.5,"minimum_score":0}',
        b'{"name":"a","version":"1","weights":{"text":1' + b"0" * 400 + b'},"neutral":0.5,"minimum_score":0}',
        b'{"name":"a","version":"1","weights":{"text":-1},"neutral":0.5,"minimum_score":0}',
    ],
    ids=["empty", "no UTF-8", "a list", "cut off", "deep", "NaN", "huge number", "negative weight"],
)
def test_a_bad_profile_is_a_fault_of_its_file(content: bytes) -> None:
    with pytest.raises(UnreadableProfileError) as caught:
        parse_json_profile(content)

    told = str(profile_fault(caught.value, file="mine.json"))

    assert told.startswith("mine.json:1:")
    assert len(told.splitlines()) == 1


def test_a_key_that_stands_twice_in_a_profile_is_refused() -> None:
    """The last of the two won, and nobody saw the first."""
    with pytest.raises(UnreadableProfileError, match="'minimum_score' stands twice") as caught:
        parse_json_profile(b'{"name": "a", "minimum_score": 0.9, "minimum_score": 0.1}')

    assert caught.value.key == "minimum_score"


def test_a_fault_of_a_profile_says_on_which_line_it_stops_being_json() -> None:
    with pytest.raises(UnreadableProfileError) as caught:
        parse_json_profile(b'{\n"name": "a",\n"version": }')

    told = str(profile_fault(caught.value, file="mine.json"))

    assert told == "mine.json:3:-: unreadable_file: The profile is not JSON: Expecting value."


def test_the_real_needs_and_offers_have_the_faults_they_are_known_for(folder: Path, shared_data: Path) -> None:
    reference = load_reference(as_of_on=TODAY, folder=folder)
    geography, taxonomy = reference.geography, reference.taxonomy

    lines = {
        name: [
            fault.line
            for fault in reader(
                (shared_data / "real" / name).read_bytes(), name=name, geography=geography, taxonomy=taxonomy
            ).faults
        ]
        for name, reader in (("needs.csv", read_needs), ("offers.csv", read_offers), ("needs_regional.csv", read_needs))
    }

    assert lines == {"needs.csv": [], "offers.csv": [], "needs_regional.csv": list(range(2, 30))}
