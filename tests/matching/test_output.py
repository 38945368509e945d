"""The files of a run: what is written by columns is what would be written match by match."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.engine import run
from matching.output import matches_csv
from matching.records import Pool
from matching.results import RunResult
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_profile, make_reference


@pytest.fixture(scope="module")
def result() -> RunResult:
    pool = random_pool(11, n_needs=40, n_offers=25)
    hostile = ('=N,"1"', "N\n2", "N 3", "n;4", "ن")
    needs = [replace(need, need_id=name) for need, name in zip(pool.needs, hostile, strict=False)]
    return run(
        Pool(needs=(*needs, *pool.needs[len(hostile) :]), offers=pool.offers),
        make_reference(),
        make_profile(),
        as_of_on=TODAY,
    )


def test_columns_are_written_as_single_matches_are(result: RunResult) -> None:
    by_columns = matches_csv(result)

    one_by_one = matches_csv(replace(result, matches=tuple(result.matches)))

    assert by_columns == one_by_one
    assert by_columns.count(b"\r\n") == len(result.matches) + 1


def test_matches_are_a_sequence_like_any_other(result: RunResult) -> None:
    matches, objects = result.matches, list(result.matches)

    assert matches[3] == objects[3]
    assert matches[-1] == objects[-1]
    assert list(matches[5:9]) == objects[5:9]
    assert matches == objects
    assert matches != objects[1:]
    assert matches != [*objects[1:], objects[0]]
    with pytest.raises(IndexError):
        matches[len(objects)]
