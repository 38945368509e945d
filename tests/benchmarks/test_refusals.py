"""Whether the measurement of answers to what is there and to what is not sees a difference, and none where there is none."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from benchmarks.refusals import ratio_of_medians, seconds, summary


def test_the_same_work_has_a_ratio_of_one_within_its_interval() -> None:
    chance = np.random.default_rng(3)

    ratio, low, high = ratio_of_medians(chance.normal(1, 0.1, 400), chance.normal(1, 0.1, 400))

    assert low < 1 < high
    assert abs(ratio - 1) < 0.02


def test_a_tenth_more_work_is_seen() -> None:
    chance = np.random.default_rng(3)

    ratio, low, _ = ratio_of_medians(chance.normal(1.1, 0.1, 400), chance.normal(1, 0.1, 400))

    assert low > 1
    assert abs(ratio - 1.1) < 0.02


def test_each_round_asks_both_and_what_comes_before_is_not_measured() -> None:
    asked: list[str] = []
    asks = {"there": lambda: asked.append("there"), "not there": lambda: asked.append("not there")}

    taken = seconds(asks, 3, np.random.default_rng(0), before=lambda: time.sleep(0.002))

    assert asked.count("there") == asked.count("not there")
    assert taken.shape == (3, 2)
    assert taken.to_numpy().max() < 0.002


def test_the_table_has_medians_in_milliseconds() -> None:
    frame = pd.DataFrame({"there": [0.002, 0.004, 0.003], "not there": [0.003, 0.003, 0.003]})

    table = summary({"need, page": frame})

    assert table.loc["need, page", "there, ms"] == 3
    assert table.loc["need, page", "ratio"] == 1
