"""The best total among the allocations that keep a floor for every group, or come nearest to it.

A floor cannot be part of a flow where groups overlap. It gets a price instead: a bonus for every need of the group. For any
prices the flow with bonuses gives a bound that no allocation exceeds; the prices that make it lowest are looked for, and
what remains between the bound and an allocation is closed by a small mixed-integer programme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from matching.allocation.edges import MILLIONTHS, Edges
from matching.allocation.exact import allocate_exactly
from matching.allocation.flow import allocate
from matching.allocation.market import Market
from matching.allocation.prices import Allocation
from matching.arrays import Integers
from matching.groups import Floors
from matching.vocabulary import AllocationRule

FIRST_SLACK: Final = 1_000
"""Millionths: how far from its best choice a need may look in the first programme."""

SLACK_GROWTH: Final = 8


MAX_PROGRAMME_PAIRS: Final = 2_000_000
"""Pairs of the largest programme that is tried; beyond, the best allocation found is kept, and said to be unproven."""


@dataclass(frozen=True, slots=True)
class FairAllocation:
    """An allocation that keeps floors, beside the one without.

    ``with_floor`` serves as many needs of the groups as can be served, at the best total, where ``is_proven``. The worth
    of its edges is raised for the needs that have a place, by more than all other places together: nobody loses a place
    to a chain of moves.
    """

    without: Allocation
    with_floor: Allocation
    is_proven: bool


def allocate_with_floors(market: Market, floors: Floors) -> FairAllocation:
    """Return the allocation of least shortfall over all groups, and of the best total worth among these.

    Parameters
    ----------
    market
        What there is to allocate; the result is the best over all eligible pairs, listed or not.
    floors
        How many needs of each group have to be served. Groups may overlap, and a floor may be out of reach.

    Returns
    -------
    FairAllocation
        The same allocation twice where the best total keeps all floors by itself, or comes as near as can be.

    References
    ----------
    Kelley (1960), Journal of SIAM 8(4), 703-712 (cutting planes for the prices); Geoffrion (1974), Mathematical
    Programming Study 2, 82-114 (Lagrangean bounds); Baldacci, Christofides & Mingozzi (2008), Mathematical Programming
    115, 351-385 (all columns within the gap).
    """
    without = allocate_exactly(market)
    if not floors.shortfall(without.columns):
        return FairAllocation(without=without, with_floor=without, is_proven=True)
    # A place more for a group is worth more than everything that the allocation without floors is worth.
    penalty = without.total + 1
    relaxed = _lowest_bound(market, floors, start=without, penalty=penalty)
    columns, is_proven = _close_gap(market, floors, relaxed, penalty=penalty)
    if floors.shortfall(columns) >= floors.shortfall(without.columns):
        # The floors come no nearer, so the best total of all is the best of these.
        return FairAllocation(without=without, with_floor=without, is_proven=is_proven)
    placed = allocate_exactly(market, bonus=np.where(columns >= 0, penalty, 0))
    with_floor = replace(placed, rule=AllocationRule.WITH_FLOOR)
    return FairAllocation(without=without, with_floor=with_floor, is_proven=is_proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relaxed:
    """The flow with bonuses at the prices that give the lowest bound, and its ``columns``, shape (n_needs,).

    ``edges`` are all known pairs with their plain worth. A pair's worth is less than ``price`` of its offer, shape
    (n_offers,), and ``least`` of its need, shape (n_needs,), together, by what choosing it takes from ``bound``.
    """

    columns: Integers
    edges: Edges
    price: Integers
    least: Integers
    bound: int


class _Cuts:
    """What the allocations found so far say of the bound at any prices: total - price x missing places, at the least."""

    def __init__(self, total: int, missing: Integers) -> None:
        self._totals, self._missing = [total], [missing]

    def add(self, total: int, missing: Integers) -> None:
        self._totals.append(total)
        self._missing.append(missing)

    def bound_at(self, prices: Integers) -> int:
        """Return the highest of the values that the allocations have at these prices."""
        return max(total - int(prices @ gone) for total, gone in zip(self._totals, self._missing, strict=True))

    def lowest(self, highest: int) -> Integers:
        """Return the prices, from 0 to the highest allowed, at which that value is lowest."""
        n_groups = len(self._missing[0])
        rows = np.column_stack([-np.array(self._missing, dtype=np.float64), -np.ones(len(self._totals))])
        solution = linprog(
            np.append(np.zeros(n_groups), 1.0),
            A_ub=rows,
            b_ub=-np.array(self._totals, dtype=np.float64) / MILLIONTHS,
            bounds=[(0.0, highest / MILLIONTHS)] * n_groups + [(None, None)],
            method="highs",
        )
        if solution.x is None:
            raise ArithmeticError(f"the prices of the floors were not found: {solution.message}")
        prices: Integers = np.rint(np.clip(solution.x[:n_groups] * MILLIONTHS, 0, highest)).astype(np.int64)
        return prices


def _lowest_bound(market: Market, floors: Floors, *, start: Allocation, penalty: int) -> _Relaxed:
    """Return the flow at the prices whose bound is lowest, or nearly; the bound holds over all pairs."""
    edges, members = start.edges, floors.members.astype(np.int64)
    cuts = _Cuts(start.total, floors.missing(start.columns))
    prices = np.zeros(len(floors.groups), dtype=np.int64)
    while True:
        prices = _lowest_prices(market, floors, edges, cuts=cuts, first=prices, penalty=penalty)
        bonus = prices @ members
        raised = edges.with_bonus(bonus)
        columns = allocate(raised, market.capacities, n_needs=market.n_needs)
        allocation = Allocation(columns=columns, edges=raised, capacities=market.capacities)
        price = allocation.chains().price
        least = allocation.surplus(price) - bonus
        unlisted = market.pairs_above(price, least)
        if not len(unlisted.need):
            bound = allocation.total - int(prices @ floors.needed)
            return _Relaxed(columns=columns, edges=edges, price=price, least=least, bound=bound)
        edges = edges.joined(unlisted)


def _lowest_prices(
    market: Market, floors: Floors, edges: Edges, *, cuts: _Cuts, first: Integers, penalty: int
) -> Integers:
    """Return the prices whose bound over the known pairs is the lowest, or within ``FIRST_SLACK`` of that.

    Each allocation that is found cuts away prices. The next ones are looked for half way between the best so far and
    those that the cuts promise most of, which takes half as many flows as going there directly.
    """
    members = floors.members.astype(np.int64)
    best, lowest, prices = first, None, first
    while True:
        columns = allocate(edges.with_bonus(prices @ members), market.capacities, n_needs=market.n_needs)
        missing = floors.missing(columns)
        total = Allocation(columns=columns, edges=edges, capacities=market.capacities).total
        bound = total - int(prices @ missing)
        if lowest is not None and lowest <= bound <= cuts.bound_at(prices):
            return best
        cuts.add(total, missing)
        if lowest is None or bound < lowest:
            best, lowest = prices, bound
        promised = cuts.lowest(penalty)
        if lowest - cuts.bound_at(promised) <= FIRST_SLACK or (promised == best).all():
            return best
        half = (best + promised) // 2
        prices = promised if (half == best).all() else half


def _close_gap(market: Market, floors: Floors, relaxed: _Relaxed, *, penalty: int) -> tuple[Integers, bool]:
    """Return the best allocation, and whether it is proven to be that.

    An allocation that is better than one of some value can hold only pairs that take less from the bound than the
    difference. So a programme over the pairs that take at most ``slack`` finds the best of all allocations as soon as
    its own is within ``slack`` of the bound.
    """
    slack = FIRST_SLACK
    columns = relaxed.columns
    while True:
        edges = _pairs_within(market, relaxed, slack)
        if len(edges.need) > MAX_PROGRAMME_PAIRS:
            return columns, False
        columns = _solve(edges, floors, market.capacities)
        total = Allocation(columns=columns, edges=edges, capacities=market.capacities).total
        gap = relaxed.bound - (total - penalty * floors.shortfall(columns))
        if gap <= slack:
            return columns, True
        slack = min(gap, slack * SLACK_GROWTH)


def _pairs_within(market: Market, relaxed: _Relaxed, slack: int) -> Edges:
    """Return all pairs, listed or not, that take at most so much from the bound, or too many for a programme."""
    edges, n_offers = relaxed.edges, len(market.capacities)
    known = edges.chosen(edges.worth - relaxed.price[edges.offer] - relaxed.least[edges.need] >= -slack)
    unlisted = market.pairs_above(relaxed.price, relaxed.least - slack - 1, n_enough=MAX_PROGRAMME_PAIRS)
    is_new = ~np.isin(unlisted.need * n_offers + unlisted.offer, edges.need * n_offers + edges.offer)
    return known.joined(unlisted.chosen(is_new))


def _solve(edges: Edges, floors: Floors, capacities: Integers) -> Integers:
    """Return the allocation of least shortfall, and of the best total among these, as a mixed-integer programme.

    One variable for each pair, and one for each group that counts the places it lacks.
    """
    n_groups, n_needs = floors.members.shape
    n_pairs = len(edges.need)
    ones, at = np.ones(n_pairs), np.arange(n_pairs)
    of_need = sp.csr_matrix((ones, (edges.need, at)), shape=(n_needs, n_pairs + n_groups))
    of_offer = sp.csr_matrix((ones, (edges.offer, at)), shape=(len(capacities), n_pairs + n_groups))
    of_group = sp.hstack([sp.csr_matrix(floors.members[:, edges.need].astype(np.float64)), sp.eye_array(n_groups)])
    rules = [
        LinearConstraint(of_need, ub=1.0),
        LinearConstraint(of_offer, ub=capacities.astype(np.float64)),
        LinearConstraint(of_group, lb=floors.needed.astype(np.float64)),
    ]
    shortfall = np.append(np.zeros(n_pairs), np.ones(n_groups))
    fewest = np.rint(shortfall @ _optimum(shortfall, rules, n_pairs))
    rules.append(LinearConstraint(shortfall[None, :], ub=fewest))
    worth = np.append(edges.worth.astype(np.float64), np.zeros(n_groups))
    is_used = _optimum(-worth, rules, n_pairs)[:n_pairs] > 0
    columns = np.full(n_needs, -1, dtype=np.int64)
    columns[edges.need[is_used]] = edges.offer[is_used]
    return columns


def _optimum(costs: np.ndarray, rules: list[LinearConstraint], n_pairs: int) -> Integers:
    """Return the whole numbers that cost the least; pairs are taken or not, the places lacking have no upper end."""
    upper = np.append(np.ones(n_pairs), np.full(len(costs) - n_pairs, np.inf))
    solution = milp(
        costs,
        constraints=rules,
        integrality=np.ones(len(costs), dtype=np.int64),
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": 0.0},
    )
    if solution.x is None:
        raise ArithmeticError(f"the floors were not solved: {solution.message}")
    numbers: Integers = np.rint(solution.x).astype(np.int64)
    return numbers
