"""The best total over known pairs, as a min-cost flow."""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.allocation.edges import Edges
from matching.arrays import Integers


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
