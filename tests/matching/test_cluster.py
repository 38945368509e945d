"""The match on a Dask cluster: the same bytes as on one machine, and a worker that dies is survived."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matching.arrays import Rows
from matching.command.cluster import ClusterSpread, open_cluster
from matching.execution import Threads
from tests.matching.command_line import TABLES, golden_arguments, status_of

# Dask leaves sockets and loops to be collected as its processes end.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterSpread]:
    with open_cluster(n_workers=2, scheduler=None) as spread:
        yield spread


def add_up(shared: tuple[int, Path], block: Rows) -> int:
    return shared[0] + int(block.sum())


def add_up_and_die_once(shared: tuple[int, Path], block: Rows) -> int:
    """Add up; the first time that the block of 7 comes, the process ends as if somebody had pulled the plug."""
    mark = shared[1]
    if 7 in block and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return add_up(shared, block)


def refuse(shared: tuple[int, Path], block: Rows) -> int:
    raise ValueError(f"block {block.tolist()}")


BLOCKS = [np.arange(at, at + 3) for at in range(0, 30, 3)]


def test_the_result_of_every_block_comes_in_the_order_of_the_blocks(cluster: ClusterSpread, tmp_path: Path) -> None:
    found = list(cluster.map(add_up, (100, tmp_path), BLOCKS))

    assert found == list(Threads().map(add_up, (100, tmp_path), BLOCKS))
    assert found == sorted(found)


def test_a_worker_that_dies_is_survived(cluster: ClusterSpread, tmp_path: Path) -> None:
    mark = tmp_path / "died"

    found = list(cluster.map(add_up_and_die_once, (100, mark), BLOCKS))

    assert mark.exists()
    assert found == [add_up((100, mark), block) for block in BLOCKS]


def test_the_only_worker_that_dies_is_survived_although_what_it_held_is_lost(tmp_path: Path) -> None:
    mark = tmp_path / "died"

    with open_cluster(n_workers=1, scheduler=None) as spread:
        found = list(spread.map(add_up_and_die_once, (5, mark), BLOCKS))

    assert mark.exists()
    assert found == [add_up((5, mark), block) for block in BLOCKS]


def test_a_fault_in_the_work_is_told_as_it_is(cluster: ClusterSpread, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"block \[0, 1, 2\]"):
        list(cluster.map(refuse, (1, tmp_path), BLOCKS))


def test_a_run_on_a_cluster_writes_the_same_bytes(tmp_path: Path) -> None:
    status = status_of(*golden_arguments(tmp_path / "local", options=("--quiet",)))
    on_cluster = status_of(*golden_arguments(tmp_path / "dask", options=("--quiet", "--engine", "dask")))

    assert (status, on_cluster) == (0, 0)
    for name in TABLES:
        assert (tmp_path / "dask" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
