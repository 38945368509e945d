"""Work sent to a Dask cluster: one on this machine, or one that is running already.

What every block needs is scattered once to all workers; the blocks go to whoever is free. A worker that dies is made
anew by its nanny and its blocks are done again. Nothing listens but on the loopback address, unless the user names a
scheduler of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from distributed import Client, LocalCluster
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from matching.arrays import Rows
from matching.command.inputs import BadInputError
from matching.execution import Result, Shared

_N_TRIES: Final = 3
_LOOPBACK: Final = "127.0.0.1"
_SECONDS_TO_CONNECT: Final = 5


class ClusterSpread:
    """Works on a cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def map(self, work: Callable[[Shared, Rows], Result], shared: Shared, blocks: Sequence[Rows]) -> Iterator[Result]:
        """Return what the work makes of each block, in the order of the blocks."""
        n_done = 0
        for attempt in range(1, _N_TRIES + 1):
            try:
                for result in self._results(work, shared, blocks[n_done:]):
                    n_done += 1
                    yield result
            except (FutureCancelledError, KilledWorker):
                # The last worker that held what was scattered is gone: it is sent again.
                if attempt == _N_TRIES:
                    raise
            else:
                return

    def _results(
        self, work: Callable[[Shared, Rows], Result], shared: Shared, blocks: Sequence[Rows]
    ) -> Iterator[Result]:
        held = self._client.scatter(shared, broadcast=True, hash=False)
        futures = [self._client.submit(work, held, block, pure=False) for block in blocks]
        for future in futures:
            yield future.result()
            future.release()


@contextmanager
def open_cluster(*, n_workers: int, scheduler: str | None) -> Iterator[ClusterSpread]:
    """Return where work is sent to: a cluster of processes on this machine, or the one that a scheduler runs.

    Raises
    ------
    BadInputError
        When no scheduler answers at the address.
    """
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if scheduler is not None:
        with _connected(scheduler) as client:
            yield ClusterSpread(client)
        return
    with (
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            host=_LOOPBACK,
            dashboard_address=f"{_LOOPBACK}:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield ClusterSpread(client)


def _connected(scheduler: str) -> Client:
    try:
        return Client(scheduler, timeout=_SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"--scheduler {scheduler}: no Dask scheduler answers there; start one, or leave the option out."
        ) from error
