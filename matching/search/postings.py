"""The stems of some offers by stem: a row over all of them where a stem is frequent, else a list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.arrays import Integers
from matching.compiling import compiled
from matching.packed import Places, Singles
from matching.search.packed import Texts


class Postings(NamedTuple):
    """``rows`` has shape (n_rows, n_offers); the list of a stem begins in ``offers`` and ``weights`` at its ``starts``.

    Offers are positions among those that were posted.
    """

    rows: Singles
    starts: Places
    offers: Places
    weights: Singles


@compiled
def post(texts: Texts, row: Places, n_rows: int, offers: Integers) -> Postings:
    """Return the stems of some offers by stem, in single precision.

    Parameters
    ----------
    row : shape (n_stems,)
        The number of a stem's row, -1 where it has a list.
    offers : shape (n_offers,)
        Positions, in ascending order.
    """
    rows, listed_starts = np.zeros((n_rows, len(offers)), dtype=np.float32), np.zeros(len(row) + 1, dtype=np.int32)
    starts, stems, weights = texts.offers.starts, texts.offers.stems, texts.offers.weights
    for at in range(len(offers)):
        for place in range(starts[offers[at]], starts[offers[at] + 1]):
            stem = stems[place]
            if row[stem] >= 0:
                rows[row[stem], at] = np.float32(weights[place])
            else:
                listed_starts[stem + 1] += 1
    for stem in range(len(row)):
        listed_starts[stem + 1] += listed_starts[stem]
    listed, listed_weights = np.empty(listed_starts[-1], np.int32), np.empty(listed_starts[-1], np.float32)
    follows = listed_starts[:-1].copy()  # where the next offer of each stem goes
    for at in range(len(offers)):
        for place in range(starts[offers[at]], starts[offers[at] + 1]):
            stem = stems[place]
            if row[stem] < 0:
                listed[follows[stem]], listed_weights[follows[stem]] = at, np.float32(weights[place])
                follows[stem] += 1
    return Postings(rows, listed_starts, listed, listed_weights)
