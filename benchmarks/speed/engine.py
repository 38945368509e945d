"""The two calls of the engine that are measured: the search over all pairs, and the answer to one new need.

Everything that the measurements know of the engine's own functions stands here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.speed import script
from benchmarks.speed.measuring import N_THREADS, Searched, Subject, sampled_rows
from benchmarks.speed.pools import AS_OF_ON
from matching.arrays import Floats, Integers, Rows
from matching.candidates import NOT_ELIGIBLE, join_candidates, search_block
from matching.coach import Coach
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.intake import read_needs, read_offers
from matching.live import LiveEngine
from matching.model import Model, prepare
from matching.records import Need, Pool
from matching.search.finder import Finder
from matching.text import TextSpace, Vectorizer

TOP: Final = 10


def read_pool(folder: Path) -> Pool:
    """Return the records of a folder."""
    reference = load_reference(as_of_on=AS_OF_ON)
    geography, taxonomy = reference.geography, reference.taxonomy
    needs, offers = ((folder / name).read_bytes() for name in ("needs.csv", "offers.csv"))
    read = (
        read_needs(needs, name="needs.csv", geography=geography, taxonomy=taxonomy),
        read_offers(offers, name="offers.csv", geography=geography, taxonomy=taxonomy),
    )
    return Pool(needs=read[0].records, offers=read[1].records)


def prepared(pool: Pool) -> Model:
    """Return the pool made ready with the default profile: read, vectorized, conditions and comparisons laid out."""
    return prepare(pool, load_reference(as_of_on=AS_OF_ON), load_profile(), as_of_on=AS_OF_ON)


def best_offers(model: Model) -> Integers:
    """Return the ten best eligible offers of every need, -1 behind them; shape (n_needs, up to 10).

    What the search lays out for itself before it begins is part of it.
    """
    finder = Finder(model, load_profile(), n_workers=N_THREADS)
    blocks = finder.blocks()
    with ThreadPoolExecutor(N_THREADS) as workers:
        found = list(workers.map(partial(search_block, (finder, TOP)), blocks))
    return join_candidates(found, blocks).columns


def plain_scores(model: Model, rows: Rows) -> Floats:
    """Return the scores of some needs by the plain definition, below 0 where a pair is not eligible."""
    scores: Floats = np.where(model.eligibility.is_eligible(rows), model.scorer.scores(rows), NOT_ELIGIBLE)
    return scores


def text_space(pool: Pool) -> TextSpace:
    """Return the vectors of the texts of needs and offers."""
    vectorizer = Vectorizer(load_reference(as_of_on=AS_OF_ON).background)
    sides = (pool.needs, pool.offers)
    return vectorizer.space(*([f"{record.title}\n{record.description}" for record in side] for side in sides))


class Engine:
    """The engine's search over all pairs, compared with the ten best offers by its plain definition."""

    def __init__(self, folder: Path) -> None:
        pool = read_pool(folder)
        started = time.perf_counter(), time.process_time()
        self._model = prepared(pool)
        self.prepared = Searched(time.perf_counter() - started[0], time.process_time() - started[1])
        self._found: Integers = np.zeros((0, TOP), dtype=np.int64)

    def search(self) -> Searched:
        """Search once."""
        started = time.perf_counter(), time.process_time()
        self._found = self.find(self._model)
        return Searched(time.perf_counter() - started[0], time.process_time() - started[1])

    def find(self, model: Model) -> Integers:
        """Return the ten best eligible offers of every need."""
        return best_offers(model)

    def recall(self) -> float:
        """Return the share of the plain definition's ten that was found, ties by offer as the definition has them."""
        rows = sampled_rows(len(self._model.needs))
        found = self._found[rows]
        n_same = n_all = 0
        for at, scores in enumerate(plain_scores(self._model, rows)):
            order = np.argsort(-scores, kind="stable")[:TOP]
            expected = set(order[scores[order] > NOT_ELIGIBLE].tolist())
            n_same += len(expected & set(found[at].tolist()))
            n_all += len(expected)
        return n_same / max(1, n_all)


class Plain(Engine):
    """The same ten by the definition written out: scores of all pairs by blocks, sparse cosines among them, then the best.

    This is what the engine would be without its search: the same work done by scipy and numpy, on two threads.
    """

    def find(self, model: Model) -> Integers:
        """Return the same offers; of several with one score as the last any may be among them."""
        blocks = script.blocks(len(model.needs), len(model.offers))
        with ThreadPoolExecutor(N_THREADS) as workers:
            return np.concatenate(list(workers.map(lambda rows: script.best(plain_scores(model, rows)), blocks)))


class OneNeed:
    """Answers one need against all offers on a warm engine: the ten best, with all that is told of them."""

    def __init__(self, pool: Pool) -> None:
        reference = load_reference(as_of_on=AS_OF_ON)
        self._engine = LiveEngine(pool.offers, reference, load_profile(), as_of_on=AS_OF_ON)
        self._coach = Coach(reference, self._engine, as_of_on=AS_OF_ON)

    def answer(self, need: Need) -> int:
        """Find and explain the best offers of a need; returns how many sentences there are."""
        answer = self._engine.best(need, n_best=TOP)
        return len([str(part.sentence) for match in answer.matches for part in match.contributions])

    def advise(self, need: Need) -> int:
        """Count what every edit of a need would bring; returns how many edits gain offers."""
        return len(self._coach.advise(need).edits)


SUBJECTS: Final[dict[str, Callable[[Path], Subject]]] = {"search": Engine, "plain": Plain}
