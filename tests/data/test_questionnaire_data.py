"""The shipped questionnaire and the incidents: complete, linked, in plain length and in six languages where promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

Rows = list[dict[str, str]]
ReadTable = Callable[[str], Rows]

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")
KEY_BY_TABLE = {
    "questionnaire/releases": ("release",),
    "questionnaire/stages": ("stage",),
    "questionnaire/parts": ("code",),
    "questionnaire/items": ("code",),
    "questionnaire/descriptions": ("item", "stage"),
    "questionnaire/statuses": ("status",),
    "questionnaire/challenges": ("code",),
    "taxonomy/incidents": ("code",),
    "taxonomy/incident_areas": ("incident", "area"),
}
TITLED_TABLES = (
    "questionnaire/stages",
    "questionnaire/parts",
    "questionnaire/statuses",
    "questionnaire/challenges",
    "taxonomy/incidents",
)
# table, column, table it points at, key there
LINKS = (
    ("questionnaire/releases", "areas_release", "taxonomy/releases", "release"),
    ("questionnaire/items", "part", "questionnaire/parts", "code"),
    ("questionnaire/items", "area", "taxonomy/areas", "code"),
    ("questionnaire/descriptions", "item", "questionnaire/items", "code"),
    ("questionnaire/descriptions", "stage", "questionnaire/stages", "stage"),
    ("taxonomy/incident_areas", "incident", "taxonomy/incidents", "code"),
    ("taxonomy/incident_areas", "area", "taxonomy/areas", "code"),
)
# Words of a description: enough to recognize oneself, few enough to read five of them.
AREA_WORDS = range(30, 56)
TOPIC_WORDS = range(15, 31)
QUESTION_WORDS = range(5, 31)
HELP_WORDS = range(8, 46)


def lacking(rows: Rows, columns: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the first cells of the rows in which one of the columns is empty, with the column."""
    return [(next(iter(row.values())), column) for row in rows for column in columns if not row[column]]


def items_of(read_table: ReadTable, kind: str) -> Rows:
    """Return the questions of one kind, in the order of the file."""
    return [item for item in read_table("questionnaire/items") if item["kind"] == kind]


@pytest.mark.parametrize("table", KEY_BY_TABLE)
def test_no_code_stands_twice(table: str, read_table: ReadTable) -> None:
    keys = Counter(tuple(row[column] for column in KEY_BY_TABLE[table]) for row in read_table(table))

    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("table", KEY_BY_TABLE)
def test_no_english_text_is_empty(table: str, read_table: ReadTable) -> None:
    rows = read_table(table)
    # The title of a maturity question is that of its area.
    texts = [name for name in rows[0] if name.endswith("_en") and (table, name) != ("questionnaire/items", "title_en")]

    assert lacking(rows, texts) == []


@pytest.mark.parametrize(("table", "column", "target", "key"), LINKS)
def test_every_reference_leads_somewhere(table: str, column: str, target: str, key: str, read_table: ReadTable) -> None:
    there = {row[key] for row in read_table(target)}

    assert {row[column] for row in read_table(table)} - there == set()


@pytest.mark.parametrize("table", TITLED_TABLES)
def test_a_title_stands_in_six_languages_and_differs_from_the_others(table: str, read_table: ReadTable) -> None:
    rows = read_table(table)

    titles_by_language = {language: [row[f"title_{language}"] for row in rows] for language in LANGUAGES}

    assert lacking(rows, [f"title_{language}" for language in LANGUAGES]) == []
    assert {language: len(set(titles)) for language, titles in titles_by_language.items()} == dict.fromkeys(
        LANGUAGES, len(rows)
    )


def test_a_practice_has_titles_of_its_own_and_a_maturity_question_those_of_its_area(read_table: ReadTable) -> None:
    titles = [f"title_{language}" for language in LANGUAGES]

    assert lacking(items_of(read_table, "practice"), titles) == []
    assert [item["code"] for item in items_of(read_table, "maturity") if any(item[title] for title in titles)] == []


def test_every_area_and_topic_has_its_question_in_the_order_of_the_areas(read_table: ReadTable) -> None:
    codes = [area["code"] for area in read_table("taxonomy/areas") if not area["retired_in"]]

    items = items_of(read_table, "maturity")

    assert [item["code"] for item in items] == codes
    assert [item["area"] for item in items] == codes


def test_every_area_and_topic_is_described_at_five_stages_in_order(read_table: ReadTable) -> None:
    expected = [(item["code"], str(stage)) for item in items_of(read_table, "maturity") for stage in range(1, 6)]

    described = [(row["item"], row["stage"]) for row in read_table("questionnaire/descriptions")]

    assert described == expected


def test_there_is_a_question_for_each_norm_and_each_global_measure(read_table: ReadTable) -> None:
    codes_by_part: dict[str, list[str]] = {}
    for item in items_of(read_table, "practice"):
        codes_by_part.setdefault(item["part"], []).append(item["code"])

    assert codes_by_part["NORMS"] == [f"NORM.{letter}" for letter in "ABCDEFGHIJK"]
    assert codes_by_part["CBMS"] == [f"CBM.{number}" for number in range(1, 9)]
    assert set(codes_by_part) == {"INTERNATIONAL_LAW", "NORMS", "CBMS", "CAPACITY_BUILDING"}


def test_positions_count_from_one_without_a_gap(read_table: ReadTable) -> None:
    positions: dict[str, list[int]] = {}
    for table, group in (
        ("questionnaire/parts", None),
        ("questionnaire/items", "part"),
        ("questionnaire/challenges", None),
        ("taxonomy/incidents", None),
        ("taxonomy/incident_areas", "incident"),
    ):
        for row in read_table(table):
            positions.setdefault(f"{table} {row[group] if group else ''}", []).append(int(row["position"]))

    broken = [name for name, numbers in positions.items() if numbers != list(range(1, len(numbers) + 1))]

    assert broken == []


def test_a_description_is_neither_too_short_nor_too_long(read_table: ReadTable) -> None:
    rows = read_table("questionnaire/descriptions")

    beyond = [
        (row["item"], row["stage"], count)
        for row in rows
        if (count := len(row["description_en"].split())) not in (TOPIC_WORDS if "." in row["item"] else AREA_WORDS)
    ]

    assert beyond == []


@pytest.mark.parametrize(("column", "words"), [("question_en", QUESTION_WORDS), ("help_en", HELP_WORDS)])
def test_a_question_and_its_help_can_be_read_at_a_glance(column: str, words: range, read_table: ReadTable) -> None:
    counts = {item["code"]: len(item[column].split()) for item in read_table("questionnaire/items")}

    assert {code: count for code, count in counts.items() if count not in words} == {}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("questionnaire/descriptions", "description_en"),
        ("questionnaire/items", "question_en"),
        ("questionnaire/items", "help_en"),
        ("taxonomy/incidents", "scope_en"),
        ("taxonomy/incident_areas", "why_en"),
    ],
)
def test_no_text_is_used_twice(table: str, column: str, read_table: ReadTable) -> None:
    texts = Counter(row[column] for row in read_table(table))

    assert [text for text, count in texts.items() if count > 1] == []


def test_a_text_is_a_whole_sentence(read_table: ReadTable) -> None:
    texts = [row["description_en"] for row in read_table("questionnaire/descriptions")]
    texts += [row["why_en"] for row in read_table("taxonomy/incident_areas")]
    texts += [row["scope_en"] for row in read_table("taxonomy/incidents")]
    texts += [item["help_en"] for item in read_table("questionnaire/items")]
    questions = [item["question_en"] for item in read_table("questionnaire/items")]

    assert [text for text in texts if not (text[0].isupper() and text.endswith("."))] == []
    assert [text for text in questions if not text.endswith("?")] == []


def test_an_incident_leads_to_three_to_six_areas(read_table: ReadTable) -> None:
    counts = Counter(row["incident"] for row in read_table("taxonomy/incident_areas"))

    incidents = [row["code"] for row in read_table("taxonomy/incidents")]

    assert {code: counts[code] for code in incidents if counts[code] not in range(3, 7)} == {}
