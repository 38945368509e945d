"""What is measured beside the engine: every neighbour does what its row says, by the same conditions."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from benchmarks.speed import blocking, engine, neighbours, script
from benchmarks.speed.limits import highest_products
from benchmarks.speed.measuring import Limits, StoppedError, Worker
from benchmarks.speed.neighbours import multiply_adds
from benchmarks.speed.pools import AS_OF_ON

POOLS = pytest.mark.parametrize("pool", ["synthetic_pool", "mixed_pool"])
LIMITS = Limits(seconds=120.0, memory_mb=4000.0)


@POOLS
def test_the_script_finds_the_same_pairs_eligible_as_the_engine(request: pytest.FixtureRequest, pool: str) -> None:
    folder: Path = request.getfixturevalue(pool)
    needs, offers = script.read(folder / "needs.csv"), script.read(folder / "offers.csv")
    rows = np.arange(len(needs))

    masked = script.masks(needs, offers, AS_OF_ON).block(rows)

    expected = engine.prepared(engine.read_pool(folder)).eligibility.is_eligible(rows)
    assert needs["state"].str.contains(";").any()
    assert (needs["excluded_providers"] != "").any()
    assert (masked == expected).all()


@POOLS
@pytest.mark.parametrize("maker", [neighbours.MaskedCosine, neighbours.TunedCosine])
def test_the_masked_cosine_is_the_best_of_the_eligible(
    request: pytest.FixtureRequest, pool: str, maker: type[neighbours.MaskedCosine | neighbours.TunedCosine]
) -> None:
    masked = maker(request.getfixturevalue(pool))
    masked.search()

    for row in range(0, len(masked.rows), 7):
        cosines = (masked.needs[row] @ masked.offers.T).toarray()[0]
        cosines[~masked.mask.block(np.array([row]))[0]] = -1.0
        best = np.sort(cosines)[::-1][: script.TOP]
        found = masked.found[row][masked.found[row] >= 0]
        assert cosines[found] == pytest.approx(best[best >= 0], abs=1e-6)


def test_who_asks_for_eligibility_last_loses_what_the_exact_answer_has(synthetic_pool: Path) -> None:
    recalls = {}
    for name in ("cosine", "masked", "top-50", "top-200", "top-enough"):
        subject = neighbours.SUBJECTS[name](synthetic_pool)
        subject.search()
        recalls[name] = subject.recall()

    assert recalls["cosine"] < recalls["top-50"] < recalls["masked"]
    assert recalls["masked"] == recalls["top-200"] == 1.0  # all two hundred offers are candidates
    assert recalls["top-enough"] >= neighbours.ENOUGH


def test_the_number_of_candidates_that_is_enough_is_the_smallest(mixed_pool: Path) -> None:
    enough = neighbours.SparseEnough(mixed_pool)
    fewer = neighbours.SparseTop(mixed_pool, enough.n_candidates - 1)
    fewer.search()

    assert 1 < enough.n_candidates < 200
    assert fewer.recall() < neighbours.ENOUGH


@pytest.mark.parametrize("maker", [neighbours.Fuzzy, blocking.BlockingJoin])
def test_what_the_others_find_is_eligible_too(
    mixed_pool: Path, maker: type[neighbours.Fuzzy | blocking.BlockingJoin]
) -> None:
    subject = maker(mixed_pool)
    subject.search()

    at, place = np.nonzero(subject.found >= 0)
    assert len(at) > len(subject.rows)
    assert subject.mask.block(subject.rows)[at, subject.found[at, place]].all()
    assert 0.1 < subject.recall() < 1.0


def test_the_engine_finds_what_its_plain_definition_says(mixed_pool: Path) -> None:
    subject = engine.Engine(mixed_pool)
    subject.search()

    assert subject.recall() == 1.0
    assert subject.prepared.seconds > 0


def test_one_need_is_answered_with_ten_offers_of_nine_sentences_each(mixed_pool: Path) -> None:
    pool = engine.read_pool(mixed_pool)
    asked = engine.OneNeed(pool)

    answers = [asked.answer(need) for need in pool.needs[:20]]

    assert max(answers) == 10 * 9
    assert max(asked.advise(need) for need in pool.needs[:5]) > 0


def test_the_script_writes_the_ranking_of_every_need(
    synthetic_pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ranking.csv"
    files = [str(synthetic_pool / name) for name in ("needs.csv", "offers.csv")]
    monkeypatch.setattr(sys, "argv", ["script", *files, "--out", str(out), "--as-of", AS_OF_ON.isoformat()])

    script.main()

    masked = neighbours.TunedCosine(synthetic_pool)
    masked.search()
    written = script.read(out)
    assert len(written) == (masked.found >= 0).sum()
    assert written["offer_id"][0] == f"offer-{masked.found[int(written['need_id'][0][5:]), 0]:06}"


def test_every_product_of_two_weights_is_counted_once() -> None:
    needs = sp.csr_matrix([[1.0, 2.0, 0.0], [0.0, 3.0, 1.0]], dtype=np.float32)
    offers = sp.csr_matrix([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 4.0]], dtype=np.float32)

    assert multiply_adds(needs, offers) == 1 * 1 + 2 * 2 + 1 * 1
    assert highest_products(needs, offers)().tolist() == [3.0, 4.0]


def test_a_subject_answers_from_a_process_of_its_own(synthetic_pool: Path) -> None:
    worker = Worker("neighbours/masked", synthetic_pool, LIMITS)

    searched, recalled = worker.ask("search"), worker.ask("recall")
    worker.stop()

    assert searched["seconds"] > 0
    assert searched["peak_mb"] > 10
    assert recalled == {"recall": 1.0}


def test_a_subject_that_takes_too_much_memory_is_told_as_stopped(synthetic_pool: Path) -> None:
    with pytest.raises(StoppedError, match="stopped at 20 MB"):
        Worker("neighbours/masked", synthetic_pool, Limits(seconds=120.0, memory_mb=20.0))
