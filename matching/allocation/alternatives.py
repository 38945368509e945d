"""The same market shared out by every rule, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.allocation.equity import allocate_with_floors
from matching.allocation.exact import allocate_exactly
from matching.allocation.market import Market
from matching.allocation.prices import Allocation
from matching.allocation.sequence import allocate_greedily, allocate_stably
from matching.allocation.totals import add_up
from matching.arrays import Bools, Integers
from matching.candidates import NOT_ELIGIBLE
from matching.groups import Floors
from matching.results import Totals
from matching.vocabulary import AllocationRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What one rule makes of a market.

    ``columns`` has shape (n_needs,), -1 without a place; ``served_share_by_group`` is the share in [0, 1] of each group's
    open needs that have a place, 0 where it has none.
    """

    rule: AllocationRule
    columns: Integers
    totals: Totals
    served_share_by_group: Mapping[str, float]


def allocate_by_every_rule(market: Market, floors: Floors) -> tuple[Alternative, ...]:
    """Return what every rule makes of a market, in the order of ``AllocationRule``.

    Parameters
    ----------
    market
        What there is to allocate.
    floors
        The groups that are told apart, and what ``with_floor`` keeps. ``equity_first`` serves those first that have a
        floor, or all where none has.
    """
    fair = allocate_with_floors(market, floors)
    columns_by_rule = {
        AllocationRule.OPTIMAL: fair.without.columns,
        AllocationRule.WITH_FLOOR: fair.with_floor.columns,
        AllocationRule.EQUITY_FIRST: allocate_groups_first(market, floors).columns,
        AllocationRule.GREEDY: allocate_greedily(market).columns,
        AllocationRule.STABLE: allocate_stably(market).columns,
    }
    n_open = np.maximum(floors.members.sum(axis=1), 1)
    return tuple(
        Alternative(
            rule=rule,
            columns=columns,
            totals=add_up(market, columns),
            served_share_by_group=dict(zip(floors.groups, (floors.served(columns) / n_open).tolist(), strict=True)),
        )
        for rule, columns in columns_by_rule.items()
    )


def allocate_groups_first(market: Market, floors: Floors) -> Allocation:
    """Return the best total of the groups' needs alone, then the best of all others in the places that are left.

    The groups are those with a floor, or all where none has one.
    """
    has_floor = floors.needed > 0
    groups = floors.members[has_floor] if has_floor.any() else floors.members
    is_inside: Bools = np.logical_or.reduce(groups, axis=0, initial=False)
    first = allocate_exactly(_only(market, is_inside))
    rest = allocate_exactly(replace(_only(market, ~is_inside), capacities=first.free_places))
    return Allocation(
        columns=np.where(is_inside, first.columns, rest.columns),
        edges=first.edges.joined(rest.edges),
        capacities=market.capacities,
        rule=AllocationRule.EQUITY_FIRST,
    )


def _only(market: Market, where: Bools) -> Market:
    """Return the market for some of its needs; the others have no offer there."""
    candidates = market.candidates
    return replace(
        market,
        candidates=replace(
            candidates,
            columns=np.where(where[:, None], candidates.columns, -1),
            scores=np.where(where[:, None], candidates.scores, NOT_ELIGIBLE),
            n_eligible=np.where(where, candidates.n_eligible, 0),
        ),
    )
