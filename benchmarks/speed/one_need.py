"""One new need against many offers, explained: how long the person who types it waits.

``python -m benchmarks.speed.one_need FOLDER`` asks about every need of a pool in turn, on a model that is made once, and
prints the figures as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.speed.engine import OneNeed, read_pool
from benchmarks.speed.measuring import peak_mb

N_WARMING: Final = 5


def main() -> None:
    """Print the time of preparing, the median and the 95th percentile of one answer, and the memory."""
    pool = read_pool(Path(sys.argv[1]))
    started = time.perf_counter()
    engine = OneNeed(pool)
    prepared = time.perf_counter() - started
    for row in range(min(N_WARMING, len(engine.needs))):
        engine.answer(row)
    wall, cpu = [], []
    for row in range(len(engine.needs)):
        began = time.perf_counter(), time.process_time()
        engine.answer(row)
        wall.append(time.perf_counter() - began[0])
        cpu.append(time.process_time() - began[1])
    figures = {
        "prepared": prepared,
        "n_needs": len(wall),
        "n_offers": len(pool.offers),
        "p50": float(np.quantile(wall, 0.5)),
        "p95": float(np.quantile(wall, 0.95)),
        "cpu_p50": float(np.quantile(cpu, 0.5)),
        "peak_mb": peak_mb(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
