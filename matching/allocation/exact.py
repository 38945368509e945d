"""The best total over all eligible pairs, from lists that may have been cut short."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.allocation.flow import allocate
from matching.allocation.market import Market
from matching.allocation.prices import Allocation
from matching.arrays import Integers

_N_ADDED: Final = 64
"""Pairs that a need is given at once where its list was too short."""


def allocate_exactly(market: Market, *, bonus: Integers | None = None) -> Allocation:
    """Return the best allocation over all eligible pairs.

    Once the known pairs are allocated, every offer has a price and every need a surplus. A pair that was cut off can
    only matter where it is worth more than the two together; by the theorem of complementary slackness the allocation
    is the best over all pairs when no such pair exists. Needs for which the end of the list does not prove that are
    asked for such pairs, and the allocation is done again with them.

    Parameters
    ----------
    market
        What there is to allocate.
    bonus : shape (n_needs,)
        What a place counts for each need beside its worth, in millionths, at least 0; nothing where it is None.

    Returns
    -------
    Allocation
        The worth of its edges includes the bonus.

    References
    ----------
    Ahuja, Magnanti & Orlin (1993), Network Flows, chapters 9 and 17 (optimality conditions, column generation).
    """
    bonus = np.zeros(market.n_needs, dtype=np.int64) if bonus is None else bonus
    edges = market.known_edges().with_bonus(bonus)
    while True:
        chosen = allocate(edges, market.capacities, n_needs=market.n_needs)
        allocation = Allocation(columns=chosen, edges=edges, capacities=market.capacities)
        if not len(market.cut_rows()):
            return allocation
        price = allocation.chains().price
        missing = market.pairs_above(price, allocation.surplus(price) - bonus, n_most=_N_ADDED)
        if not len(missing.need):
            return allocation
        edges = edges.joined(missing.with_bonus(bonus))
