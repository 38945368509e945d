"""The shipped taxonomy: areas, terms, modes, crosswalk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

ReadTable = Callable[[str], list[dict[str, str]]]

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
TOP_CODES = ["GOV", "LAW", "DIP", "IRC", "EXE", "CIP", "SUP", "CRI", "AWA", "EDU", "STD", "CON"]
MODES = [
    "advisory",
    "training",
    "exercise",
    "equipment",
    "financial",
    "expert_deployment",
    "peer_exchange",
    "fellowship",
    "drafting",
    "assessment",
]
SCRIPT = {"ru": r"[а-яё]", "zh": r"[\u4e00-\u9fff]", "ar": r"[\u0621-\u064a]"}


def test_the_twelve_top_level_codes_of_the_contract_are_there_in_their_order(read_table: ReadTable) -> None:
    areas = read_table("taxonomy/areas")

    top_codes = [area["code"] for area in areas if not area["parent"]]

    assert top_codes == TOP_CODES


def test_each_top_level_area_has_its_subtopics_numbered_without_a_gap(read_table: ReadTable) -> None:
    areas = read_table("taxonomy/areas")

    count_by_top = Counter(area["parent"] for area in areas if area["parent"])

    assert count_by_top == {
        "GOV": 6, "LAW": 5, "DIP": 5, "IRC": 6, "EXE": 5, "CIP": 6,
        "SUP": 4, "CRI": 6, "AWA": 5, "EDU": 7, "STD": 5, "CON": 5,
    }  # fmt: skip
    assert [area["code"] for area in areas if area["parent"]] == [
        f"{top}.{number}" for top in TOP_CODES for number in range(1, count_by_top[top] + 1)
    ]


def test_every_parent_and_successor_is_an_area(read_table: ReadTable) -> None:
    areas = read_table("taxonomy/areas")
    codes = {area["code"] for area in areas}

    pointed_at = {area[column] for area in areas for column in ("parent", "successor")} - {""}

    assert pointed_at <= codes


def test_only_cybercrime_and_connectivity_are_adjacent(read_table: ReadTable) -> None:
    areas = read_table("taxonomy/areas")

    adjacent_tops = {area["code"][:3] for area in areas if area["adjacent"] == "1"}
    other_tops = {area["code"][:3] for area in areas if area["adjacent"] == "0"}

    assert adjacent_tops == {"CRI", "CON"}
    assert other_tops == set(TOP_CODES) - {"CRI", "CON"}


@pytest.mark.parametrize("table", ["taxonomy/areas", "taxonomy/modes"])
def test_a_record_has_a_title_of_its_own_in_each_of_the_six_languages(read_table: ReadTable, table: str) -> None:
    rows = read_table(table)

    titles_by_code = {row["code"]: [row[f"title_{language}"] for language in LANGUAGES] for row in rows}

    assert {code for code, titles in titles_by_code.items() if not all(titles)} == set()
    assert {code for code, titles in titles_by_code.items() if len(set(titles)) < 6} == set()


@pytest.mark.parametrize("table", ["taxonomy/areas", "taxonomy/modes"])
@pytest.mark.parametrize("language", ["ru", "zh", "ar"])
def test_a_title_is_written_in_the_script_of_its_language(read_table: ReadTable, table: str, language: str) -> None:
    rows = read_table(table)

    foreign = [row["code"] for row in rows if not re.search(SCRIPT[language], row[f"title_{language}"].lower())]

    assert foreign == []


def test_every_scope_is_one_sentence(read_table: ReadTable) -> None:
    rows = read_table("taxonomy/areas") + read_table("taxonomy/modes")

    odd = [row["code"] for row in rows if not re.fullmatch(r"[A-Z].{20,260}\.", row["scope_en"])]

    assert odd == []


def test_there_are_ten_modes_with_the_codes_of_the_contract(read_table: ReadTable) -> None:
    modes = read_table("taxonomy/modes")

    codes = [mode["code"] for mode in modes]

    assert codes == MODES


@pytest.mark.parametrize(
    ("table", "owner"),
    [
        ("taxonomy/terms", "area"),
        ("taxonomy/mode_terms", "mode"),
        ("taxonomy/audience_terms", "audience"),
        ("taxonomy/outside_terms", "subject"),
    ],
)
def test_a_term_stands_once_in_a_language(read_table: ReadTable, table: str, owner: str) -> None:
    terms = read_table(table)

    owners_by_term: dict[tuple[str, str], list[str]] = {}
    for row in terms:
        owners_by_term.setdefault((row["language"], row["term"].casefold()), []).append(row[owner])

    assert {term: owners for term, owners in owners_by_term.items() if len(owners) > 1} == {}


def test_every_subtopic_has_enough_terms_in_each_language(read_table: ReadTable) -> None:
    subtopics = [area["code"] for area in read_table("taxonomy/areas") if area["parent"]]
    terms = read_table("taxonomy/terms")

    count = Counter((row["area"], row["language"]) for row in terms)

    assert [code for code in subtopics if count[code, "en"] < 6] == []
    assert [(code, language) for code in subtopics for language in LANGUAGES if count[code, language] < 4] == []


def test_terms_and_mode_terms_name_known_areas_modes_and_languages(read_table: ReadTable) -> None:
    area_codes = {area["code"] for area in read_table("taxonomy/areas")}
    terms, mode_terms = read_table("taxonomy/terms"), read_table("taxonomy/mode_terms")

    named_areas = {row["area"] for row in terms}
    named_modes = {row["mode"] for row in mode_terms}
    named_languages = {row["language"] for row in terms + mode_terms}

    assert named_areas == area_codes
    assert named_modes == set(MODES)
    assert named_languages == set(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "term", "area"),
    [
        ("en", "SIM3", "IRC.2"),
        ("fr", "critères communs", "STD.1"),
        ("es", "convenio de budapest", "CRI.1"),
        ("ru", "контактные пункты", "DIP.2"),
        ("zh", "漏洞协同披露", "SUP.1"),
        ("ar", "تدابير بناء الثقة", "DIP.3"),
    ],
)
def test_a_word_of_the_field_points_at_its_area(read_table: ReadTable, language: str, term: str, area: str) -> None:
    terms = read_table("taxonomy/terms")

    found = [row["area"] for row in terms if row["language"] == language and row["term"].casefold() == term.casefold()]

    assert found == [area]


def test_every_link_of_the_crosswalk_leads_from_an_area_to_a_code_of_a_scheme(read_table: ReadTable) -> None:
    area_codes = {area["code"] for area in read_table("taxonomy/areas")}
    scheme_codes = {(row["scheme"], row["code"]) for row in read_table("taxonomy/schemes")}
    links = read_table("taxonomy/crosswalk")

    loose_ends = [
        link for link in links if link["area"] not in area_codes or (link["scheme"], link["code"]) not in scheme_codes
    ]

    assert loose_ends == []
    assert len({tuple(link.values()) for link in links}) == len(links)


def test_every_area_is_linked_and_every_norm_and_measure_is_reached(read_table: ReadTable) -> None:
    area_codes = {area["code"] for area in read_table("taxonomy/areas")}
    links = read_table("taxonomy/crosswalk")

    linked_areas = {link["area"] for link in links}
    reached = {link["code"] for link in links}

    assert linked_areas == area_codes
    assert {f"N-{letter}" for letter in "abcdefghijk"} <= reached
    assert {f"CBM{number}" for number in range(1, 9)} <= reached


def test_a_scheme_says_for_each_code_whether_it_was_read_at_the_source(read_table: ReadTable) -> None:
    schemes = read_table("taxonomy/schemes")

    count_by_scheme = Counter(row["scheme"] for row in schemes)

    assert {row["evidence"] for row in schemes} == {"seen", "recalled"}
    assert [row["code"] for row in schemes if not (row["title"] and row["source"])] == []
    assert (count_by_scheme["un_norms_2015"], count_by_scheme["oewg_cbm"]) == (11, 8)


def test_the_first_release_has_a_day_of_adoption_before_its_review(read_table: ReadTable) -> None:
    releases = read_table("taxonomy/releases")

    (release,) = releases

    assert release["release"] == "1"
    assert release["adopted_on"] < release["review_on"]
