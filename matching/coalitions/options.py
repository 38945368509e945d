"""Which coalitions one need could have, and the best choice among those of all needs under the places that are free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.arrays import Bools, Floats, Integers

PARTNER_COST: Final = 50_000
"""Millionths that each partner beyond the first has to add to the value: two providers to agree with are more work."""

N_CANDIDATES: Final = 12
"""Offers of each need that may be partners: those that would add the most."""

_MILLIONTHS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One need that a coalition could serve.

    ``weights`` and ``scores`` are those of its parts, shape (n_parts,) and (n_parts, n_offers); ``may_join`` has shape
    (n_offers,): open to the need, and with a free place. ``held`` is the offer that it is allocated, -1 for none.
    """

    weights: Floats
    scores: Floats
    may_join: Bools
    held: int

    def value_of(self, columns: Iterable[int]) -> int:
        """Return what some offers together are worth to the need, in millionths; each part counts by the best of them."""
        listed = list(columns)
        best = self.scores[:, listed].max(axis=1) if listed else np.zeros(len(self.weights))
        return round(float(self.weights @ best) * _MILLIONTHS)


@dataclass(frozen=True, slots=True)
class Option:
    """A coalition: its offers, the one that is held first, and what it gains beyond that one, in millionths."""

    columns: tuple[int, ...]
    gain: int


def options_of(asking: Asking, *, minimum_score: float, max_size: int) -> list[Option]:
    """Return the coalitions of a need in which every partner is worth its cost.

    Parameters
    ----------
    minimum_score
        In [0, 1]. A partner has to reach it for one part at least, and the coalition as a whole.
    max_size
        How many offers a coalition may have, at least 2.

    Returns
    -------
    list of Option
        By size, then by position of the offers: all there are among the ``N_CANDIDATES`` offers that would add the most.
    """
    held = (asking.held,) if asking.held >= 0 else ()
    base = asking.value_of(held)
    value_by_columns = {held: base}
    options = []
    candidates = _candidates(asking, held, minimum_score)
    for n_partners in range(1, max_size + 1 - len(held)):
        for partners in combinations(candidates, n_partners):
            columns = (*held, *partners)
            value = value_by_columns[columns] = asking.value_of(columns)
            if len(columns) == 1 or value < minimum_score * _MILLIONTHS:
                continue
            without = (tuple(column for column in columns if column != spared) for spared in partners)
            if all(value - value_by_columns[others] > PARTNER_COST for others in without):
                options.append(Option(columns=columns, gain=value - base - PARTNER_COST * (len(columns) - 1)))
    return options


def _candidates(asking: Asking, held: tuple[int, ...], minimum_score: float) -> list[int]:
    """Return the offers that may be partners, by position."""
    present = asking.scores[:, held].max(axis=1) if held else np.zeros(len(asking.weights))
    adds = np.rint(asking.weights @ np.maximum(asking.scores - present[:, None], 0.0) * _MILLIONTHS)
    # The more partners there are, the less each adds: one that is not worth its cost alone is never worth it.
    is_candidate = asking.may_join & (asking.scores.max(axis=0) >= minimum_score) & (adds > PARTNER_COST)
    is_candidate[list(held)] = False
    found = np.flatnonzero(is_candidate)
    return sorted(found[np.lexsort((found, -adds[found]))][:N_CANDIDATES].tolist())


def choose_options(
    options: Sequence[Sequence[Option]], held: Sequence[int], free_places: Integers
) -> list[Option | None]:
    """Return for each need one of its coalitions or none, at the best total gain under the free places.

    Every offer of a coalition but the one that is held takes one of its free places. A mixed-integer programme with one
    variable for each coalition, solved to optimality.

    Parameters
    ----------
    options
        The coalitions of each need.
    held
        The offer that each need is allocated, -1 for none.
    free_places : shape (n_offers,)
    """
    flat = [(at, option) for at, some in enumerate(options) for option in some]
    chosen: list[Option | None] = [None] * len(options)
    if not flat:
        return chosen
    owners = np.array([at for at, _ in flat])
    taken = [
        (column, at) for at, (owner, option) in enumerate(flat) for column in option.columns if column != held[owner]
    ]
    columns, uses = np.array(taken).T
    of_need = sp.csr_matrix((np.ones(len(flat)), (owners, np.arange(len(flat)))), shape=(len(options), len(flat)))
    of_offer = sp.csr_matrix((np.ones(len(taken)), (columns, uses)), shape=(len(free_places), len(flat)))
    solution = milp(
        -np.array([option.gain for _, option in flat], dtype=np.float64),
        constraints=[LinearConstraint(of_need, ub=1.0), LinearConstraint(of_offer, ub=free_places.astype(np.float64))],
        integrality=np.ones(len(flat), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if solution.x is None:
        raise ArithmeticError(f"the coalitions were not chosen: {solution.message}")
    for at in np.flatnonzero(np.rint(solution.x)):
        owner, option = flat[at]
        chosen[owner] = option
    return chosen
