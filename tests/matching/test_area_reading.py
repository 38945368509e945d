"""Reading areas out of free text with the shipped taxonomy: in six languages, and not out of everyday words."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from matching.command.datafiles import load_reference
from matching.readings import Reader
from matching.records import Need
from matching.reference import LANGUAGES, Reference
from matching.suggestion import OUTSIDE
from matching.text import Vectorizer
from matching.vocabulary import Audience, Basis

TEXTS = Path(__file__).resolve().parents[2] / "benchmarks" / "labelled_texts.csv"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=date(2026, 11, 24))


@pytest.fixture(scope="module")
def reader(reference: Reference) -> Reader:
    return Reader(reference.taxonomy, Vectorizer(reference.background))


def areas_of(reader: Reader, title: str, description: str = "") -> list[str]:
    """Return the areas read out of a text, the surest first."""
    need = Need(need_id="N1", states=("KEN",), title=title, description=description)
    return [item.code for item in reader.suggest_areas([need])[0]]


@pytest.mark.parametrize(
    ("text", "misread"),
    [
        ("Security of the supply of water", "STD.5"),
        ("Curso de ciberseguridad para jueces", "AWA.1"),
        ("The government asks for support", "CON.2"),
        ("Evidence-based policy for the region", "CRI.3"),
        ("A new law on legislation", "EDU.5"),
        ("Lessons learned from the task force", "LAW.1"),
    ],
    ids=["AI security", "mes de la", "e-government", "e-evidence", "legislators", "use of force"],
)
def test_a_term_that_stop_words_emptied_names_no_area(reader: Reader, text: str, misread: str) -> None:
    """Of "AI security" only "security" was left, because "ai" is a French stop word; such terms are gone or whole."""
    assert misread not in areas_of(reader, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_area_of_a_text_is_read_in_each_language(reader: Reader, language: str) -> None:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        texts = [row for row in csv.DictReader(file) if row["language"] == language]

    found = [row["area"] in areas_of(reader, row["title"], row["description"])[:1] for row in texts]

    assert len(texts) == 65
    assert sum(found) >= 0.9 * len(texts)


def test_no_term_is_empty_without_stop_words(reader: Reader, reference: Reference) -> None:
    tokenizer = Vectorizer(reference.background).tokenizer

    taxonomy = reference.taxonomy
    by_language = [area.terms for area in taxonomy.area_by_code.values()]
    by_language += [taxonomy.outside_terms, *taxonomy.audience_terms.values(), *taxonomy.mode_terms.values()]
    terms = [term for terms in by_language for each in terms.values() for term in each]

    assert [term for term in terms if not tokenizer.tokens(term)] == []


def test_none_of_the_labelled_texts_lies_outside_the_areas(reader: Reader) -> None:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        needs = [
            Need(need_id=f"{at}", states=("KEN",), title=row["title"], description=row["description"])
            for at, row in enumerate(csv.DictReader(file))
        ]

    weights = reader.read(needs)[1]

    outside = [need.title for need, areas in zip(needs, weights, strict=True) if areas.get(OUTSIDE) == 1.0]
    assert outside == []


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("Customs administration", "Training of border guards in the control of dual-use goods."),
        ("Douanes", "Formation des gardes-frontières au contrôle des exportations."),
        ("Aduanas", "Formación de la guardia fronteriza en control de exportaciones."),
        ("Таможня", "Обучение пограничников экспортному контролю."),
        ("海关", "对边防人员进行出口管制培训。"),
        ("الجمارك", "تدريب حرس الحدود على مراقبة الصادرات."),
    ],
    ids=LANGUAGES,
)
def test_a_neighbouring_field_is_read_in_each_language(reader: Reader, title: str, description: str) -> None:
    need = Need(need_id="N1", states=("KEN",), title=title, description=description)

    assert list(reader.read([need])[1][0]) == [OUTSIDE]


def audiences_of(reader: Reader, need: Need) -> tuple[tuple[Audience, ...], Basis]:
    (reading,), _ = reader.read([need])
    return reading.audiences, reading.audiences_basis


@pytest.mark.parametrize(
    ("title", "audience"),
    [
        ("Training of judges and prosecutors", Audience.JUSTICE),
        ("Formation des magistrats", Audience.JUSTICE),
        ("Capacitación de periodistas", Audience.CIVIL_SOCIETY),
        ("Обучение дипломатов", Audience.DIPLOMATS),
        ("为国会议员举办的培训", Audience.PARLIAMENTARIANS),
        ("تدريب ضباط الشرطة", Audience.POLICE),
    ],
    ids=LANGUAGES,
)
def test_the_audience_of_a_text_is_read_in_each_language(reader: Reader, title: str, audience: Audience) -> None:
    need = Need(need_id="N1", states=("KEN",), title=title)

    assert audiences_of(reader, need) == ((audience,), Basis.INFERRED)


def test_what_a_need_states_of_its_audience_is_read_alone(reader: Reader) -> None:
    need = Need(need_id="N1", states=("KEN",), title="Training of judges", audience="Journalists")

    assert audiences_of(reader, need) == ((Audience.CIVIL_SOCIETY,), Basis.STATED)


@pytest.mark.parametrize(
    "text", ["Policies for the region", "A universal rule", "Legislation on data", "Social engineering"]
)
def test_everyday_words_name_no_audience(reader: Reader, text: str) -> None:
    need = Need(need_id="N1", states=("KEN",), title=text)

    assert audiences_of(reader, need) == ((), Basis.INFERRED)
