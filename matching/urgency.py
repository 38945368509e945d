"""Urgency: how much a place counts for a need, so that no State gains by calling everything urgent or asking twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from matching.arrays import Bools, Floats, Integers, Matrix, listed
from matching.records import Need

URGENCY: Final[Mapping[int, float]] = {1: 0.8, 2: 0.9, 3: 1.0, 4: 1.1, 5: 1.2}
"""How much a place counts for a need, by its priority: it moves places between needs, not the order of offers."""

MOST_URGED: Final = 0.2
"""How far above the ordinary all open needs of one State may be together: one at priority 5, or two at 4."""

ALIKE: Final = 0.8
"""Share of the stems of two texts, of all that they have together, from which one repeats the other."""


def urgency_of(needs: Sequence[Need], stems: Sequence[Integers], *, is_open: Bools) -> Floats:
    """Return how much a place counts for each need.

    What lies above 1 is shared by the open needs of a State: one that marks all its needs as most urgent puts none of
    them before the one that another State marks. Of needs that repeat each other the first counts in full, the second
    half, the third a third, the most urgent first.

    Parameters
    ----------
    needs : shape (n_needs,)
        In id order.
    stems : shape (n_needs,)
        The stems of each need's text, by number.
    is_open : shape (n_needs,)
        Needs that have closed share nothing.

    Returns
    -------
    shape (n_needs,)
        In (0, 1.2].
    """
    plain = np.array([URGENCY[need.priority] for need in needs], dtype=np.float64)
    urged = np.where(is_open, np.maximum(plain - 1.0, 0.0), 0.0)
    total_by_state: dict[str, float] = {}
    for need, above in zip(needs, urged.tolist(), strict=True):
        for state in need.states:
            # In hundredths: sums of tenths that differ in their last bit would depend on their order.
            total_by_state[state] = round(total_by_state.get(state, 0.0) + above, 2)
    total = np.array([max(total_by_state[state] for state in need.states) for need in needs], dtype=np.float64)
    share = np.minimum(1.0, MOST_URGED / np.maximum(total, MOST_URGED))
    urgency: Floats = (np.minimum(plain, 1.0) + urged * share) / places_among_copies(needs, stems, is_open=is_open)
    return urgency


def places_among_copies(needs: Sequence[Need], stems: Sequence[Integers], *, is_open: Bools) -> Integers:
    """Return where each need stands among the open needs of one State that repeat it, counted from 1.

    A joint need stands where it stands among the needs of any of its States, the last of these places.

    Examples
    --------
    >>> need = Need(need_id="N1", states=("FJI",), title="Train a CERT")
    >>> places_among_copies([need, need], [np.array([0, 1])] * 2, is_open=np.array([True, True])).tolist()
    [1, 2]
    """
    places = np.ones(len(needs), dtype=np.int64)
    rows_by_state: dict[str, list[int]] = {}
    for row, need in enumerate(needs):
        for state in need.states if is_open[row] and len(stems[row]) else ():
            rows_by_state.setdefault(state, []).append(row)
    for rows in (rows for rows in rows_by_state.values() if len(rows) > 1):
        group = _copies([stems[row] for row in rows])
        n_seen: dict[int, int] = {}
        for at in sorted(range(len(rows)), key=lambda at: (-needs[rows[at]].priority, rows[at])):
            n_seen[group[at]] = n_seen.get(group[at], 0) + 1
            places[rows[at]] = max(int(places[rows[at]]), n_seen[group[at]])
    return places


def _copies(texts: Sequence[Integers]) -> list[int]:
    """Return the group of each text: texts that repeat each other, directly or through others, are in one."""
    unique = [np.unique(stems) for stems in texts]
    holds = listed([stems.tolist() for stems in unique], n_columns=max(int(stems.max()) for stems in unique) + 1)
    shared: Matrix = sp.csr_matrix(holds @ holds.T)
    sizes = np.array([len(stems) for stems in unique], dtype=np.float64)
    row = np.repeat(np.arange(len(unique)), np.diff(shared.indptr))
    united = sizes[row] + sizes[shared.indices] - shared.data
    shared.data = np.where(shared.data >= ALIKE * united, 1.0, 0.0)
    shared.eliminate_zeros()
    groups: list[int] = connected_components(shared, directed=False)[1].tolist()
    return groups
