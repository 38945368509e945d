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


def worth_of(scores: Floats, priorities: Integers) -> Integers:
    """Return what each pair counts in the allocation, in millionths.

    Parameters
    ----------
    scores : shape (n_edges,)
        In [0, 1].
    priorities : shape (n_edges,)
        1-5, of the need of each pair.
    """
    factor = np.array([URGENCY[level] for level in range(1, 6)])[priorities - 1]
    worth: Integers = np.rint(scores * factor * MILLIONTHS).astype(np.int64)
    return worth


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

    def served_by_one_more_place(self) -> Integers:
        """Return for each offer which need would be served beside the others if it had one place more.

        An extra place goes to the best chain of moves that ends with a need without a place. What a chain is worth is
        the longest way in the residual network, which has no gaining circle since the allocation is at its optimum;
        it is found for all offers at once by repeated relaxation (Bellman-Ford).

        Returns
        -------
        shape (n_offers,)
            The position of the need, -1 where one more place would serve nobody.
        """
        edges = self.edges
        gain_by_offer = np.zeros(len(self.capacities), dtype=np.int64)
        served_by_offer = np.full(len(self.capacities), -1, dtype=np.int64)
        place = self.columns[edges.need]
        is_other = place != edges.offer
        need, offer, place = edges.need[is_other], edges.offer[is_other], place[is_other]
        surplus = edges.worth[is_other] - self._present_worth()[need]
        has_place = place >= 0
        is_full = self.free_places <= 0
        while True:
            gain = surplus + np.where(has_place, gain_by_offer[place], 0)
            served = np.where(has_place, served_by_offer[place], need)
            order = np.lexsort((need, -gain, offer))
            first = order[np.unique(offer[order], return_index=True)[1]]
            better = first[(gain[first] > gain_by_offer[offer[first]]) & is_full[offer[first]] & (served[first] >= 0)]
            if not len(better):
                return served_by_offer
            gain_by_offer[offer[better]] = gain[better]
            served_by_offer[offer[better]] = served[better]

    def _present_worth(self) -> Integers:
        """Return what each need has now, 0 without a place; shape (n_needs,)."""
        edges = self.edges
        is_used = self.columns[edges.need] == edges.offer
        worth = np.zeros(len(self.columns), dtype=np.int64)
        worth[edges.need[is_used]] = edges.worth[is_used]
        return worth


def allocate_exactly(
    candidates: Candidates,
    widen: Callable[[Rows, int], Candidates],
    *,
    priorities: Integers,
    capacities: Integers,
    minimum_score: float,
) -> Allocation:
    """Return the best allocation over all eligible pairs from lists that may have been cut short.

    A cut list is enough when one of its usable offers still has a free place: nothing behind the cut scores more than
    that offer, whose place costs nothing, so no other offer could serve the need better. Where that proof fails, the
    list of the need is made four times as long and the allocation is done again.

    Parameters
    ----------
    candidates
        The best offers of each need, in the order of the needs.
    widen
        Returns candidates again for some needs, with a longer list.
    priorities, capacities : shape (n_needs,), (n_offers,)
    minimum_score
        Pairs below it are never allocated.
    """
    n_kept = candidates.columns.shape[1]
    lists = [(candidates.columns[row], candidates.scores[row]) for row in range(len(priorities))]
    n_eligible = candidates.n_eligible
    while True:
        edges = _edges(lists, priorities, minimum_score)
        chosen = allocate(edges, capacities, n_needs=len(priorities))
        allocation = Allocation(columns=chosen, edges=edges, capacities=capacities)
        unproven = _unproven(lists, n_eligible, allocation, minimum_score)
        if not len(unproven):
            return allocation
        n_kept *= 4
        wider = widen(unproven, n_kept)
        for at, row in enumerate(unproven):
            lists[row] = (wider.columns[at], wider.scores[at])


def _edges(lists: list[tuple[Integers, Floats]], priorities: Integers, minimum_score: float) -> Edges:
    need = np.concatenate([np.full(len(columns), row) for row, (columns, _) in enumerate(lists)] or [np.zeros(0)])
    need = need.astype(np.int64)
    offer = np.concatenate([columns for columns, _ in lists] or [np.zeros(0, dtype=np.int64)])
    scores = np.concatenate([scores for _, scores in lists] or [np.zeros(0)])
    is_usable = (offer >= 0) & (scores >= minimum_score)
    need, offer, scores = need[is_usable], offer[is_usable], scores[is_usable]
    return Edges(need=need, offer=offer, worth=worth_of(scores, priorities[need]))


def _unproven(
    lists: list[tuple[Integers, Floats]], n_eligible: Integers, allocation: Allocation, minimum_score: float
) -> Rows:
    """Return the needs whose list was cut before an offer with a free place, and might matter."""
    is_cut = np.array([n_eligible[row] > len(columns) for row, (columns, _) in enumerate(lists)], dtype=np.bool_)
    ends = np.array([scores[-1] if len(scores) else 0.0 for _, scores in lists])
    has_room = np.zeros(len(lists), dtype=np.bool_)
    edges = allocation.edges
    has_room[edges.need[allocation.free_places[edges.offer] > 0]] = True
    unproven: Rows = np.flatnonzero(is_cut & (ends >= minimum_score) & ~has_room)
    return unproven
