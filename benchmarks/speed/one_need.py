"""One new need against many offers, explained: how long the person who types it waits.

``python -m benchmarks.speed.one_need FOLDER`` asks a warm engine about every need of a pool in turn, each as if nobody had
seen it before: its text is read and given a vector, the offers are searched, and the best ten explained. It prints the
figures as JSON; so it does of the coach, who counts what edits of the need would bring.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.speed.engine import OneNeed, read_pool
from benchmarks.speed.measuring import peak_mb
from matching.records import Need

N_WARMING: Final = 5
N_ADVISED: Final = 50
_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def timed(answer: Callable[[Need], int], needs: Iterable[Need]) -> tuple[list[float], list[float]]:
    """Return the seconds that passed for each answer, and those of the processor."""
    wall, cpu = [], []
    for need in needs:
        began = time.perf_counter(), time.process_time()
        answer(need)
        wall.append(time.perf_counter() - began[0])
        cpu.append(time.process_time() - began[1])
    return wall, cpu


def quantiles(seconds: list[float], *, prefix: str = "") -> dict[str, float]:
    """Return how long the middle, the 95th and the 99th of a hundred answers took."""
    return {f"{prefix}{name}": float(np.quantile(seconds, share)) for name, share in _QUANTILES.items()}


def main() -> None:
    """Print the time of preparing, the quantiles of answers and of advice, and the memory."""
    pool = read_pool(Path(sys.argv[1]))
    started = time.perf_counter(), time.process_time()
    engine = OneNeed(pool)
    prepared = time.perf_counter() - started[0], time.process_time() - started[1]
    for need in pool.needs[:N_WARMING]:
        engine.answer(need)
        engine.advise(need)
    wall, cpu = timed(engine.answer, pool.needs)
    advised = timed(engine.advise, pool.needs[:N_ADVISED])
    figures = {
        "prepared": prepared[0],
        "cpu_prepared": prepared[1],
        "n_needs": len(wall),
        "n_offers": len(pool.offers),
        **quantiles(wall),
        **quantiles(cpu, prefix="cpu_"),
        **quantiles(advised[1], prefix="advice_cpu_"),
        "peak_mb": peak_mb(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
