"""Pairs of records that belong together by something else than their texts: a State, or a provider."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from matching.arrays import Bools, Integers
from matching.candidates import split_into_blocks

Pairs = tuple[Integers, Integers]
"""Two arrays of positions, the first of each pair below the second."""


def pairs_within(groups: Iterable[Sequence[int]], is_wanted: Callable[..., Bools] | None = None) -> Pairs:
    """Return each pair of members of a group once, in order; only those wanted, where that is given.

    ``is_wanted`` is called with the two arrays of positions of some pairs, the second as ``columns``.

    Examples
    --------
    >>> [at.tolist() for at in pairs_within([[0, 2], [0, 1, 2]])]
    [[0, 0, 1], [1, 2, 2]]
    """
    found = [np.array(sorted(set(group)), dtype=np.int64) for group in groups]
    size = 1 + max((int(group[-1]) for group in found if len(group)), default=0)
    keys = [np.zeros(0, dtype=np.int64)]
    for group in found:
        for rows in split_into_blocks(np.arange(len(group)), n_offers=len(group)):
            at, other = np.nonzero(rows[:, None] < np.arange(len(group))[None, :])
            one, two = group[rows[at]], group[other]
            kept = np.ones(len(one), dtype=np.bool_) if is_wanted is None else is_wanted(one, columns=two)
            keys.append(one[kept] * size + two[kept])
    unique = np.unique(np.concatenate(keys))
    return unique // size, unique % size


def ordered_pairs(found: Iterable[Pairs]) -> Pairs:
    """Return pairs from several searches, each once, the lesser position first, in order.

    Examples
    --------
    >>> [at.tolist() for at in ordered_pairs([(np.array([2]), np.array([0])), (np.array([0, 0]), np.array([2, 1]))])]
    [[0, 0], [1, 2]]
    """
    searches = list(found)
    ones, others = (np.concatenate([pair[side] for pair in searches]) for side in (0, 1))
    size = 1 + max(int(ones.max(initial=0)), int(others.max(initial=0)))
    unique = np.unique(np.minimum(ones, others) * size + np.maximum(ones, others))
    return unique // size, unique % size
