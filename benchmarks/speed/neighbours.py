"""What a good engineer would otherwise use to find ten offers for every need, all on the same vectors and masks.

Each neighbour is prepared once and then searches as often as it is asked to. What it finds is compared with the exact
answer of its own definition: the ten eligible offers of highest cosine, as far as they share a word.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import cdist
from sklearn.metrics.pairwise import cosine_similarity
from sparse_dot_topn import sp_matmul_topn

from benchmarks.speed import script
from benchmarks.speed.measuring import N_THREADS, NOTHING, Searched, Subject, sampled_rows
from benchmarks.speed.pools import AS_OF_ON
from matching.arrays import Floats, Integers, Rows

TOP: Final = script.TOP
ENOUGH: Final = 0.97
N_FUZZY_NEEDS: Final = 40
VECTOR_FILES: Final = ("needs.npz", "offers.npz")
_TEXT_COLUMNS: Final = frozenset({"title", "description"})


class Vectorizing:
    """Makes the vectors that all neighbours but the fuzzy one search, and leaves them in the folder."""

    prepared = NOTHING

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._needs, self._offers = script.read(folder / "needs.csv"), script.read(folder / "offers.csv")

    def search(self) -> Searched:
        """Make the vectors and write them; only the making is timed."""
        started = time.perf_counter(), time.process_time()
        made = script.vectors(self._needs, self._offers)
        seconds, cpu_seconds = time.perf_counter() - started[0], time.process_time() - started[1]
        for name, matrix in zip(VECTOR_FILES, made, strict=True):
            sp.save_npz(self._folder / name, matrix, compressed=False)
        return Searched(seconds, cpu_seconds, note=f"{multiply_adds(*made):.3g} multiply-adds")

    def recall(self) -> float:
        """Return 1: nothing is left out."""
        return 1.0


def multiply_adds(needs: sp.csr_matrix, offers: sp.csr_matrix) -> float:
    """Return how many multiplications and additions the product of two sets of sparse rows takes."""
    return float(needs.getnnz(axis=0).astype(np.float64) @ offers.getnnz(axis=0))


class Neighbour:
    """The vectors and masks of a folder, and the exact answer for a sample of the needs."""

    prepared = NOTHING

    def __init__(self, folder: Path) -> None:
        self.needs, self.offers = (sp.csr_matrix(sp.load_npz(folder / name)) for name in VECTOR_FILES)
        # The texts are vectors by now; they need not be held.
        tables = [records_without_texts(folder / name) for name in ("needs.csv", "offers.csv")]
        self.mask = script.masks(tables[0], tables[1], AS_OF_ON)
        self.found: Integers = np.zeros((0, TOP), dtype=np.int64)
        self.rows: Rows = np.arange(self.needs.shape[0])

    def search(self) -> Searched:
        """Search once."""
        started = time.perf_counter(), time.process_time()
        self.found = self.find()
        return Searched(time.perf_counter() - started[0], time.process_time() - started[1])

    def find(self) -> Integers:
        """Return ten offers for each of ``self.rows``."""
        raise TypeError

    def cosines(self, rows: Rows) -> Floats:
        """Return the cosines of some needs with all offers; shape (n_rows, n_offers)."""
        cosines: Floats = (self.needs[rows] @ self.offers.T).toarray()
        return cosines

    def recall(self) -> float:
        """Return the share of the exact answer that was found; of offers equally near any will do."""
        chosen = sampled_rows(len(self.rows))
        rows = self.rows[chosen]
        eligible = np.where(self.mask.block(rows), self.cosines(rows), 0.0)
        n_kept = min(TOP, eligible.shape[1])
        best = -np.sort(-eligible, axis=1)[:, :n_kept]
        least = np.maximum(best[:, -1], 1e-9)[:, None] - 1e-6
        found = self.found[chosen]
        values = np.where(found >= 0, np.take_along_axis(eligible, np.maximum(found, 0), axis=1), 0.0)
        n_found = np.minimum(((values >= least) & (values > 0)).sum(axis=1), (best > 0).sum(axis=1))
        return float(n_found.sum() / max(1, (best > 0).sum()))


def records_without_texts(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, usecols=lambda name: name not in _TEXT_COLUMNS)


class Cosine(Neighbour):
    """The whole matrix of cosines as it is usually written; whom an offer is open to is not asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # What ``TfidfVectorizer`` makes where nobody asks for less.
        self.needs, self.offers = self.needs.astype(np.float64), self.offers.astype(np.float64)

    def find(self) -> Integers:
        """Return the likest offers."""
        return np.concatenate([self._best(rows) for rows in script.blocks(*self._shape)])

    @property
    def _shape(self) -> tuple[int, int]:
        return self.needs.shape[0], self.offers.shape[0]

    def _scores(self, rows: Rows) -> Floats:
        scores: Floats = cosine_similarity(self.needs[rows], self.offers)
        return scores

    def _best(self, rows: Rows) -> Integers:
        scores = self._scores(rows)
        columns = np.argpartition(scores, -TOP, axis=1)[:, -TOP:]
        found = np.take_along_axis(scores, columns, axis=1)
        order = np.argsort(-found, axis=1)
        columns, found = np.take_along_axis(columns, order, axis=1), np.take_along_axis(found, order, axis=1)
        return np.where(found >= 0, columns, -1)


class MaskedCosine(Cosine):
    """The same with the pairs that are not eligible taken out before the best are chosen: exact."""

    def _scores(self, rows: Rows) -> Floats:
        scores = super()._scores(rows)
        scores[~self.mask.block(rows)] = -1.0
        return scores


class TunedCosine(Neighbour):
    """The same as the day's script has it: single precision, and the partition from the quicker end."""

    def find(self) -> Integers:
        """Return the likest eligible offers."""
        return script.search(self.needs, self.offers, self.mask)


class SparseTop(Neighbour):
    """The first offers by ``sparse_dot_topn``, then the eligible ones of them."""

    def __init__(self, folder: Path, n_candidates: int) -> None:
        super().__init__(folder)
        self.n_candidates = min(n_candidates, self.offers.shape[0])

    def find(self) -> Integers:
        """Return the first eligible of the candidates."""
        near = sp_matmul_topn(
            self.needs,
            sp.csr_matrix(self.offers.T),
            top_n=self.n_candidates,
            threshold=0.0,
            sort=True,
            n_threads=N_THREADS,
        )
        return first_eligible(near, self.mask)


class SparseEnough(SparseTop):
    """The same with the fewest candidates that find enough of the exact answer, told beforehand."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 1)
        self.n_candidates = self._enough()

    def search(self) -> Searched:
        """Search once, and tell how many candidates that took."""
        done = super().search()
        return Searched(done.seconds, done.cpu_seconds, note=f"k = {self.n_candidates}")

    def _enough(self) -> int:
        """Return how far down the list of all offers that share of the exact answer lies."""
        rows = sampled_rows(self.needs.shape[0])
        cosines = self.cosines(rows)
        best = script.best(np.where(self.mask.block(rows), cosines, -1.0))
        value = np.where(best >= 0, np.take_along_axis(cosines, np.maximum(best, 0), axis=1), 0.0)
        ordered = np.sort(cosines, axis=1)
        n_above = [np.searchsorted(-line[::-1], -found[found > 0]) for line, found in zip(ordered, value, strict=True)]
        return int(np.quantile(np.concatenate(n_above), ENOUGH, method="higher")) + 1


def first_eligible(near: sp.csr_matrix, mask: script.Masks) -> Integers:
    """Return the first ten eligible of the offers of each row, which stand best first; -1 behind them."""
    found = np.full((near.shape[0], TOP), -1, dtype=np.int64)
    for rows in script.blocks(near.shape[0], mask.open_to.shape[1]):
        part = near[rows[0] : rows[-1] + 1]
        row = np.repeat(np.arange(len(rows)), np.diff(part.indptr))
        is_open = mask.block(rows)[row, part.indices]
        row, column = row[is_open], part.indices[is_open]
        starts = np.searchsorted(row, np.arange(len(rows)))
        place = np.arange(len(row)) - starts[row]
        is_first = place < TOP
        found[rows[row[is_first]], place[is_first]] = column[is_first]
    return found


class Fuzzy(Neighbour):
    """``rapidfuzz.process.cdist`` with ``token_set_ratio``, timed on some needs and multiplied up to all of them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        needs, offers = script.read(folder / "needs.csv"), script.read(folder / "offers.csv")
        n_needs = len(needs)
        self.rows = np.unique(np.linspace(0, n_needs - 1, N_FUZZY_NEEDS).astype(np.int64))
        self._scale = n_needs / len(self.rows)
        self._need_texts = (needs["title"] + " " + needs["description"]).to_numpy()[self.rows].tolist()
        self._offer_texts = (offers["title"] + " " + offers["description"]).tolist()

    def search(self) -> Searched:
        """Search for some needs, and multiply up to all of them."""
        done = super().search()
        return Searched(done.seconds * self._scale, done.cpu_seconds * self._scale, note=f"from {len(self.rows)} needs")

    def find(self) -> Integers:
        """Return the likest eligible offers by that measure."""
        scores = cdist(self._need_texts, self._offer_texts, scorer=token_set_ratio, dtype=np.float32, workers=N_THREADS)
        scores[~self.mask.block(self.rows)] = -1.0
        return script.best(scores)


SUBJECTS: Final[dict[str, Callable[[Path], Subject]]] = {
    "vectorizing": Vectorizing,
    "cosine": Cosine,
    "masked": MaskedCosine,
    "tuned": TunedCosine,
    "top-50": partial(SparseTop, n_candidates=50),
    "top-200": partial(SparseTop, n_candidates=200),
    "top-500": partial(SparseTop, n_candidates=500),
    "top-enough": SparseEnough,
    "fuzzy": Fuzzy,
}
