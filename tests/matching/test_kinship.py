"""Kinship of stems and cosines of pairs: the machine code for many of them does as the plain definition, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import kinship as kinships
from matching import vectors
from matching.arrays import Matrix
from matching.kinship import LEAST_KINSHIP, kinship
from matching.text import Vectorizer
from matching.vectors import cosines, cosines_at
from tests.matching.worlds import make_reference

STEMS = st.lists(st.text(alphabet="abcé安", min_size=1, max_size=8), max_size=30, unique=True)


def both_ways(stems: list[str], patch: pytest.MonkeyPatch) -> tuple[Matrix, Matrix]:
    """Return the kinship of some stems by sparse products, and by machine code."""
    plain = kinship(stems)
    patch.setattr(kinships, "_FEWEST_COMPILED", 0)
    return plain, kinship(stems)


@given(STEMS)
def test_many_stems_are_as_akin_as_few(stems: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        plain, compiled = both_ways(stems, patch)

    assert compiled.shape == plain.shape
    assert compiled.indptr.tolist() == plain.indptr.tolist()
    assert compiled.indices.tolist() == plain.indices.tolist()
    assert compiled.data.tolist() == plain.data.tolist()


def test_a_share_that_is_just_reached_counts_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    # Twelve runs of letters each, of which the two share six.
    stems = ["aaaba", "aaabb"]

    plain, compiled = both_ways(stems, monkeypatch)

    assert plain.toarray()[0, 1] == pytest.approx(LEAST_KINSHIP**2)
    assert compiled.toarray().tolist() == plain.toarray().tolist()


@pytest.mark.parametrize("is_by_need", [True, False], ids=["by need", "mixed"])
def test_many_pairs_have_the_cosines_that_few_have(monkeypatch: pytest.MonkeyPatch, *, is_by_need: bool) -> None:
    words = ["training", "trainers", "police", "policing", "banks", "CSIRT", "women", "law"]
    chance = np.random.default_rng(7)
    needs, offers = ([" ".join(chance.choice(words, size=4)) for _ in range(n)] for n in (12, 9))
    space = Vectorizer(make_reference().background).space([*needs, ""], offers)
    rows, columns = np.divmod(np.arange(13 * 9), 9)
    order = np.arange(len(rows)) if is_by_need else chance.permutation(len(rows))
    rows, columns = rows[order], columns[order]
    expected = cosines(*space.groups)[rows, columns]

    few = cosines_at(*space.groups, rows=rows, columns=columns)
    monkeypatch.setattr(vectors, "_FEWEST_COMPILED", 0)
    many = cosines_at(*space.groups, rows=rows, columns=columns)

    assert few.tolist() == expected.tolist()
    assert many.tolist() == expected.tolist()
    assert np.count_nonzero(expected) > len(rows) // 4
