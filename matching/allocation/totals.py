"""What allocations add up to, and what floors bring and cost."""

from __future__ import annotations

from matching.allocation.edges import MILLIONTHS, worth_of
from matching.allocation.equity import FairAllocation
from matching.allocation.market import Market
from matching.arrays import Integers
from matching.groups import Floors
from matching.results import Fairness, GroupShare, Totals


def add_up(market: Market, columns: Integers) -> Totals:
    """Return the totals of an allocation; its offers have shape (n_needs,), -1 without a place."""
    scores = market.scores_at(columns)
    is_served = columns >= 0
    worth = worth_of(scores[is_served], market.urgency[is_served])
    return Totals(
        n_served=int(is_served.sum()),
        score=round(float(scores.sum()), 6),
        worth=round(int(worth.sum()) / MILLIONTHS, 6),
    )


def tell_fairness(market: Market, floors: Floors, allocation: FairAllocation) -> Fairness:
    """Return what the floors bring each group, and the price in total worth and total score."""
    with_floor, without = allocation.with_floor.columns, allocation.without.columns
    n_open = floors.members.sum(axis=1)
    served, served_without = floors.served(with_floor), floors.served(without)
    return Fairness(
        groups=tuple(
            GroupShare(
                group=group,
                floor=floors.shares[at],
                n_open=int(n_open[at]),
                n_by_id_only=floors.n_by_id_only[at],
                n_needed=int(floors.needed[at]),
                n_served=int(served[at]),
                n_served_without=int(served_without[at]),
            )
            for at, group in enumerate(floors.groups)
        ),
        without_floor=add_up(market, without),
        with_floor=add_up(market, with_floor),
        is_proven=allocation.is_proven,
    )
