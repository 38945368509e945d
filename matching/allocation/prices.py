"""Who got which place, and what one more place of each offer would change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.allocation.edges import Edges
from matching.arrays import Integers
from matching.vocabulary import AllocationRule


@dataclass(frozen=True, slots=True)
class Chains:
    """What one more place of each offer is worth, and whom it would serve.

    ``price`` has shape (n_offers,): the gain of the total in millionths, 0 where a place is free. ``served`` has shape
    (n_offers,): the need that would have a place beside the others, -1 where none would.
    """

    price: Integers
    served: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Who got which place: ``columns`` has shape (n_needs,), -1 without a place; ``edges`` were open to choice."""

    columns: Integers
    edges: Edges
    capacities: Integers
    rule: AllocationRule = AllocationRule.OPTIMAL

    @property
    def free_places(self) -> Integers:
        """How many places of each offer are left; shape (n_offers,)."""
        taken = np.bincount(self.columns[self.columns >= 0], minlength=len(self.capacities))
        return self.capacities - taken

    @property
    def total(self) -> int:
        """What all places together are worth, in millionths."""
        return int(self._present_worth().sum())

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
