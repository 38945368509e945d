"""What a good engineer would write in a day: read, vectorize, filter, rank, write; no score and no explanation.

``python -m benchmarks.speed.script NEEDS OFFERS --out FILE --as-of DAY`` writes the ten likest eligible offers of each
need by the cosine of word TF-IDF. It is the baseline for the whole command; the neighbours take their vectors and masks
from it as well. It reads files that are known to be good and would misread others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from matching.arrays import Bools, Floats, Integers, Rows

REFERENCE: Final = Path(__file__).resolve().parents[2] / "data" / "reference"
BLOCK_CELLS: Final = 10_000_000  # cosines held at once
TOP: Final = 10
_FAR: Final = "9999-12-31"


def read(path: Path) -> pd.DataFrame:
    """Return a file of needs or offers, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def members_by_token(as_of_on: date) -> dict[str, set[str]]:
    """Return the States behind each word that ``eligible`` may hold."""
    states = set(read(REFERENCE / "states.csv")["iso3"])
    rows = read(REFERENCE / "memberships.csv")
    day = as_of_on.isoformat()
    rows = rows[(rows["valid_from"] <= day) & ((rows["valid_until"] == "") | (rows["valid_until"] >= day))]
    groups = {code: set(group["state"]) for code, group in rows.groupby("code")}
    return {**groups, **{state: {state} for state in states}, "*": states, "": states}


@dataclass(frozen=True, slots=True)
class Masks:
    """Which offers are open to which needs, from one row for each State and two days for each record.

    ``open_to`` has shape (n_states, n_offers); ``states`` holds the positions of the States of each need, ``spans``
    the first and last days of needs and offers, and ``excluded`` the offers that a need excludes, where it does.
    """

    open_to: Bools
    states: list[list[int]]
    need_spans: tuple[Integers, Integers]
    offer_spans: tuple[Integers, Integers]
    excluded: dict[int, Rows]

    def block(self, rows: Rows) -> Bools:
        """Return which offers are open to some needs; shape (n_rows, n_offers)."""
        (need_from, need_until), (offer_from, offer_until) = self.need_spans, self.offer_spans
        mask: Bools = self.open_to[[self.states[row][0] for row in rows]]
        mask &= need_from[rows][:, None] <= offer_until
        mask &= offer_from <= need_until[rows][:, None]
        mask[need_until[rows] < need_from[rows]] = False
        for at, row in enumerate(rows.tolist()):
            for state in self.states[row][1:]:
                mask[at] &= self.open_to[state]
            if row in self.excluded:
                mask[at, self.excluded[row]] = False
        return mask


def masks(needs: pd.DataFrame, offers: pd.DataFrame, as_of_on: date) -> Masks:
    """Return what tells which offers are open to which needs."""
    members = members_by_token(as_of_on)
    place = {state: at for at, state in enumerate(sorted(members["*"]))}
    members_at = {token: [place[state] for state in states if state in place] for token, states in members.items()}
    open_to = np.zeros((len(place), len(offers)), dtype=np.bool_)
    for column, tokens in enumerate(offers["eligible"]):
        for token in tokens.split(";"):
            open_to[members_at[token], column] = True
    offers_of = {name: np.array(group.index) for name, group in offers.groupby(offers["provider"].str.casefold())}
    excluded = needs["excluded_providers"][needs["excluded_providers"] != ""].str.casefold().str.split(";")
    no_offer = np.zeros(0, dtype=np.int64)
    return Masks(
        open_to=open_to,
        states=[[place[state] for state in states.split(";")] for states in needs["state"]],
        need_spans=_span(needs["earliest"], needs["latest"], as_of_on),
        offer_spans=_span(offers["available_from"], offers["available_until"], as_of_on),
        excluded={
            row: np.concatenate([offers_of.get(name, no_offer) for name in names])
            for row, names in zip(excluded.index.tolist(), excluded, strict=True)
        },
    )


def _span(first: pd.Series[str], last: pd.Series[str], as_of_on: date) -> tuple[Integers, Integers]:
    """Return the days as numbers, not before today; an open end is far away."""
    today = as_of_on.isoformat()
    starts = np.where(first < today, today, first).astype("datetime64[D]").astype(np.int64)
    ends = np.where(last == "", _FAR, last).astype("datetime64[D]").astype(np.int64)
    return starts, ends


def vectors(needs: pd.DataFrame, offers: pd.DataFrame) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """Return word TF-IDF vectors of needs and offers."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32)
    both = sp.csr_matrix(vectorizer.fit_transform([*_texts(needs), *_texts(offers)]))
    return both[: len(needs)], both[len(needs) :]


def _texts(records: pd.DataFrame) -> pd.Series[str]:
    return records["title"] + "\n" + records["description"]


def blocks(n_needs: int, n_offers: int) -> Iterator[Rows]:
    """Return the needs in blocks whose cosines fit into memory."""
    size = max(1, BLOCK_CELLS // max(1, n_offers))
    for start in range(0, n_needs, size):
        yield np.arange(start, min(start + size, n_needs))


def best(scores: Floats, n: int = TOP) -> Integers:
    """Return the columns of the highest scores of each row, best first, -1 for those below 0; shape (n_rows, n)."""
    n = min(n, scores.shape[1])
    # From this end it is several times quicker than from the other where most values are equal.
    columns = np.argpartition(-scores, n - 1, axis=1)[:, :n]
    found = np.take_along_axis(scores, columns, axis=1)
    order = np.argsort(-found, axis=1)
    columns, found = np.take_along_axis(columns, order, axis=1), np.take_along_axis(found, order, axis=1)
    return np.where(found >= 0, columns, -1)


def search(needs: sp.csr_matrix, offers: sp.csr_matrix, mask: Masks) -> Integers:
    """Return the likest of the offers that are open to every need; shape (n_needs, up to 10)."""
    found = []
    for rows in blocks(needs.shape[0], offers.shape[0]):
        scores = cosine_similarity(needs[rows], offers, dense_output=True)
        np.copyto(scores, -1.0, where=~mask.block(rows))
        found.append(best(scores))
    return np.concatenate(found)


def write(path: Path, needs: pd.DataFrame, offers: pd.DataFrame, found: Integers) -> None:
    """Write need, rank and offer of every listed pair."""
    rows, places = np.nonzero(found >= 0)
    listed = pd.DataFrame(
        {
            "need_id": needs["id"].to_numpy()[rows],
            "rank": places + 1,
            "offer_id": offers["id"].to_numpy()[found[rows, places]],
        }
    )
    listed.to_csv(path, index=False)


def main() -> None:
    """Read, vectorize, filter, rank and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("needs", type=Path)
    parser.add_argument("offers", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    options = parser.parse_args()
    needs, offers = read(options.needs), read(options.offers)
    need_vectors, offer_vectors = vectors(needs, offers)
    found = search(need_vectors, offer_vectors, masks(needs, offers, options.as_of))
    write(options.out, needs, offers, found)


if __name__ == "__main__":
    main()
