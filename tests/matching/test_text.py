"""Text: tokens in every script, and vectors that no other text of the pool can move."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.kinship import fragments
from matching.reference import Background
from matching.text import Vectorizer
from matching.vectors import likeness
from matching.words import Tokenizer, text_key

BACKGROUND = Background(
    name="test", n_texts=99, document_frequency={"train": 49, "csirt": 9}, stop_words=frozenset({"the", "à"})
)
texts = st.lists(
    st.sampled_from(["CSIRT", "training", "of", "the", "网络安全", "киберпреступность", "الأمن", "sécurité", "!"]),
    max_size=8,
).map(" ".join)


def tokens(text: str) -> list[str]:
    return Tokenizer({"the", "of"}).tokens(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Training of the CSIRTs", ["train", "csirt"]),
        ("Sécurité", ["securit"]),
        ("cyber security, cyber-security and cybersecurity", ["cybersecur", "cybersecur", "and", "cybersecur"]),
        ("网络安全", ["网络", "络安", "安全"]),
        ("网", ["网"]),
        ("CSIRT建设", ["csirt", "建设"]),
        ("преступности", ["преступн"]),
        ("cyber of the", ["cyber"]),
        ("e-evidence, co-operation", ["eevid", "cooper"]),
        (
            "programme, program, defence, organisation, organization",
            ["program", "program", "defens", "organiz", "organiz"],
        ),
        ("mise en œuvre", ["mize", "en", "oeuvr"]),
        ("ＣＥＲＴ", ["cert"]),
        ("㎅", ["kb"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("… — !", []),
        ("x" * 41, []),
    ],
    ids=[
        *("plural", "accent", "cyber", "Chinese", "one character", "two scripts", "Russian", "cyber alone"),
        *("one word with a hyphen", "spelling", "ligature", "full width", "one sign"),
        *("underscore", "empty", "signs", "address"),
    ],
)
def test_a_text_is_cut_into_stems(text: str, expected: list[str]) -> None:
    found = tokens(text)

    assert found == expected


@pytest.mark.parametrize(
    "text",
    ["التدريب تدريب", "السيبراني سيبراني السيبرانية سيبرانية", "والأمن الأمن أمن", "فريق الفريق"],
    ids=["training", "cyber", "security", "team"],
)
def test_arabic_words_of_one_stem_meet(text: str) -> None:
    """Another stemmer made three stems of the four forms of one adjective, so that needs and terms did not meet."""
    assert len(set(tokens(text))) == 1


@given(st.text(max_size=60))
def test_any_text_is_cut_and_composed_or_not_it_gives_the_same(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)

    found = tokens(composed)

    assert found == tokens(decomposed)
    assert all(found)


@given(texts)
def test_a_memory_changes_no_token(text: str) -> None:
    memory: dict[str, list[str]] = {}
    remembering = Tokenizer({"the"}, memory)

    first, second = remembering.tokens(text), remembering.tokens(text)

    assert first == second == Tokenizer({"the"}).tokens(text)
    assert list(memory) == [text_key(text)]


def test_the_key_of_a_text_does_not_tell_it() -> None:
    key = text_key("A weakness of ours")

    assert len(key) == 32
    assert "weak" not in key


def test_vowel_signs_and_stretched_letters_split_no_arabic_word() -> None:
    plain = tokens("دوليا الأمن")

    found = tokens("دوليًا الأَمْـــن")

    assert found == plain
    assert len(found) == 2


def test_a_word_alone_is_not_remembered() -> None:
    """Each word of a need stood in the memory of texts by itself, so that the cache grew by one entry a word."""
    memory: dict[str, list[str]] = {}

    Tokenizer(memory=memory).words_by_stem("Training, trained")

    assert memory == {}


def test_a_stem_is_shown_as_the_first_word_that_it_stands_for() -> None:
    found = Tokenizer({"of"}).words_by_stem("Trainings of trainers, Training")

    assert found == {"train": "Trainings", "trainer": "trainers"}


def test_fragments_carry_the_edges_of_the_word() -> None:
    found = fragments("law")

    assert found == [" la", "law", "aw ", " law", "law ", " law "]


def test_a_token_counts_by_how_rare_it_is_in_the_background() -> None:
    found = Vectorizer(BACKGROUND).idf(["train", "csirt", "unseen"])

    assert np.round(found, 6).tolist() == [1.693147, 3.302585, 5.60517]


def test_vectors_have_unit_length_and_a_text_without_words_has_none() -> None:
    vectors = Vectorizer(BACKGROUND).space(["CSIRT training training", "the", ""]).groups[0]

    lengths = vectors.words.multiply(vectors.spread.matrix()).sum(axis=1).ravel()

    assert np.allclose(lengths, [[1, 0, 0]])
    assert vectors.is_empty.tolist() == [False, True, True]


def test_no_text_at_all_gives_an_empty_space() -> None:
    space = Vectorizer(BACKGROUND).space([], [])

    found = likeness(*space.groups)

    assert space.vocabulary == ()
    assert found.shape == (0, 0)


def test_words_that_differ_by_their_accent_or_ending_are_alike_in_part() -> None:
    space = Vectorizer(BACKGROUND).space(["cybersécurité"], ["cybersecurity", "agriculture"])

    near, far = likeness(*space.groups)[0]

    assert near > 0.5
    assert far < 0.3


@given(st.lists(texts, min_size=2, max_size=5), texts)
def test_another_text_moves_no_likeness_by_one_bit(pool: list[str], newcomer: str) -> None:
    vectorizer = Vectorizer(BACKGROUND)

    before = likeness(*vectorizer.space(pool[:1], pool[1:]).groups)
    after = likeness(*vectorizer.space(pool[:1], [*pool[1:], newcomer]).groups)

    assert (after[:, :-1] == before).all()


@given(st.lists(texts, min_size=1, max_size=4))
def test_likeness_lies_between_0_and_1_and_is_full_for_the_same_text(pool: list[str]) -> None:
    vectors = Vectorizer(BACKGROUND).space(pool).groups[0]

    found = likeness(vectors, vectors)

    assert ((found >= 0) & (found <= 1)).all()
    assert np.allclose(found, found.T)
    assert (found.diagonal()[~vectors.is_empty] == 1).all()


def test_what_a_text_amounts_to_does_not_depend_on_the_others() -> None:
    words = ["training", "trainer", "trained", "csirt", "csirts", "response", "responder", "network", "networks"]
    chance = np.random.default_rng(1)
    vectors = Vectorizer(BACKGROUND).space([" ".join(chance.choice(words, 6)) for _ in range(50)]).groups[0]
    rows = chance.permutation(50)[:20]

    together, some = vectors.spread.matrix(), vectors.take(rows).spread.matrix()

    assert together.nnz > vectors.words.nnz
    assert np.array_equal(some.toarray(), together[rows].toarray())
