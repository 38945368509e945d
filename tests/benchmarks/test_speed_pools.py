"""The pools that speed is measured on: the same each time, readable by the matcher, with filters that bite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed import script
from benchmarks.speed.engine import prepared, read_pool
from benchmarks.speed.pools import AS_OF_ON, N_WORDS, Kind, Plan, make_pool, vocabulary
from matching.command.datafiles import load_reference
from matching.intake import read_needs, read_offers

PLAN = Plan(n_needs=60, n_offers=40)
NAMES = ("needs.csv", "offers.csv")


def contents(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in NAMES]


@pytest.mark.parametrize("kind", ["synthetic", "mixed"])
def test_a_plan_makes_the_same_files_every_time(tmp_path: Path, kind: Kind) -> None:
    plan = replace(PLAN, kind=kind)
    for name in ("once", "again"):
        make_pool(plan, tmp_path / name)
    make_pool(replace(plan, seed=2), tmp_path / "other")

    assert contents(tmp_path / "once") == contents(tmp_path / "again")
    assert contents(tmp_path / "once") != contents(tmp_path / "other")


@pytest.mark.parametrize("pool", ["synthetic_pool", "mixed_pool"])
def test_the_matcher_reads_every_row_without_a_fault(request: pytest.FixtureRequest, pool: str) -> None:
    folder: Path = request.getfixturevalue(pool)
    reference = load_reference(as_of_on=AS_OF_ON)
    needs, offers = (
        read(content, name=name, geography=reference.geography, taxonomy=reference.taxonomy)
        for read, content, name in zip((read_needs, read_offers), contents(folder), NAMES, strict=True)
    )

    assert (needs.faults, offers.faults) == ((), ())
    assert (needs.warnings, offers.warnings) == ((), ())
    assert (len(needs.records), len(offers.records)) == (300, 200)


@pytest.mark.parametrize(("pool", "lowest", "highest"), [("synthetic_pool", 0.09, 0.16), ("mixed_pool", 0.12, 0.32)])
def test_about_as_many_pairs_are_eligible_as_the_page_says(
    request: pytest.FixtureRequest, pool: str, lowest: float, highest: float
) -> None:
    model = prepared(read_pool(request.getfixturevalue(pool)))

    share = model.eligibility.is_eligible(np.arange(len(model.needs))).mean()

    assert lowest < share < highest


@pytest.mark.parametrize(("stated", "is_right"), [(0.0, lambda share: share == 0), (1.0, lambda share: share == 1)])
def test_all_or_no_records_state_areas_modes_and_languages(
    tmp_path: Path, stated: float, is_right: Callable[[float], bool]
) -> None:
    make_pool(replace(PLAN, stated=stated), tmp_path)

    for name in NAMES:
        records = script.read(tmp_path / name)
        assert all(is_right((records[column] != "").mean()) for column in ("areas", "modes", "languages"))


def test_half_of_the_records_state_them_where_nothing_else_is_asked_for(synthetic_pool: Path) -> None:
    needs = script.read(synthetic_pool / "needs.csv")

    assert all(0.4 < (needs[column] != "").mean() < 0.6 for column in ("areas", "modes", "languages"))


def test_made_words_look_like_words_and_none_stands_twice() -> None:
    words = vocabulary(np.random.default_rng(1))

    assert len(words) == len(set(words)) == N_WORDS
    assert all(word.isalpha() and word.islower() for word in words)


def test_synthetic_texts_are_as_long_as_the_page_says(synthetic_pool: Path) -> None:
    needs = script.read(synthetic_pool / "needs.csv")

    lengths = (needs["title"] + " " + needs["description"]).str.split().str.len()

    assert lengths.min() >= 40
    assert lengths.max() <= 120
