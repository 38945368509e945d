"""What was worked out of texts is kept between runs, and no run comes out otherwise for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.command.cache import cache_path, load_memory, save_memory
from matching.command.datafiles import load_reference
from matching.kinship import Kinships, kinship
from matching.model import Model, prepare
from matching.records import Need, Pool
from matching.reference import Reference
from matching.text_memory import TextMemory
from matching.words import Tokenizer
from tests.matching.random_pools import random_pool
from tests.matching.worlds import make_profile

DAY = date(2026, 6, 1)
stems = st.lists(st.text("abcdé训", min_size=1, max_size=6), max_size=30, unique=True)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=DAY)


@pytest.fixture(scope="module")
def pool() -> Pool:
    made = random_pool(3, n_needs=20, n_offers=20)
    needs = [replace(need, states=("KEN",)) for need in made.needs]
    offers = [replace(offer, eligible=("*",), area_codes=(), modes=()) for offer in made.offers]
    texts = ("Formation des magistrats au Kenya", "Training of police in digital forensics", "Обучение дипломатов")
    more = [Need(need_id=f"more-{at}", states=("FJI",), title=text) for at, text in enumerate(texts)]
    return Pool(needs=(*needs, *more), offers=tuple(offers))


def prepared(pool: Pool, reference: Reference, memory: TextMemory | None = None) -> Model:
    return prepare(pool, reference, make_profile(), as_of_on=DAY, memory=memory)


def texts_of(model: Model) -> list[object]:
    words, offers = model.need_vectors.words, model.comparisons.text.vectors[1].words
    arrays = (
        words.data,
        words.indices,
        words.indptr,
        offers.data,
        offers.indices,
        model.need_vectors.spread.matrix().data,
    )
    return [model.need_readings, model.offer_readings, model.need_areas, *(array.tobytes() for array in arrays)]


@given(stems, stems)
def test_what_is_known_of_some_stems_is_completed_to_the_bit(known: list[str], wanted: list[str]) -> None:
    kinships = Kinships(known, kinship(known)) if known else Kinships()

    akin, plain = kinships.of(wanted), kinship(wanted)

    assert (akin.data.tobytes(), akin.indices.tolist(), akin.indptr.tolist()) == (
        plain.data.tobytes(),
        plain.indices.tolist(),
        plain.indptr.tolist(),
    )


def test_a_run_that_remembers_is_the_same_and_reads_no_text_again(
    pool: Pool, reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, first = prepared(pool, reference), TextMemory()
    path = cache_path(tmp_path, reference)
    prepared(pool, reference, first)
    save_memory(path, first)
    read: list[str] = []
    words = Tokenizer.words
    monkeypatch.setattr(Tokenizer, "words", lambda self, text: read.append(text) or words(self, text))

    again = prepared(pool, reference, load_memory(path))

    assert texts_of(again) == texts_of(plain)
    # Search terms are cut into stems anew, and some titles are one of them.
    whole = {f"{need.title}\n{need.description}" for need in pool.needs}
    assert not whole & set(read)
    assert not {need.title for need in pool.needs if " " in need.title} & set(read)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Training of judges"},
        {"description": "For Kenya and Uganda."},
        {"audience": "Journalists"},
        {"states": ("UGA",)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_changed_record_is_read_anew(pool: Pool, reference: Reference, changes: dict[str, object]) -> None:
    memory = TextMemory()
    prepared(pool, reference, memory)
    changed = replace(pool, needs=(*pool.needs[:-1], replace(pool.needs[-1], **changes)))

    assert texts_of(prepared(changed, reference, memory)) == texts_of(prepared(changed, reference))


def test_an_offer_that_states_whom_it_is_open_to_is_read_anew(pool: Pool, reference: Reference) -> None:
    memory = TextMemory()
    prepared(pool, reference, memory)
    offer = replace(pool.offers[0], title="Training in Kenya", eligible=("KEN",))
    changed = replace(pool, offers=(offer, *pool.offers[1:]))
    opened = replace(pool, offers=(replace(offer, eligible=("*",)), *pool.offers[1:]))

    assert texts_of(prepared(changed, reference, memory)) == texts_of(prepared(changed, reference))
    assert texts_of(prepared(opened, reference, memory)) == texts_of(prepared(opened, reference))


def test_what_nobody_asked_for_is_let_go(pool: Pool, reference: Reference, tmp_path: Path) -> None:
    path, memory = tmp_path / "kept.npz", TextMemory()
    prepared(pool, reference, memory)
    save_memory(path, memory)
    later = load_memory(path)
    prepared(replace(pool, needs=pool.needs[:1]), reference, later)
    save_memory(path, later)

    kept = load_memory(path)
    prepared(pool, reference, kept)

    assert len(later.found.used) < len(memory.found.used)
    assert len(later.texts.kinships.stems) < len(memory.texts.kinships.stems) == len(kept.texts.kinships.stems)


def test_what_is_kept_changes_only_with_the_texts(pool: Pool, reference: Reference, tmp_path: Path) -> None:
    path, memory = tmp_path / "kept.npz", TextMemory()
    prepared(pool, reference, memory)
    save_memory(path, memory)
    same, fewer, another = load_memory(path), load_memory(path), load_memory(path)
    reworded = replace(pool.needs[0], description="Judges ask for training on electronic evidence")

    prepared(pool, reference, same)
    prepared(replace(pool, needs=pool.needs[1:]), reference, fewer)
    prepared(replace(pool, needs=(reworded, *pool.needs[1:])), reference, another)

    assert [known.has_changed for known in (memory, same, fewer, another)] == [True, False, True, True]


def test_other_search_terms_or_states_have_a_file_of_their_own(reference: Reference, tmp_path: Path) -> None:
    fewer = dict(list(reference.geography.state_by_code.items())[1:])
    others = [
        replace(reference, taxonomy=replace(reference.taxonomy, outside_terms={})),
        replace(reference, geography=replace(reference.geography, state_by_code=fewer)),
        replace(reference, gazetteer=replace(reference.gazetteer, cues={})),
        replace(reference, background=replace(reference.background, glossary=())),
    ]

    paths = {cache_path(tmp_path, other) for other in (reference, load_reference(as_of_on=DAY), *others)}

    assert len(paths) == 1 + len(others)


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "turned", "another"])
def test_a_file_that_is_not_whole_is_none(pool: Pool, reference: Reference, tmp_path: Path, damage: str) -> None:
    path, memory = tmp_path / "kept.npz", TextMemory()
    prepared(pool, reference, memory)
    save_memory(path, memory)
    content = bytearray(path.read_bytes())
    match damage:
        case "gone":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "turned":
            content[len(content) // 2] ^= 0xFF
            path.write_bytes(content)
        case "another":
            np.savez(path, document=np.frombuffer(b"[]", dtype=np.uint8))

    kept = load_memory(path)

    assert texts_of(prepared(pool, reference, kept)) == texts_of(prepared(pool, reference))
    assert kept.texts.kinships.stems != ()
