"""How near any two areas of capacity-building are, by the tree and by the crosswalk."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.arrays import Floats
from matching.reference import Taxonomy

SAME: Final = 1.0
PARENT_AND_CHILD: Final = 0.75
SIBLINGS: Final = 0.5
LINKED: Final = 0.3  # other top-level areas that share an entry of a public taxonomy
BOTH_OUTSIDE: Final = 0.75  # neighbouring fields are nearer to each other than to any area
LINKING_SCHEMES: Final = frozenset({"gfce", "cmm_2021", "un_norms_2015", "oewg_cbm"})
"""Schemes fine enough to say that two areas touch; purpose codes of aid and pillars of capabilities are not."""


def area_nearness(taxonomy: Taxonomy) -> Floats:
    """Return how near any two areas in force are, by the tree and by the crosswalk.

    Returns
    -------
    shape (n_areas, n_areas)
        In [0, 1], symmetric, 1 on the diagonal; in the order of ``taxonomy.current_codes``.
    """
    codes = taxonomy.current_codes
    nearness = np.eye(len(codes))
    for row, one in enumerate(codes):
        for column, other in enumerate(codes):
            if row != column:
                nearness[row, column] = _nearness(taxonomy, one, other)
    return nearness


def nearness_with_outside(taxonomy: Taxonomy) -> Floats:
    """Return how near any two areas are, and behind them what lies outside of all."""
    nearness = np.pad(area_nearness(taxonomy), (0, 1))
    nearness[-1, -1] = BOTH_OUTSIDE
    return nearness


def _nearness(taxonomy: Taxonomy, one: str, other: str) -> float:
    first, second = taxonomy.area_by_code[one], taxonomy.area_by_code[other]
    if first.parent == other or second.parent == one:
        return PARENT_AND_CHILD
    if first.parent is not None and first.parent == second.parent:
        return SIBLINGS
    shared = first.links & second.links
    return LINKED if any(scheme in LINKING_SCHEMES for scheme, _ in shared) else 0.0
