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
        # One place more than there are offers: the price of having none, which stays 0, is at -1.
        price = np.zeros(len(self.capacities) + 1, dtype=np.int64)
        served_by_offer = np.full(len(self.capacities), -1, dtype=np.int64)
        need, offer, place, surplus = self._moves()
        wanted, starts, sizes = np.unique(offer, return_index=True, return_counts=True)
        while len(wanted):
            gain = surplus + price[place]
            best = np.maximum.reduceat(gain, starts)
            is_better = best > price[wanted]
            if not is_better.any():
                break
            reached = np.flatnonzero(gain == np.repeat(best, sizes))
            first = reached[np.searchsorted(reached, starts)][is_better]
            served = np.where(place[first] >= 0, served_by_offer[place[first]], need[first])
            price[wanted[is_better]] = best[is_better]
            served_by_offer[wanted[is_better]] = served
        return Chains(price=price[:-1], served=served_by_offer)

    def _moves(self) -> tuple[Integers, Integers, Integers, Integers]:
        """Return every move to another offer that is full, by offer, then need: need, offer, present place, and gain."""
        edges = self.edges
        place = self.columns[edges.need]
        is_move = (place != edges.offer) & (self.free_places[edges.offer] <= 0)
        order = np.flatnonzero(is_move)[np.lexsort((edges.need[is_move], edges.offer[is_move]))]
        gain = edges.worth[order] - self._present_worth()[edges.need[order]]
        return edges.need[order], edges.offer[order], place[order], gain

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
