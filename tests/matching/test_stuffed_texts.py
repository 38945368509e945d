"""Texts written for the matcher: repeated words, words of everything, and words copied from a need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.comparisons.text import TextComparison
from matching.reference import Background
from matching.text import MOST_COUNTED, Vectorizer
from tests.matching.worlds import make_reference

RUN = "alpha beta gamma delta epsilon zeta eta theta"
LONGER = f"{RUN} iota kappa"
WORDS = st.lists(st.sampled_from([*LONGER.split(), "lambda"]), max_size=24).map(" ".join)


def comparison(needs: list[str], offers: list[str]) -> TextComparison:
    vectorizer = Vectorizer(make_reference().background)
    return TextComparison(vectorizer.space(needs, offers), needs, vectorizer)


def values(needs: list[str], offers: list[str]) -> list[list[float]]:
    found: list[list[float]] = comparison(needs, offers).values(np.arange(len(needs))).round(6).tolist()
    return found


def test_a_word_repeated_more_often_adds_nothing() -> None:
    often = " ".join(["csirt"] * MOST_COUNTED)

    found = values(["csirt for harbours"], [f"{often} ports", f"{often} csirt csirt ports"])[0]

    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("offer", "value"),
    [
        (RUN, 0.0),
        (f"We give: {RUN}", 0.0),
        (RUN.replace("delta", "mu"), 1.0),
        (" ".join(reversed(RUN.split())), 1.0),
        (RUN.removesuffix(" theta"), 1.0),
    ],
    ids=["the need itself", "behind words of its own", "a word changed", "in another order", "too short a run"],
)
def test_a_run_of_eight_words_that_is_copied_from_the_need_does_not_count(offer: str, value: float) -> None:
    assert values([RUN], [offer]) == [[value]]


def test_words_beside_those_that_are_copied_count() -> None:
    copied, honest, mixed = values([LONGER], [RUN, "iota kappa", f"{RUN} mu kappa iota"])[0]

    assert copied == 0
    assert 0 < mixed < honest


def test_what_one_offer_copies_is_no_matter_of_another_or_of_another_need() -> None:
    others = ["harbour alpha", "beta zeta of iota"]

    alone, together = values([RUN, "alpha beta"], others), values([RUN, "alpha beta"], [RUN, *others])

    assert [row[1:] for row in together] == alone
    assert together[1][0] > 0


@given(st.lists(WORDS, min_size=1, max_size=5), st.lists(WORDS, min_size=1, max_size=5))
def test_single_pairs_and_blocks_agree_to_the_bit_where_words_are_copied(needs: list[str], offers: list[str]) -> None:
    compared = comparison(needs, offers)
    rows, columns = (places.ravel() for places in np.indices((len(needs), len(offers))))

    block = compared.values(np.arange(len(needs)))

    assert np.array_equal(compared.values_at(rows, columns), block.ravel(), equal_nan=True)
    assert np.isnan(block).any() or (block >= 0).all()


FIELD = tuple(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


def field_vectorizer() -> Vectorizer:
    frequency = dict.fromkeys(FIELD, 40) | {f"rare{letter}": 1 for letter in "abcdefgh"}
    return Vectorizer(Background(name="background-1", n_texts=100, document_frequency=frequency))


def test_the_words_of_a_whole_field_are_more_general_than_a_statement_of_one_subject() -> None:
    vectorizer = field_vectorizer()
    statement = f"{FIELD[0]} {FIELD[1]} rarea rareb rarec rared"
    space = vectorizer.space([statement, " ".join(FIELD), "unheard"])

    general = vectorizer.generality(space.vocabulary, space.groups[0])

    assert general[2] == 0
    assert general[0] < 0.33 < general[1] <= 1 + 1e-9


def test_a_text_of_all_words_is_less_like_a_need_than_its_words_alone_would_make_it() -> None:
    vectorizer = field_vectorizer()
    space = vectorizer.space(["worda wordb rarea"], [" ".join(FIELD), "worda rareb rarec rared raree"])

    stuffed, honest = space.groups[1].take(np.array([0])), space.groups[1].take(np.array([1]))

    assert (vectorizer.focused(space.vocabulary, stuffed).words.data < 0.2 * stuffed.words.data).all()
    assert (vectorizer.focused(space.vocabulary, honest).words.data == honest.words.data).all()
