"""The measures of a ranking: by known values, and by what holds for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from matching.evaluation import dcg_at_k, measure_judged, measure_links, ndcg_at_k

grades = st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0]), min_size=2, max_size=12)


def test_gains_are_discounted_by_the_logarithm_of_their_place() -> None:
    gains = np.array([3.0, 2.0, 3.0, 0.0, 1.0, 2.0])

    found = dcg_at_k(gains, 6)

    # The worked example of the usual accounts of the measure.
    assert found == pytest.approx(6.861, abs=5e-4)


def test_places_beyond_the_kth_do_not_count() -> None:
    gains = np.array([1.0, 5.0, 5.0])

    found = dcg_at_k(gains, 1)

    assert found == 1.0


def test_the_ideal_includes_what_was_left_out_of_the_ranking() -> None:
    ranked, judged = np.array([1.0]), np.array([1.0, 3.0])

    found = ndcg_at_k(ranked, ideal=judged, k=1)

    assert found == pytest.approx(1 / 3)


def test_a_ranking_of_nothing_relevant_counts_0() -> None:
    nothing = np.zeros(3)

    found = ndcg_at_k(nothing, ideal=nothing, k=10)

    assert found == 0.0


@given(grades, st.integers(1, 12))
def test_the_measure_lies_between_0_and_1_and_is_1_for_the_best_order(values: list[float], k: int) -> None:
    gains = np.array(values)

    found = ndcg_at_k(gains, ideal=gains, k=k)
    best = ndcg_at_k(np.sort(gains)[::-1], ideal=gains, k=k)

    assert 0 <= found <= 1 + 1e-12
    assert best == pytest.approx(1.0 if gains.any() else 0.0)


@given(grades)
def test_the_measure_is_that_of_scikit_learn(values: list[float]) -> None:
    gains = np.array(values)

    found = ndcg_at_k(gains, ideal=gains, k=5)

    assert found == pytest.approx(ndcg_score([gains], [-np.arange(len(gains))], k=5))


def test_judged_needs_are_averaged_and_told_one_by_one() -> None:
    rankings = {"N1": ["O1", "O2"], "N2": ["O2", "O1"]}
    judgements = {"N1": {"O1": 1.0, "O2": 0.0}, "N2": {"O1": 1.0, "O2": 0.0}}

    quality = measure_judged(rankings, judgements, k=2)

    assert quality.n_needs == 2
    assert quality.ndcg_by_need_id == {"N1": 1.0, "N2": pytest.approx(0.63093, abs=1e-5)}
    assert quality.ndcg == pytest.approx(0.815465, abs=1e-5)


def test_an_offer_that_is_not_eligible_is_no_part_of_the_ideal() -> None:
    rankings = {"N1": ["O1"]}

    quality = measure_judged(rankings, {"N1": {"O1": 1.0, "O2": 3.0}})

    assert quality.ndcg == 1.0


def test_what_nobody_judged_counts_0_and_is_told() -> None:
    rankings = {"N1": ["O9", "O1", "O8", "O7"]}

    quality = measure_judged(rankings, {"N1": {"O1": 1.0}}, k=4)

    assert quality.judged_share == 0.25
    assert quality.ndcg == pytest.approx(0.63093, abs=1e-5)


def test_a_judged_need_without_a_ranking_counts_0() -> None:
    quality = measure_judged({}, {"N1": {"O1": 1.0}})

    found = (quality.ndcg, quality.judged_share, quality.n_needs)

    assert found == (0.0, 0.0, 1)


def test_nothing_judged_gives_zeros_and_no_error() -> None:
    quality = measure_judged({"N1": ["O1"]}, {})

    found = (quality.ndcg, quality.judged_share, quality.n_needs)

    assert found == (0.0, 0.0, 0)


def test_links_are_found_by_their_rank_and_0_stands_for_absent() -> None:
    rankings = {"N1": ["O1", "O2"], "N2": [f"O{at}" for at in range(20)]}

    quality = measure_links(rankings, [("N1", "O2"), ("N2", "O10"), ("N1", "O9"), ("N3", "O1")])

    assert quality.rank_by_pair == {("N1", "O2"): 2, ("N2", "O10"): 11, ("N1", "O9"): 0, ("N3", "O1"): 0}
    assert quality.share_in_first_ten == 0.25
    assert quality.mean_reciprocal_rank == pytest.approx((1 / 2 + 1 / 11) / 4)


def test_no_links_give_zeros_and_no_error() -> None:
    quality = measure_links({"N1": ["O1"]}, [])

    found = (quality.share_in_first_ten, quality.mean_reciprocal_rank, quality.rank_by_pair)

    assert found == (0.0, 0.0, {})
