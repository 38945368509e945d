"""What texts amount to for akin stems: the machine code does as the plain definition, to the bit."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from matching.spreading import spread, words_of
from matching.vectors import ReadySpread, Spread, vectors_of

N_TEXTS, N_STEMS = 40, 60


def made_spread(seed: int) -> Spread:
    """Return texts of a few stems each, the first without any, over stems of which some are akin."""
    chance = np.random.default_rng(seed)
    weights = sp.random(N_TEXTS, N_STEMS, density=0.1, random_state=chance, format="lil")
    weights[0] = 0.0
    likeness = sp.random(N_STEMS, N_STEMS, density=0.05, random_state=chance)
    akin = sp.csr_matrix((likeness + likeness.T).multiply(0.4) + sp.identity(N_STEMS))
    return vectors_of(sp.csr_matrix(weights), akin).spread


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("is_ready", [False, True])
def test_a_few_texts_amount_to_what_the_definition_says(seed: int, *, is_ready: bool) -> None:
    made = made_spread(seed)
    given = ReadySpread(made.matrix()) if is_ready else made
    rows, room = np.array([7, 0, 3, 39]), np.zeros(N_STEMS)

    found = spread(words_of(*given.parts()), rows, room)

    matrix = sp.csr_matrix((found.weights, found.stems, found.starts), shape=(len(rows), N_STEMS))
    assert np.array_equal(matrix.toarray(), made.take(rows).matrix().toarray())
    assert np.diff(found.starts)[1] == 0
    assert not room.any()


def test_a_stem_that_is_not_akin_after_all_is_not_listed() -> None:
    rows = sp.csr_matrix(([0.6, 0.0, 0.8], [0, 1, 2], [0, 3]), shape=(1, 3))

    found = spread(words_of(*ReadySpread(rows).parts()), np.array([0]), np.zeros(3))

    assert (found.stems.tolist(), found.weights.tolist()) == ([0, 2], [0.6, 0.8])
