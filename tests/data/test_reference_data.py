"""The shipped reference data: States, regions, groups, memberships."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

ReadTable = Callable[[str], list[dict[str, str]]]

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
DAY = "2026-11-24"


def members_on(read_table: ReadTable, scheme: str, day: str) -> Counter[str]:
    """Return how many States belong to each group of a scheme on a day, both ends included."""
    rows = read_table("reference/memberships")
    return Counter(
        row["code"]
        for row in rows
        if row["scheme"] == scheme
        and row["valid_from"] <= day
        and (not row["valid_until"] or day <= row["valid_until"])
    )


def test_there_are_193_member_states_and_two_observers(read_table: ReadTable) -> None:
    states = read_table("reference/states")

    members = [state["iso3"] for state in states if state["un_member"] == "1"]
    observers = [state["iso3"] for state in states if state["un_member"] == "0"]

    assert len(members) == 193
    assert observers == ["PSE", "VAT"]


def test_state_codes_are_well_formed_and_unique(read_table: ReadTable) -> None:
    states = read_table("reference/states")

    codes = [(state["iso3"], state["iso2"], state["m49"]) for state in states]

    assert [code for code in codes if not re.fullmatch(r"[A-Z]{3} [A-Z]{2} [0-9]{3}", " ".join(code))] == []
    assert [len(set(column)) for column in zip(*codes, strict=True)] == [195, 195, 195]


def test_the_two_letter_code_of_namibia_is_text(read_table: ReadTable) -> None:
    states = read_table("reference/states")

    (namibia,) = [state for state in states if state["iso3"] == "NAM"]

    assert (namibia["iso2"], namibia["name_en"], namibia["m49"]) == ("NA", "Namibia", "516")


def test_every_state_has_a_name_in_six_languages_and_a_language(read_table: ReadTable) -> None:
    states = read_table("reference/states")

    nameless = [state["iso3"] for state in states if not all(state[f"name_{language}"] for language in LANGUAGES)]
    speechless = [
        state["iso3"] for state in states if not re.fullmatch(r"[a-z]{3}(;[a-z]{3})*", state["languages_iso639_3"])
    ]

    assert nameless == []
    assert speechless == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_share_a_name(read_table: ReadTable, language: str) -> None:
    states = read_table("reference/states")

    count = Counter(state[f"name_{language}"] for state in states)

    assert [name for name, times in count.items() if times > 1] == []


def test_the_regional_groups_have_their_numbers_and_two_observers_have_none(read_table: ReadTable) -> None:
    rows = read_table("reference/memberships")

    grouped = [row["state"] for row in rows if row["scheme"] == "un_regional_group"]
    count = members_on(read_table, "un_regional_group", DAY)

    assert count == {"AFR": 54, "APG": 54, "GRULAC": 33, "WEOG": 29, "EEG": 23}
    assert len(grouped) == len(set(grouped)) == 193
    assert {"PSE", "VAT"} & set(grouped) == set()


def test_the_statuses_have_their_numbers(read_table: ReadTable) -> None:
    count = members_on(read_table, "status", DAY)

    assert count == {"LDC": 44, "LLDC": 32, "SIDS": 37}


@pytest.mark.parametrize(
    ("day", "expected"), [("2017-06-03", 48), ("2020-12-03", 47), ("2023-12-12", 46), ("2024-12-13", 44)]
)
def test_the_least_developed_countries_grow_fewer_as_states_graduate(
    read_table: ReadTable, day: str, expected: int
) -> None:
    count = members_on(read_table, "status", day)

    assert count["LDC"] == expected


@pytest.mark.parametrize(
    ("bloc", "before", "after"),
    [("ECOWAS", ("2025-01-28", 15), ("2025-01-29", 12)), ("COE", ("2022-03-15", 47), ("2022-03-16", 46))],
)
def test_a_state_that_left_a_bloc_counts_until_its_last_day(
    read_table: ReadTable, bloc: str, before: tuple[str, int], after: tuple[str, int]
) -> None:
    last_day, first_day_without = before[0], after[0]

    counts = [members_on(read_table, "bloc", day)[bloc] for day in (last_day, first_day_without)]

    assert counts == [before[1], after[1]]


def test_membership_days_are_days_in_order(read_table: ReadTable) -> None:
    rows = read_table("reference/memberships")

    odd = [
        row
        for row in rows
        if not re.fullmatch(r"(\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?", f"{row['valid_from']},{row['valid_until']}")
        or (row["valid_until"] and row["valid_from"] > row["valid_until"])
    ]

    assert odd == []


def test_every_membership_joins_a_state_to_a_group_or_region_once(read_table: ReadTable) -> None:
    states = {state["iso3"] for state in read_table("reference/states")}
    groups = {(group["scheme"], group["code"]) for group in read_table("reference/groups")}
    regions = {("region", region["code"]) for region in read_table("reference/regions")}
    rows = read_table("reference/memberships")

    loose_ends = [
        row for row in rows if row["state"] not in states or (row["scheme"], row["code"]) not in groups | regions
    ]
    keys = Counter((row["state"], row["scheme"], row["code"], row["valid_from"]) for row in rows)

    assert loose_ends == []
    assert max(keys.values()) == 1
    assert {(row["scheme"], row["code"]) for row in rows} == groups | regions


def test_every_region_but_the_world_lies_in_a_region(read_table: ReadTable) -> None:
    regions = read_table("reference/regions")
    codes = {region["code"] for region in regions}

    roots = [region["code"] for region in regions if region["parent"] not in codes]

    assert roots == ["001"]


def test_north_america_comprises_three_regions_of_the_standard(read_table: ReadTable) -> None:
    """An offer to 003 was refused: M49 has the continent beside the tree of its regions."""
    n_members = members_on(read_table, "region", DAY)

    numbers = {code: n_members[code] for code in ("003", "013", "021", "029")}

    assert numbers == {"003": 23, "013": 8, "021": 2, "029": 13}


def test_a_state_belongs_to_its_region_and_to_all_above_it(read_table: ReadTable) -> None:
    parent = {region["code"]: region["parent"] for region in read_table("reference/regions")}
    regions_by_state: dict[str, set[str]] = {}
    for row in read_table("reference/memberships"):
        if row["scheme"] == "region":
            regions_by_state.setdefault(row["state"], set()).add(row["code"])

    expected: dict[str, set[str]] = {}
    for state in read_table("reference/states"):
        code = state["intermediate_m49"] or state["subregion_m49"]
        above = expected.setdefault(state["iso3"], set())
        while code:
            above.add(code)
            code = parent[code]
        if above & {"013", "021", "029"}:
            above.add("003")

    assert regions_by_state == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_regions_and_un_groups_have_distinct_titles_in_every_language(read_table: ReadTable, language: str) -> None:
    groups = [group for group in read_table("reference/groups") if group["scheme"] != "bloc"]
    rows = read_table("reference/regions") + groups

    titles = [row[f"title_{language}"] for row in rows]

    assert "" not in titles
    assert len(set(titles)) == len(titles) == 39


def test_no_group_code_can_be_taken_for_a_state_or_another_group(read_table: ReadTable) -> None:
    states = [state["iso3"] for state in read_table("reference/states")]
    groups = [group["code"] for group in read_table("reference/groups")]
    regions = [region["code"] for region in read_table("reference/regions")]

    codes = Counter(states + groups + regions)

    assert [code for code, times in codes.items() if times > 1] == []
