"""Every comparison has one value for a pair, whether it is asked for alone or among all pairs, to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from matching.matches import Matches, Pairs
from matching.model import Model, prepare
from matching.vocabulary import Component
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_profile, make_reference


@pytest.fixture(scope="module")
def model() -> Model:
    pool = random_pool(5, n_needs=40, n_offers=30)
    return prepare(pool, make_reference(), make_profile(), as_of_on=TODAY)


@pytest.mark.parametrize("component", Component)
def test_a_pair_alone_has_the_value_that_it_has_among_all(model: Model, component: Component) -> None:
    rows, columns = np.divmod(np.arange(40 * 30), 30)
    among_all = model.scorer.values(np.arange(40))[component].ravel()

    alone = model.scorer.values_at(rows, columns)[component]

    assert np.array_equal(alone, among_all, equal_nan=True)


def test_a_pair_alone_has_the_score_that_it_has_among_all(model: Model) -> None:
    rows, columns = np.divmod(np.arange(40 * 30), 30)

    alone = model.scorer.score_of(model.scorer.values_at(rows, columns))

    assert np.array_equal(alone, model.scorer.scores(np.arange(40)).ravel())


def test_a_brief_has_the_score_and_the_first_reason_of_the_whole(model: Model) -> None:
    rows, columns = np.divmod(np.arange(40 * 30), 30)
    pairs = Pairs(rows=rows, columns=columns, ranks=columns + 1, is_allocated=np.ones(len(rows), dtype=np.bool_))
    matches = Matches(pairs, model.needs, model.offers, model.scorer)

    briefs = [(brief.need_id, brief.offer_id, brief.score, brief.reason) for brief in matches.briefs()]

    assert briefs == [
        (match.need_id, match.offer_id, match.score, next(iter(match.reasons), None)) for match in matches
    ]
    assert len({reason.message for *_, reason in briefs if reason is not None}) > 5
