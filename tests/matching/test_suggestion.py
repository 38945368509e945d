"""Areas and modes read out of free text by the search terms of the taxonomy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.readings import Reader
from matching.reference import Background
from matching.suggestion import OUTSIDE, TermIndex
from matching.text import Vectorizer
from matching.vocabulary import Basis, Mode
from tests.matching.worlds import make_need, make_reference, make_taxonomy

BACKGROUND = Background(name="test", n_texts=99, document_frequency={"team": 49})
TERMS = {"A": ["incident response team"], "B": ["forensics"], "C": ["team"]}
words = st.lists(st.sampled_from(["incident", "response", "team", "forensics", "honey"]), max_size=6).map(" ".join)


def make_index(terms: dict[str, list[str]] = TERMS, *, do_rare_words_count_more: bool = True) -> TermIndex:
    return TermIndex(terms, Vectorizer(BACKGROUND), do_rare_words_count_more=do_rare_words_count_more)


def evidence(title: str, body: str, **options: Any) -> dict[str, float]:
    index = make_index(**options)
    return dict(zip(index.labels, np.round(index.evidence([title], [body])[0], 3).tolist(), strict=True))


def make_reader() -> Reader:
    return Reader(make_taxonomy(), Vectorizer(make_reference().background))


def test_a_term_counts_where_all_its_words_stand_in_any_order() -> None:
    found = evidence("", "A team for the response to each incident", do_rare_words_count_more=False)

    assert found == {"A": 1.0, "B": 0.0, "C": 1.0}


def test_a_long_term_of_which_most_stands_in_the_text_counts_a_little() -> None:
    found = evidence("", "incident response", do_rare_words_count_more=False)

    # 11.21 of the 12.90 that the three words weigh together, times 0.3.
    assert found == {"A": 0.261, "B": 0.0, "C": 0.0}


def test_one_word_of_a_long_term_counts_for_nothing() -> None:
    found = evidence("", "incident", do_rare_words_count_more=False)

    assert found["A"] == 0.0


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    found = evidence("", "forensics team")

    assert found["B"] == 1.0
    assert found["C"] == pytest.approx(0.302, abs=1e-3)


def test_a_term_in_the_title_counts_half_as_much_again() -> None:
    found = evidence("Forensics", "")

    assert found["B"] == 1.5


def test_a_term_that_is_repeated_counts_once() -> None:
    once, thrice = evidence("", "forensics"), evidence("", "forensics forensics forensics")

    assert once == thrice


def test_a_text_of_other_words_speaks_of_nothing() -> None:
    found = evidence("Honey", "presses")

    assert set(found.values()) == {0.0}


def test_an_index_without_terms_finds_nothing() -> None:
    index = make_index({"A": [], "B": ["…"]})

    found = index.evidence(["forensics"], ["team"])

    assert found.tolist() == [[0.0, 0.0]]


@given(words, words)
def test_more_text_never_speaks_less_of_an_area(title: str, body: str) -> None:
    index = make_index()

    less = index.evidence([title], [body])
    more = index.evidence([title], [f"{body} incident forensics"])

    assert (more >= less).all()
    assert (less >= 0).all()


def test_the_best_area_is_sure_and_asides_are_dropped() -> None:
    need = make_need(title="Establish a CSIRT", description="An incident response team and its maturity of teams.")

    found = make_reader().suggest_areas([need])[0]

    assert (found[0].code, found[0].sureness) == ("IRC.1", 1.0)
    assert all(0.45 <= item.sureness <= 1 for item in found)
    assert "CRI" not in {item.code for item in found}


def test_a_text_about_something_else_has_no_area_and_no_mode() -> None:
    need = make_need(title="Beekeeping", description="Hives and honey presses.")

    reader = make_reader()

    assert reader.suggest_areas([need]) == [()]
    assert reader.suggest_modes([need]) == [()]


def test_a_text_of_a_neighbouring_field_lies_outside_the_areas() -> None:
    """A request for customs officers found offers of cybersecurity first, because they named the same State."""
    need = make_need(title="Training for customs", description="")

    (reading,), (weights,) = make_reader().read([need])

    assert weights == {OUTSIDE: 1.0}
    assert (reading.area_codes, reading.areas_basis) == ((), Basis.INFERRED)


def test_a_neighbouring_field_named_aside_leaves_the_area() -> None:
    need = make_need(title="Establish a CSIRT", description="A CSIRT incident response team for customs.")

    (reading,), (weights,) = make_reader().read([need])

    assert "IRC.1" in reading.area_codes
    assert OUTSIDE not in reading.area_codes
    assert weights["IRC.1"] == 1.0


def test_a_stated_area_is_not_moved_outside() -> None:
    need = make_need(title="Training for customs", description="", area_codes=("CRI",))

    _, (weights,) = make_reader().read([need])

    assert weights == {"CRI": 1.0}


def test_what_a_record_states_is_not_read_again() -> None:
    need = make_need(title="Establish a CSIRT", description="", area_codes=("CRI",), modes=(Mode.FINANCIAL,))

    (reading,), (weights,) = make_reader().read([need])

    assert (reading.area_codes, reading.areas_basis) == (("CRI",), Basis.STATED)
    assert (reading.modes, reading.modes_basis) == ((Mode.FINANCIAL,), Basis.STATED)
    assert weights == {"CRI": 1.0}


def test_what_is_read_is_marked_as_inferred() -> None:
    need = make_need(title="Establish a CSIRT", description="By training.")

    (reading,), _ = make_reader().read([need])

    assert reading.areas_basis is Basis.INFERRED
    assert (reading.modes, reading.modes_basis) == ((Mode.TRAINING,), Basis.INFERRED)
