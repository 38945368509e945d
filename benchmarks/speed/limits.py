"""What this machine can do at most, measured in the same run: memory bandwidth, flops, posting lists.

``python -m benchmarks.speed.limits FOLDER`` prints the figures of a pool as JSON. The bound of a search is the time
that the multiplications and additions of the exact product of the texts take, when every need's posting lists are
added up and nothing else is done: no condition, no other component, no choice of the best.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from benchmarks.speed.engine import read_pool, text_space
from benchmarks.speed.measuring import Searched
from benchmarks.speed.neighbours import VECTOR_FILES, multiply_adds

N_TRIAD: Final = 20_000_000  # numbers in each of three arrays
N_GEMM: Final = 3_000  # rows and columns of each of two matrices
N_TAKES: Final = 5
N_PARTS: Final = 64  # into which the needs are divided
TRIAD_BYTES: Final = 3 * 8  # a triad reads two numbers of eight bytes and writes one

Real32 = npt.NDArray[np.float32]
Places = npt.NDArray[np.uint32]  # without a sign no place is looked for from the end: twice as quick


@numba.njit(parallel=True, cache=False)
def _triad(out: npt.NDArray[np.float64], one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> None:
    for at in numba.prange(len(out)):
        out[at] = one[at] + 3.0 * other[at]


@numba.njit(parallel=True, fastmath=True, cache=False)
def _add_postings(
    starts: Places, words: Places, weights: Real32, lists: tuple[Places, Places, Real32], highest: Real32
) -> None:
    """Add up the posting lists of every need; the highest sum of each is kept, so that nothing is left out."""
    list_starts, offers, list_weights = lists
    n_needs, n_offers = len(starts) - 1, 0
    for at in range(len(offers)):
        n_offers = max(n_offers, offers[at] + 1)
    for part in numba.prange(N_PARTS):
        sums = np.zeros(n_offers, dtype=np.float32)
        for need in range(part * n_needs // N_PARTS, (part + 1) * n_needs // N_PARTS):
            sums[:] = 0.0
            for place in range(starts[need], starts[need + 1]):
                word, weight = words[place], weights[place]
                for at in range(list_starts[word], list_starts[word + 1]):
                    sums[offers[at]] += weight * list_weights[at]
            highest[need] = sums.max()


def quickest(work: Callable[[], object]) -> Searched:
    """Return what the quickest of some takes took; one before them only compiles."""
    work()
    takes = []
    for _ in range(N_TAKES):
        started = time.perf_counter(), time.process_time()
        work()
        takes.append(Searched(time.perf_counter() - started[0], time.process_time() - started[1]))
    return min(takes, key=lambda take: take.seconds)


def bandwidth() -> float:
    """Return the bytes a second that two threads move between memory and processor."""
    out, one, other = np.zeros(N_TRIAD), np.ones(N_TRIAD), np.ones(N_TRIAD)
    return TRIAD_BYTES * N_TRIAD / quickest(lambda: _triad(out, one, other)).seconds


def flops() -> float:
    """Return the operations a second of a product of two dense matrices in single precision."""
    left = np.ones((N_GEMM, N_GEMM), dtype=np.float32)
    return 2.0 * N_GEMM**3 / quickest(lambda: left @ left).seconds


def _arrays(matrix: sp.csr_matrix) -> tuple[Places, Places, Real32]:
    return matrix.indptr.astype(np.uint32), matrix.indices.astype(np.uint32), matrix.data.astype(np.float32)


def highest_products(needs: sp.csr_matrix, offers: sp.csr_matrix) -> Callable[[], Real32]:
    """Return what adds up the posting lists of all needs and returns the highest sum of each; shape (n_needs,)."""
    own, posting = _arrays(needs), _arrays(sp.csr_matrix(offers.T))
    highest = np.zeros(needs.shape[0], dtype=np.float32)

    def add_up() -> Real32:
        _add_postings(*own, posting, highest)
        return highest

    return add_up


def product_figures(needs: sp.csr_matrix, offers: sp.csr_matrix) -> dict[str, float]:
    """Return what the exact product of two sets of sparse rows needs, and how long that takes at least."""
    needed = multiply_adds(needs, offers)
    took = quickest(highest_products(needs, offers))
    return {
        "multiply_adds": needed,
        "a_pair": needed / (needs.shape[0] * offers.shape[0]),
        "a_second": needed / took.seconds,
        "seconds": took.seconds,
        "cpu_seconds": took.cpu_seconds,
    }


def main() -> None:
    """Print the figures of the machine and of the two products of a pool."""
    folder = Path(sys.argv[1])
    needs, offers = (sp.csr_matrix(sp.load_npz(folder / name)) for name in VECTOR_FILES)
    own_needs, own_offers = text_space(read_pool(folder)).groups
    figures: dict[str, Any] = {
        "bytes_a_second": bandwidth(),
        "flops": flops(),
        "tfidf": product_figures(needs, offers),
        "engine": product_figures(own_needs.spread.matrix(), own_offers.words),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
