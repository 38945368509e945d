"""The bridge between languages: a text in one of them is compared by the English words of the field."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judged_collections import own_collection
from benchmarks.languages import find_twins, real_needs
from benchmarks.quality import load_task
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.model import prepare
from matching.records import Need, Offer, Pool
from matching.reference import LANGUAGES, Background, Reference
from matching.text import Vectorizer
from matching.vectors import likeness

TODAY = date(2026, 11, 24)
TEXTS = Path(__file__).resolve().parents[2] / "benchmarks" / "labelled_texts.csv"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=TODAY)


@pytest.fixture(scope="module")
def vectorizer(reference: Reference) -> Vectorizer:
    return Vectorizer(reference.background)


@pytest.fixture(scope="module")
def twins() -> list[dict[str, str]]:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_language_of_a_text_is_told(vectorizer: Vectorizer, twins: list[dict[str, str]]) -> None:
    told = [vectorizer.bridge.language_of(f"{row['title']}\n{row['description']}") for row in twins]

    assert told == [row["language"] for row in twins]


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Formation des juges et des procureurs", {"train", "judg", "prosecutor"}),
        ("Capacitación de los jueces y fiscales", {"train", "judg", "prosecutor"}),
        ("Подготовка судей и прокуроров", {"train", "judg", "prosecutor"}),
        ("培训法官和检察官", {"train", "judg", "prosecutor"}),
        ("تدريب القضاة والمدعين", {"train", "judg"}),
    ],
    ids=LANGUAGES[1:],
)
def test_words_of_the_field_become_english(vectorizer: Vectorizer, text: str, stems: set[str]) -> None:
    assert stems <= set(vectorizer.bridge.tokens(text))


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        (
            "Обучение работе с доказательствами",
            "Evidence: обучение работе с доказательствами and the law in the region",
        ),
        ("Ejercicio de crisis cibernética para los ministerios", "Ejercicio crisis cibernética"),
    ],
    ids=["two scripts in one text", "a title without function words"],
)
def test_the_same_words_meet_whatever_stands_around_them(vectorizer: Vectorizer, need: str, offer: str) -> None:
    """The words of one side were read by the glossary and those of the other were not, so that they met no more."""
    asked, offered = set(vectorizer.bridge.tokens(need)), set(vectorizer.bridge.tokens(offer))

    assert len(asked & offered) >= 2


def test_an_english_text_stays_as_it_is(vectorizer: Vectorizer) -> None:
    text = "Training of the judges and the police in digital forensics"

    assert vectorizer.bridge.tokens(text) == vectorizer.tokenizer.tokens(text)


def test_what_the_glossary_does_not_hold_stays_as_it_is(vectorizer: Vectorizer) -> None:
    assert "mangrov" in vectorizer.bridge.tokens("Formation des juges de la mangrove")


def test_an_accent_is_no_english(vectorizer: Vectorizer) -> None:
    """Words of both languages without function words were taken for English, since "équipe" is equip without its accent."""
    text = "Réponse aux incidents\nFormation d'une équipe nationale."

    assert vectorizer.bridge.language_of(text) == "fr"
    assert {"respons", "incid", "train", "team", "nation"} <= set(vectorizer.bridge.tokens(text))


@pytest.mark.parametrize(
    ("frequency", "stems"),
    [
        ({"train": 10, "form": 5}, ["train", "form"]),
        ({"train": 10, "form": 2}, ["train"]),
        ({"train": 2, "form": 10}, ["form"]),
        ({}, ["train", "form"]),
    ],
    ids=["both common", "one rare", "the other rare", "nobody knows"],
)
def test_a_word_stands_for_its_common_meanings(frequency: dict[str, int], stems: list[str]) -> None:
    background = Background(
        name="two meanings",
        n_texts=10,
        document_frequency=frequency,
        glossary=({"en": ("training",), "ru": ("формирование",)}, {"en": ("form",), "ru": ("формирование",)}),
    )

    assert Vectorizer(background).bridge.tokens("Формирование") == stems


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        ("Aide aux juges de la République des Fidji", "fiji"),
        ("Подготовка судей Кении", "kenya"),
        ("为肯尼亚的法官举办培训", "kenya"),
        ("تدريب القضاة في كينيا", "kenya"),
    ],
)
def test_names_of_states_become_english(vectorizer: Vectorizer, text: str, stem: str) -> None:
    assert stem in vectorizer.bridge.tokens(text)


def test_the_words_that_texts_share_are_told_in_the_language_of_the_need(vectorizer: Vectorizer) -> None:
    assert vectorizer.bridge.words_by_stem("Формирование навыков и обучение судей")["train"] == "обучение"


def test_without_a_glossary_every_text_is_cut_as_it_is(vectorizer: Vectorizer, reference: Reference) -> None:
    bare = Vectorizer(replace(reference.background, glossary=()))

    assert bare.bridge.tokens("Formation des juges") == bare.tokenizer.tokens("Formation des juges")


def test_texts_of_two_languages_are_alike_where_they_say_the_same(vectorizer: Vectorizer) -> None:
    space = vectorizer.space(
        ["对警察进行数字取证培训"], ["Training of the police in digital forensics", "Honey presses"]
    )

    same, other = likeness(*space.groups)[0]

    assert same > 0.5
    assert other == 0.0


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_need_in_any_language_finds_the_first_offer_of_its_english_twin(
    reference: Reference, twins: list[dict[str, str]], language: str
) -> None:
    """65 offers in English, each as one of the needs says: the twins in another language have to find it first."""
    needs = [row for row in twins if row["language"] == language]
    offers = [row for row in twins if row["language"] == "en"]
    pool = Pool(
        needs=tuple(
            Need(need_id=r["id"], states=("KEN",), title=r["title"], description=r["description"]) for r in needs
        ),
        offers=tuple(
            Offer(offer_id=r["id"], provider="P", title=r["title"], description=r["description"]) for r in offers
        ),
    )

    model = prepare(pool, reference, load_profile(), as_of_on=TODAY)
    first = np.argmax(model.scorer.scores(np.arange(len(needs))), axis=1)

    found = [model.offers[at].offer_id == need.need_id for at, need in zip(first, model.needs, strict=True)]
    assert sum(found) >= 0.95 * len(needs)


def test_real_needs_in_other_languages_find_nearly_the_offers_of_their_english_twins() -> None:
    """Most of these needs have several offers that fit about as well, so that the first of them is nearly a tie."""
    task = load_task(own_collection(), as_of_on=TODAY)

    found = find_twins(task, real_needs(task), task.pool.offers).drop("en").mean()

    assert found["first"] >= 0.65
    assert found["first three"] >= 0.9
