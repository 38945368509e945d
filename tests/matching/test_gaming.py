"""Nobody climbs by stuffing: every attack of ``benchmarks.attacks`` on the sample, and who else would feel it.

The limits say what an attack may gain over all needs: the mean score, and in how many more first tens the offer stands.
"""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.attacks import World, attacks
from benchmarks.gaming import AS_OF_ON, Gain, furnished, measure
from benchmarks.judged_collections import ROOT, own_collection
from benchmarks.quality import Task, load_task
from matching.arrays import Floats
from matching.candidates import find_candidates
from matching.model import prepare
from matching.records import Need, Offer
from matching.reference import LANGUAGES
from matching.search.finder import Finder
from matching.text import MOST_GENERAL, Vectorizer
from matching.vocabulary import Component

NOTHING = (0.001, 0.0)  # a thousandth of the score, and no first ten
LITTLE = (0.01, 1.6)
LIMIT_BY_ATTACK = {
    "title written ten times": NOTHING,
    "description written ten times": NOTHING,
    "title put before the description ten times": NOTHING,
    "terms of all areas, English": NOTHING,
    "terms of all areas, six languages": NOTHING,
    "titles of all areas in the title": NOTHING,
    "titles of all areas in the description": NOTHING,
    "the commonest words of all needs": NOTHING,
    "no description": NOTHING,
    "a title of one word": LITTLE,
    "nothing but titles of areas": NOTHING,
    "ten needs copied behind the text": (0.005, 0.5),  # their States are read as places that the offer is for
    "all needs copied behind the text": NOTHING,
    "nothing but ten needs": (0.01, 0.0),
    "nothing but all needs": NOTHING,
    "all top-level areas claimed": LITTLE,
    "all areas claimed": NOTHING,
    "all modes claimed": (0.001, 0.5),
    "all languages claimed": NOTHING,
    "twelve areas claimed, two in each half": (0.01, 0.0),
    "all areas, modes and languages": NOTHING,
    "zero width characters between letters": NOTHING,
    "soft hyphens in the words": NOTHING,
    "variation selectors in the words": NOTHING,
    "directions overridden": NOTHING,
    "Cyrillic letters that look Latin": NOTHING,
    "terms in invisible tags": NOTHING,
    "terms of all areas behind combining marks": NOTHING,
    "confirmed in the future": NOTHING,
    "confirmed today": NOTHING,
    "a budget of a billion": (0.005, 0.5),
    "open from 1900 to 9999": NOTHING,
    "a million places": NOTHING,
    "all States named one by one": NOTHING,
    "all regional groups named": (0.01, 0.5),
    "everybody, and all States one by one": NOTHING,
}
AS_MUCH_AS_ONE_MORE_OFFER = (
    "one need copied behind the text",
    "three needs copied behind the text",
    "titles of all needs copied",
)
OPEN_QUESTION = "half of ten needs copied behind the text"
HONEST = ("the text of one other offer added", "the texts of three other offers added")


@pytest.fixture(scope="module")
def task() -> Task:
    return furnished(load_task(own_collection(), as_of_on=AS_OF_ON))


@pytest.fixture(scope="module")
def gain_by_attack(task: Task) -> dict[str, Gain]:
    return measure(task)


def means(gain: Gain) -> tuple[float, float]:
    return float(gain.score.mean()), float(gain.n_listed.mean())


@pytest.mark.parametrize("attack", sorted(LIMIT_BY_ATTACK))
def test_an_attack_does_not_pay(gain_by_attack: dict[str, Gain], attack: str) -> None:
    score, n_listed = means(gain_by_attack[attack])

    most_score, most_listed = LIMIT_BY_ATTACK[attack]
    assert score <= most_score
    assert n_listed <= most_listed


@pytest.mark.parametrize("attack", AS_MUCH_AS_ONE_MORE_OFFER)
def test_copying_needs_gains_hardly_more_than_honestly_offering_one_thing_more(
    gain_by_attack: dict[str, Gain], attack: str
) -> None:
    score, n_listed = means(gain_by_attack[attack])

    honest_score, honest_listed = means(gain_by_attack[HONEST[0]])
    assert score <= honest_score + 0.005
    assert n_listed <= honest_listed + 0.2


def test_what_ten_subjects_in_sixty_words_gain_is_known(gain_by_attack: dict[str, Gain]) -> None:
    """An offer that names ten subjects briefly cannot be told from one that has them; the decision says so."""
    score, n_listed = means(gain_by_attack[OPEN_QUESTION])

    assert score <= 0.04
    assert n_listed <= 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_all_terms_is_too_general_in_each_language_and_a_statement_is_not(task: Task, language: str) -> None:
    """Before the bridge, texts stuffed in any language but English were no more general than an honest English one."""
    with (ROOT / "benchmarks" / "labelled_texts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == language]
    statements = [f"{row['title']}\n{row['description']}" for row in rows]
    terms = [" ".join(area.terms.get(language, ())) for area in task.reference.taxonomy.area_by_code.values()]

    found = generality_of(task, [*statements, " ".join(terms)])

    assert found[:-1].max() < MOST_GENERAL < found[-1]


def test_a_text_of_all_terms_in_all_languages_is_too_general_as_well(task: Task) -> None:
    areas = task.reference.taxonomy.area_by_code.values()

    found = generality_of(task, [" ".join(term for area in areas for own in area.terms.values() for term in own)])

    assert found[0] > MOST_GENERAL


def generality_of(task: Task, texts: list[str]) -> Floats:
    vectorizer = Vectorizer(task.reference.background)
    space = vectorizer.space(texts)
    return vectorizer.generality(space.vocabulary, space.groups[0])


def test_every_attack_has_a_limit(gain_by_attack: dict[str, Gain]) -> None:
    assert set(gain_by_attack) == {*LIMIT_BY_ATTACK, *AS_MUCH_AS_ONE_MORE_OFFER, OPEN_QUESTION, *HONEST}


def scores_by_pair(task: Task, *more: Offer) -> dict[tuple[str, str], float]:
    pool = replace(task.pool, offers=(*task.pool.offers, *more))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    scores = model.scorer.scores(np.arange(len(model.needs)))
    return {
        (need.need_id, offer.offer_id): scores[row, column]
        for row, need in enumerate(model.needs)
        for column, offer in enumerate(model.offers)
    }


def test_stuffed_offers_and_irrelevant_ones_change_nobody_elses_score_by_one_bit(task: Task) -> None:
    world = World(needs=task.pool.needs, reference=task.reference, as_of_on=task.as_of_on)
    stuffed = [
        replace(attack(task.pool.offers[at]), offer_id=f"new-{at}") for at, attack in enumerate(attacks(world).values())
    ]
    irrelevant = replace(task.pool.offers[0], offer_id="new", title="Harbour dredging", description="Sand and pumps.")

    before, after = scores_by_pair(task), scores_by_pair(task, *stuffed, irrelevant)

    assert {pair: after[pair] for pair in before} == before


def copied_from(need: Need, offer: Offer) -> Offer:
    text = f"{offer.description} {need.title}. {need.description}"
    return replace(offer, offer_id=f"{offer.offer_id} copied", description=text)


@pytest.mark.parametrize("at", [4, 21, 38])
def test_an_offer_does_not_rise_with_the_need_that_it_copies(task: Task, at: int) -> None:
    """Areas and modes are stated here: what a copied text says of them is another question than its words."""
    need = task.pool.needs[at]
    honest = [
        replace(offer, area_codes=("GOV",), modes=(), areas_basis=offer.areas_basis) for offer in task.pool.offers[::6]
    ]
    copied = [copied_from(need, offer) for offer in honest]
    pool = replace(task.pool, needs=(need,), offers=(*honest, *copied))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    text = model.scorer.values(np.array([0]))[Component.TEXT][0]

    by_id = dict(zip((offer.offer_id for offer in model.offers), text.tolist(), strict=True))

    assert [offer.offer_id for offer in honest if by_id[f"{offer.offer_id} copied"] > by_id[offer.offer_id]] == []


def edited_copies(offer: Offer, n_copies: int) -> list[Offer]:
    words = ("again", "anew", "further", "renewed", "second")
    return [
        replace(offer, offer_id=f"{offer.offer_id}-{at}", description=f"{offer.description} {words[at]}")
        for at in range(n_copies)
    ]


def test_no_copy_of_an_offer_stands_better_than_the_offer(task: Task) -> None:
    honest = task.pool.offers[40]
    copies = edited_copies(honest, 5)

    scores = scores_by_pair(task, *copies)

    gained = [
        scores[need.need_id, copy.offer_id] - scores[need.need_id, honest.offer_id]
        for need in task.pool.needs
        for copy in copies
    ]
    assert max(gained) <= 0.005


def test_the_compiled_search_finds_the_best_offers_where_some_are_copied_or_stuffed(task: Task) -> None:
    """The search bounds what a pair may reach before it scores it; copied words take off what the bound still has."""
    world = World(needs=task.pool.needs, reference=task.reference, as_of_on=task.as_of_on)
    copied = [copied_from(task.pool.needs[at], replace(task.pool.offers[at], offer_id=f"new-{at}")) for at in range(40)]
    stuffed = [
        replace(attack(task.pool.offers[at]), offer_id=f"more-{at}")
        for at, attack in enumerate(attacks(world).values())
    ]
    pool = replace(task.pool, offers=(*task.pool.offers, *copied, *stuffed))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    rows = np.arange(len(model.needs))

    found = Finder(model, task.profile).candidates(rows, n_kept=20)

    plain = find_candidates(model.scorer, model.eligibility, rows, n_offers=len(model.offers), n_kept=20)
    assert found.columns.tolist() == plain.columns.tolist()
    assert found.scores.tolist() == plain.scores.tolist()
