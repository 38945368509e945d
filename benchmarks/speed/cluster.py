"""How the search spreads over a Dask cluster: ``python -m benchmarks.speed.cluster FOLDER`` prints a curve and a model.

Measured on one machine with 1 and 2 workers and blocks of several sizes: what is sent, and the CPU seconds of the process
that asks and of the workers, each apart. From these follows what more workers would take, as if each had a processor of
its own. CPU seconds are counted because a machine is seldom idle; the network of a real cluster is not among them.
"""

from __future__ import annotations

import math
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from distributed import Client, Future

from benchmarks.speed.engine import read_pool
from benchmarks.speed.pools import AS_OF_ON
from matching.arrays import Rows
from matching.candidates import search_block
from matching.command.cluster import open_cluster
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.engine import N_KEPT, run
from matching.model import prepare
from matching.records import Pool
from matching.search.finder import Finder

N_WORKERS: Final = (1, 2)
BLOCK_NEEDS: Final = (125, 500, 2000)
N_FIRST: Final = 10  # needs, few enough that their search takes no time
PREDICTED: Final = (1, 2, 4, 8, 16, 32, 64)
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds: those that passed, those in which the process that asked worked, and those of each worker."""

    seconds: float
    asking: float
    workers: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One setting of the cluster: what sending the model, the first block on each worker, and all blocks took."""

    n_workers: int
    block_needs: int
    n_blocks: int
    sent: Spent
    begun: Spent
    searched: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run is made of, in CPU seconds.

    ``serial`` stays on the machine that was asked, ``once`` is done by each worker for itself, ``per_worker`` by the
    machine that was asked for each of them, and ``shared`` is the work that is divided.
    """

    serial: float
    once: float
    per_worker: float
    shared: float

    def seconds(self, n_workers: int) -> float:
        """Return how long a run takes on so many workers, each with a processor of its own."""
        return self.serial + self.once + self.per_worker * n_workers + self.shared / n_workers

    @property
    def best_number(self) -> int:
        """How many workers are quickest: with more, sending the model takes longer than it saves."""
        return max(1, round(math.sqrt(self.shared / max(self.per_worker, 1e-6))))


def blocks_of(finder: Finder, block_needs: int) -> list[Rows]:
    """Return the needs of a search in blocks of about so many, those of the same States together."""
    ordered = np.concatenate(finder.blocks())
    return np.array_split(ordered, max(1, round(len(ordered) / block_needs)))


def _worker_seconds(client: Client) -> dict[str, float]:
    found: dict[str, float] = client.run(time.process_time)
    return found


def _spent(client: Client, action: Callable[[], object]) -> Spent:
    before, began, asking = _worker_seconds(client), time.perf_counter(), time.process_time()
    action()
    seconds, asked = time.perf_counter() - began, time.process_time() - asking
    after = _worker_seconds(client)
    return Spent(seconds=seconds, asking=asked, workers=tuple(after[name] - before[name] for name in sorted(after)))


def measure_curves(finder: Finder) -> list[Curve]:
    """Measure every setting; each has workers of its own, so that nothing is there beforehand."""
    return [_curve(finder, n_workers, block_needs) for n_workers in N_WORKERS for block_needs in BLOCK_NEEDS]


def _curve(finder: Finder, n_workers: int, block_needs: int) -> Curve:
    blocks, asked = blocks_of(finder, block_needs), (finder, N_KEPT)
    with open_cluster(n_workers=n_workers, scheduler=None) as spread:
        client, held = Client.current(), []
        sent = _spent(client, lambda: held.append(client.scatter(asked, broadcast=True, hash=False)))
        # The machine code is loaded with the first block of each worker.
        begun = _spent(client, lambda: _search_on_each(client, held[0], blocks[0][:N_FIRST]))
        searched = _spent(client, lambda: list(spread.map(search_block, asked, blocks)))
    return Curve(
        n_workers=n_workers, block_needs=block_needs, n_blocks=len(blocks), sent=sent, begun=begun, searched=searched
    )


def _search_on_each(client: Client, held: Future[object], rows: Rows) -> None:
    addresses = client.scheduler_info()["workers"]
    client.gather([client.submit(search_block, held, rows, workers=[where], pure=False) for where in addresses])


def cost_of(curves: Sequence[Curve], *, serial: float) -> Cost:
    """Return what a run is made of, from the settings of a usual block.

    Parameters
    ----------
    serial
        CPU seconds of all that is not the search.
    """
    usual = [curve for curve in curves if curve.block_needs == BLOCK_NEEDS[1]]
    one, most = usual[0], usual[-1]
    received = max(most.sent.workers)
    sending = most.sent.asking / most.n_workers
    handing = most.searched.asking - most.sent.asking
    return Cost(
        serial=serial + max(0.0, handing),
        once=received + max(most.begun.workers),
        per_worker=sending,
        shared=max(0.0, sum(one.searched.workers) - sum(one.sent.workers)),
    )


def curve_lines(curves: Sequence[Curve]) -> Iterator[str]:
    """Return the table of what was measured."""
    yield f"{'workers':>8}{'block':>7}{'blocks':>8}{'sending s':>11}{'first s':>9}{'asking s':>10}  {'searching s of each worker':<28}"
    for curve in curves:
        searching = ", ".join(f"{seconds:.2f}" for seconds in curve.searched.workers)
        yield (
            f"{curve.n_workers:>8}{curve.block_needs:>7}{curve.n_blocks:>8}{curve.sent.asking:>11.2f}"
            f"{max(curve.begun.workers):>9.2f}{curve.searched.asking:>10.2f}  {searching:<28}"
        )


def model_lines(cost: Cost) -> Iterator[str]:
    """Return what more workers would take."""
    yield (
        f"serial {cost.serial:.1f} s + once {cost.once:.1f} s + {cost.per_worker:.2f} s x workers + "
        f"{cost.shared:.1f} s / workers"
    )
    alone = cost.seconds(1)
    yield f"{'workers':>8}{'seconds':>9}{'times':>7}"
    for n_workers in PREDICTED:
        yield f"{n_workers:>8}{cost.seconds(n_workers):>9.1f}{alone / cost.seconds(n_workers):>7.2f}"
    bound = alone / (cost.serial + cost.once)
    yield f"quickest with {cost.best_number} workers; never more than {bound:.2f} times (Amdahl)"


def serial_seconds(pool: Pool) -> tuple[Finder, float]:
    """Return the search of a pool, and the CPU seconds of all that a run does beside it."""
    reference, profile = load_reference(as_of_on=AS_OF_ON), load_profile()
    finder = Finder(prepare(pool, reference, profile, as_of_on=AS_OF_ON), profile)
    began = time.process_time()
    search_block((finder, N_KEPT), np.concatenate(finder.blocks()))
    searching = time.process_time() - began
    began = time.process_time()
    run(pool, reference, profile, as_of_on=AS_OF_ON)
    return finder, time.process_time() - began - searching


def main() -> None:
    """Measure, and print the curve and the model."""
    pool = read_pool(Path(sys.argv[1]))
    finder, serial = serial_seconds(pool)
    n_sent = len(pickle.dumps((finder, N_KEPT), protocol=5))
    found = search_block((finder, N_KEPT), finder.blocks()[0])
    print(f"{len(pool.needs):,} needs x {len(pool.offers):,} offers; sent to each worker once: {n_sent / _MB:.0f} MB;")
    print(f"of a block of {len(found.columns)} needs come back {len(pickle.dumps(found)) / _MB:.2f} MB; CPU seconds:")
    curves = measure_curves(finder)
    print("\n".join(curve_lines(curves)))
    print("\n".join(model_lines(cost_of(curves, serial=serial))), flush=True)


if __name__ == "__main__":
    main()
