"""The search of the engine and of its neighbours over one pool, in turns."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.speed.measuring import Limits, StoppedError, Worker

ENGINE: Final = "this engine"
VECTORIZING: Final = "neighbours/vectorizing"
METHODS: Final = {
    "sklearn cosine, no eligibility": "neighbours/cosine",
    "sklearn cosine, masked": "neighbours/masked",
    "sklearn cosine, masked, tuned": "neighbours/tuned",
    "sparse_dot_topn 50, filtered": "neighbours/top-50",
    "sparse_dot_topn 200, filtered": "neighbours/top-200",
    "sparse_dot_topn 500, filtered": "neighbours/top-500",
    "sparse_dot_topn k for 0.97": "neighbours/top-enough",
    "rapidfuzz token_set_ratio": "neighbours/fuzzy",
    "DuckDB blocking join": "blocking/join",
    "the engine's scores, in full": "engine/plain",
    ENGINE: "engine/search",
}
"""What is measured, by the name in the table."""

LONG_SECONDS: Final = 30.0  # what takes longer than that searches once


@dataclass(slots=True)
class Row:
    """What one method took on one pool: a figure for each round, and what it found."""

    method: str
    prepared_seconds: float = 0.0
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    recall: float | None = None
    note: str = ""

    @property
    def median_seconds(self) -> float | None:
        """The median over the rounds; nothing where it never ended."""
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def median_cpu_seconds(self) -> float | None:
        """The same of the seconds that processors worked for it."""
        return statistics.median(self.cpu_seconds) if self.cpu_seconds else None

    def add(self, answer: dict[str, Any]) -> None:
        """Take in what one search took."""
        self.seconds.append(answer["seconds"])
        self.cpu_seconds.append(answer["cpu_seconds"])
        self.peak_mb = max(self.peak_mb, answer["peak_mb"])
        self.note = answer["note"]


def vectorize(folder: Path, limits: Limits, *, n_rounds: int) -> Row:
    """Leave the vectors of the neighbours in the folder, and return what that took."""
    row = Row("vectorizing")
    worker = Worker(VECTORIZING, folder, limits)
    for _ in range(n_rounds):
        row.add(worker.ask("search"))
    worker.stop()
    return row


def measure_searches(folder: Path, limits: Limits, *, n_rounds: int) -> list[Row]:
    """Return what every method took; each has a process of its own, and they search one after the other in rounds.

    A method that passes a limit is told as stopped, and the others go on without it.
    """
    vectorizing = vectorize(folder, limits, n_rounds=n_rounds)
    rows = {method: Row(method) for method in METHODS}
    workers: dict[str, Worker] = {}
    for row in rows.values():
        row.prepared_seconds = vectorizing.median_seconds or 0.0
        _start(workers, row, folder, limits)
    for _ in range(n_rounds):
        for method in list(workers):
            if not rows[method].seconds or rows[method].seconds[-1] < LONG_SECONDS:
                _ask(workers, rows[method], "search")
    for method in list(workers):
        _ask(workers, rows[method], "recall")
    for worker in workers.values():
        worker.stop()
    return list(rows.values())


def _start(workers: dict[str, Worker], row: Row, folder: Path, limits: Limits) -> None:
    try:
        worker = Worker(METHODS[row.method], folder, limits)
    except StoppedError as error:
        row.note = str(error)
        return
    workers[row.method] = worker
    row.prepared_seconds = worker.prepared["seconds"] or row.prepared_seconds


def _ask(workers: dict[str, Worker], row: Row, order: str) -> None:
    try:
        answer = workers[row.method].ask(order)
    except StoppedError as error:
        row.note = str(error)
        del workers[row.method]
        return
    if order == "recall":
        row.recall = answer["recall"]
    else:
        row.add(answer)
