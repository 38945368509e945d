"""The neighbour that joins in a database: eligibility and a shared key in SQL, then the cosines of the joined pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import scipy.sparse as sp
from sparse_dot_topn import sp_matmul_topn

from benchmarks.speed.measuring import N_THREADS, Subject
from benchmarks.speed.neighbours import TOP, Neighbour, records_without_texts
from matching.arrays import Floats, Integers, Rows

MEMORY_LIMIT: Final = "2GB"
N_KEY_WORDS: Final = 24  # a record may be joined by so many of its weightiest words, and by its areas
NEEDS_AT_ONCE: Final = 2_000
PAIRS_AT_ONCE: Final = 200_000

_JOIN: Final = """
WITH keyed AS (
    SELECT DISTINCT nk.at AS need, ok.at AS offer
    FROM need_keys nk JOIN offer_keys ok USING (key) WHERE nk.at >= $first AND nk.at < $last)
SELECT k.need, k.offer
FROM keyed k
JOIN needs n ON n.at = k.need
JOIN offers o ON o.at = k.offer
JOIN need_states s ON s.at = k.need
JOIN open_to t ON t.state = s.state AND t.offer = k.offer
WHERE n.first <= o.last AND o.first <= n.last AND n.first <= n.last
  AND NOT EXISTS (SELECT 1 FROM excluded e WHERE e.at = k.need AND e.offer = k.offer)
GROUP BY k.need, k.offer, n.n_states
HAVING count(*) = n.n_states
ORDER BY k.need
"""


class BlockingJoin(Neighbour):
    """A join in DuckDB on eligibility and on a shared area or weighty word, then the cosines of the joined pairs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        state, offer = np.nonzero(self.mask.open_to)
        self._tables = {
            "needs": _spans(self.mask.need_spans).assign(n_states=[len(states) for states in self.mask.states]),
            "offers": _spans(self.mask.offer_spans),
            "open_to": pd.DataFrame({"state": state, "offer": offer}),
            "need_states": _long(self.mask.states, "state"),
            "excluded": _long([self.mask.excluded.get(row, []) for row in self.rows.tolist()], "offer"),
            "need_keys": _keys(self.needs, records_without_texts(folder / "needs.csv")),
            "offer_keys": _keys(self.offers, records_without_texts(folder / "offers.csv")),
        }

    def find(self) -> Integers:
        """Return the likest offers of every need among those that the join found."""
        found = np.full((len(self.rows), TOP), -1, dtype=np.int64)
        with duckdb.connect() as database:
            database.execute(f"SET memory_limit = '{MEMORY_LIMIT}'; SET threads = {N_THREADS}")
            for name, table in self._tables.items():
                database.register(name, table)
            for first in range(0, len(found), NEEDS_AT_ONCE):
                span = {"first": first, "last": first + NEEDS_AT_ONCE}
                pairs = database.execute(_JOIN, span).fetchnumpy()
                self._keep_best(found, *(np.asarray(pairs[side]) for side in ("need", "offer")))
        return found

    def _keep_best(self, found: Integers, rows: Rows, columns: Rows) -> None:
        order = np.lexsort((-self._cosines_of(rows, columns), rows))
        rows, columns = rows[order], columns[order]
        place = np.arange(len(rows)) - np.searchsorted(rows, rows)
        is_first = place < TOP
        found[rows[is_first], place[is_first]] = columns[is_first]

    def _cosines_of(self, rows: Rows, columns: Rows) -> Floats:
        parts = [
            np.asarray(
                self.needs[rows[at : at + PAIRS_AT_ONCE]]
                .multiply(self.offers[columns[at : at + PAIRS_AT_ONCE]])
                .sum(axis=1)
            ).ravel()
            for at in range(0, len(rows), PAIRS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)


def _spans(spans: tuple[Integers, Integers]) -> pd.DataFrame:
    first, last = spans
    return pd.DataFrame({"at": np.arange(len(first)), "first": first, "last": last})


def _long(lists: Sequence[Sequence[object] | Integers], name: str) -> pd.DataFrame:
    """Return lists as one row for each member."""
    at = np.repeat(np.arange(len(lists)), [len(items) for items in lists])
    return pd.DataFrame({"at": at, name: [item for items in lists for item in items]})


def _keys(matrix: sp.csr_matrix, records: pd.DataFrame) -> pd.DataFrame:
    """Return by what each record may be joined: its areas, and its weightiest words."""
    every_word = sp.csr_matrix(sp.eye_array(matrix.shape[1], dtype=matrix.dtype))
    at, word = sp_matmul_topn(matrix, every_word, top_n=N_KEY_WORDS, threshold=0.0).nonzero()
    areas = _long([cell.split(";") if cell else [] for cell in records["areas"]], "key")
    return pd.concat([areas, pd.DataFrame({"at": at, "key": word.astype(str)})], ignore_index=True)


SUBJECTS: Final[dict[str, Callable[[Path], Subject]]] = {"join": BlockingJoin}
