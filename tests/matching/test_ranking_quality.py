"""The rankings of the sample, as far as this project's own judgements tell: better than what a good engineer would try first."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.judged_collections import own_collection
from benchmarks.quality import Measured, load_task, measure

A_DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def measured() -> dict[str, Measured]:
    return measure(load_task(own_collection(), as_of_on=A_DAY))


def test_every_eligible_offer_of_the_judged_needs_has_a_grade(measured: dict[str, Measured]) -> None:
    assert measured["engine, default profile"].judged.judged_share == 1.0


def test_the_engine_is_well_above_the_better_baseline(measured: dict[str, Measured]) -> None:
    engine = measured["engine, default profile"].judged.ndcg

    baseline = max(measured[name].judged.ndcg for name in ("TF-IDF alone", "eligibility, then TF-IDF"))

    assert engine > baseline + 0.1


def test_no_view_alone_is_as_good_as_all_together(measured: dict[str, Measured]) -> None:
    alone = max(measured[name].judged.ndcg for name in ("engine, text only", "engine, area only"))

    assert measured["engine, default profile"].judged.ndcg > alone + 0.05
