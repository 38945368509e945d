"""Allocation: who gets which place, at the best total over the whole pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.arrays import Floats, Integers, Rows
from matching.candidates import Candidates

MILLIONTHS: Final = 1_000_000
LEAST_WORTH: Final = 1  # a millionth
URGENCY: Final[Mapping[int, float]] = {1: 0.8, 2: 0.9, 3: 1.0, 4: 1.1, 5: 1.2}
"""How much a place counts for a need, by its priority: it moves places between needs, not the order of offers."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs that may be allocated, one row each.

    ``need``, ``offer`` and ``worth`` have shape (n_edges,); ``worth`` is the score times the urgency, in millionths.
    """

    need: Integers
    offer: Integers
    worth: Integers

    @classmethod
    def none(cls) -> Edges:
        """Return no pair."""
        return cls(*(np.zeros(0, dtype=np.int64) for _ in range(3)))

    def joined(self, other: Edges) -> Edges:
        """Return these pairs and others, which must be different ones."""
        return Edges(
            need=np.concatenate([self.need, other.need]),
            offer=np.concatenate([self.offer, other.offer]),
            worth=np.concatenate([self.worth, other.worth]),
        )


def worth_of(scores: Floats, priorities: Integers) -> Integers:
    """Return what each pair counts in the allocation, in millionths.

    Parameters
    ----------
    scores : any shape
        In [0, 1].
    priorities : a shape that broadcasts against the scores
        1-5, of the need of each pair.

    Returns
    -------
    the shape of the scores
        At least ``LEAST_WORTH``: a pair that may be allocated is better than no pair.
    """
    worth: Integers = np.maximum(np.rint(scores * urgency_of(priorities) * MILLIONTHS).astype(np.int64), LEAST_WORTH)
    return worth


def urgency_of(priorities: Integers) -> Floats:
    """Return how much a place counts for needs of some priorities, 1-5, in arrays of any shape."""
    factors: Floats = np.array([URGENCY[level] for level in range(1, 6)])[priorities - 1]
    return factors


def allocate(edges: Edges, capacities: Integers, *, n_needs: int) -> Integers:
    """Return the offer of each need in an allocation of the best total worth.

    Each need gets at most one place and each offer gives at most its capacity. A min-cost flow from the needs to the
    offers, with a way out of worth 0 for every need.

    Parameters
    ----------
    edges
        The pairs that may be allocated.
    capacities : shape (n_offers,)
        Places of each offer, at least 0.

    Returns
    -------
    shape (n_needs,)
        The position of the offer, -1 for a need without a place.

    References
    ----------
    Ahuja, Magnanti & Orlin (1993), Network Flows, chapter 9; solved with OR-Tools' cost-scaling push-relabel.

    Examples
    --------
    >>> edges = Edges(need=np.array([0, 0, 1]), offer=np.array([0, 1, 0]), worth=np.array([9, 8, 7]))
    >>> allocate(edges, np.array([1, 1]), n_needs=2).tolist()
    [1, 0]
    """
    chosen = np.full(n_needs, -1, dtype=np.int64)
    if not len(edges.need):
        return chosen
    n_offers = len(capacities)
    sink = n_needs + n_offers
    needs, offers = np.arange(n_needs), np.arange(n_offers)
    tails = np.concatenate([edges.need, needs, n_needs + offers])
    heads = np.concatenate([n_needs + edges.offer, np.full(n_needs, sink), np.full(n_offers, sink)])
    room = np.concatenate([np.ones(len(edges.need) + n_needs, dtype=np.int64), np.minimum(capacities, n_needs)])
    costs = np.concatenate([-edges.worth, np.zeros(n_needs + n_offers, dtype=np.int64)])
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    flow.set_nodes_supplies(np.append(needs, sink), np.append(np.ones(n_needs, dtype=np.int64), -n_needs))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the allocation was not solved to optimality: {status}")
    used = flow.flows(arcs[: len(edges.need)]) > 0
    chosen[edges.need[used]] = edges.offer[used]
    return chosen


@dataclass(frozen=True, slots=True)
class Chains:
    """What one more place of each offer is worth, and whom it would serve.

    ``price`` has shape (n_offers,): the gain of the total in millionths, 0 where a place is free. ``served`` has shape
    (n_offers,): the need that would have a place beside the others, -1 where none would.
    """

    price: Integers
    served: Integers


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who got which place: ``columns`` has shape (n_needs,), -1 without a place; ``edges`` were open to choice."""

    columns: Integers
    edges: Edges
    capacities: Integers

    @property
    def free_places(self) -> Integers:
        """How many places of each offer are left; shape (n_offers,)."""
        taken = np.bincount(self.columns[self.columns >= 0], minlength=len(self.capacities))
        return self.capacities - taken

    def chains(self) -> Chains:
        """Return what one more place of each offer would change.

        An extra place goes to the best chain of moves: a need moves to it, another to the place that became free, and
        so on, until a need without a place is served or a place stays free. What a chain is worth is the longest way
        in the residual network, which has no gaining circle since the allocation is at its optimum; it is found for
        all offers at once by repeated relaxation (Bellman-Ford). These worths are the lowest prices at which every
        need would choose the place it has.

        References
        ----------
        Demange, Gale & Sotomayor (1986), Journal of Political Economy 94(4), 863-872.
        """
        edges = self.edges
        price = np.zeros(len(self.capacities), dtype=np.int64)
        served_by_offer = np.full(len(self.capacities), -1, dtype=np.int64)
        place = self.columns[edges.need]
        is_move = (place != edges.offer) & (self.free_places[edges.offer] <= 0)
        need, offer, place = edges.need[is_move], edges.offer[is_move], place[is_move]
        surplus = edges.worth[is_move] - self._present_worth()[need]
        has_place = place >= 0
        while True:
            gain = surplus + np.where(has_place, price[place], 0)
            served = np.where(has_place, served_by_offer[place], need)
            order = np.lexsort((need, -gain, offer))
            first = order[np.unique(offer[order], return_index=True)[1]]
            better = first[gain[first] > price[offer[first]]]
            if not len(better):
                return Chains(price=price, served=served_by_offer)
            price[offer[better]] = gain[better]
            served_by_offer[offer[better]] = served[better]

    def surplus(self, price: Integers) -> Integers:
        """Return how much more than its price the best place is worth to each need, at least 0; shape (n_needs,)."""
        surplus = np.zeros(len(self.columns), dtype=np.int64)
        np.maximum.at(surplus, self.edges.need, self.edges.worth - price[self.edges.offer])
        return surplus

    def _present_worth(self) -> Integers:
        """Return what each need has now, 0 without a place; shape (n_needs,)."""
        edges = self.edges
        is_used = self.columns[edges.need] == edges.offer
        worth = np.zeros(len(self.columns), dtype=np.int64)
        worth[edges.need[is_used]] = edges.worth[is_used]
        return worth


Missing = Callable[[Rows, Integers, Integers], Edges]
"""Returns for some needs pairs that are worth more than the price of the offer and the need's surplus together.

Takes the needs in ascending order, shape (n_rows,), the price of every offer, shape (n_offers,), and the surplus of those needs, shape
(n_rows,); none is left out where only one such pair exists, and none is returned where no pair is.
"""


def allocate_exactly(
    candidates: Candidates,
    find_missing: Missing,
    *,
    priorities: Integers,
    capacities: Integers,
    minimum_score: float,
) -> Allocation:
    """Return the best allocation over all eligible pairs from lists that may have been cut short.

    Once the known pairs are allocated, every offer has a price and every need a surplus. A pair that was cut off can
    only matter where it is worth more than the two together; by the theorem of complementary slackness the allocation
    is the best over all pairs when no such pair exists. Needs for which the end of the list does not prove that are
    asked for such pairs, and the allocation is done again with them.

    Parameters
    ----------
    candidates
        The best offers of each need, in the order of the needs.
    find_missing
        Finds pairs behind the cut that matter.
    priorities, capacities : shape (n_needs,), (n_offers,)
    minimum_score
        Pairs below it are never allocated.

    References
    ----------
    Ahuja, Magnanti & Orlin (1993), Network Flows, chapters 9 and 17 (optimality conditions, column generation).
    """
    edges = _edges(candidates, priorities, minimum_score)
    open_rows = _cut_rows(candidates, minimum_score)
    ends = worth_of(candidates.scores[:, -1], priorities) if candidates.scores.shape[1] else np.zeros(0, dtype=np.int64)
    while True:
        chosen = allocate(edges, capacities, n_needs=len(priorities))
        allocation = Allocation(columns=chosen, edges=edges, capacities=capacities)
        if not len(open_rows):
            return allocation
        price = allocation.chains().price
        surplus = allocation.surplus(price)
        unproven = open_rows[ends[open_rows] - price.min() > surplus[open_rows]]
        missing = find_missing(unproven, price, surplus[unproven])
        if not len(missing.need):
            return allocation
        edges = edges.joined(missing)


def _edges(candidates: Candidates, priorities: Integers, minimum_score: float) -> Edges:
    """Return the listed pairs that score enough."""
    need, place = np.nonzero((candidates.columns >= 0) & (candidates.scores >= minimum_score))
    scores = candidates.scores[need, place]
    return Edges(need=need, offer=candidates.columns[need, place], worth=worth_of(scores, priorities[need]))


def _cut_rows(candidates: Candidates, minimum_score: float) -> Rows:
    """Return the needs behind whose list there may be pairs that score enough."""
    if not candidates.scores.shape[1]:
        return np.zeros(0, dtype=np.int64)
    rows: Rows = np.flatnonzero(candidates.is_cut & (candidates.scores[:, -1] >= minimum_score))
    return rows
