"""Other rules, to be compared with: needs served one after another, and an allocation that no pair would break up."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.allocation.edges import MILLIONTHS, Edges, worth_of
from matching.allocation.market import Market
from matching.allocation.prices import Allocation, Chains
from matching.arrays import Integers
from matching.vocabulary import AllocationRule

_NOWHERE: Final = np.iinfo(np.int64).max


def allocate_greedily(market: Market) -> OneByOne:
    """Return what a dispatcher would do who serves the needs one after another.

    The most urgent needs come first, among equally urgent ones the one with the best first offer, ties by need id. Each
    takes the offer with the best score of those that have a place left, ties by offer id.
    """
    lists = _Lists(market)
    first = market.candidates.scores[:, 0] if market.candidates.scores.shape[1] else np.zeros(market.n_needs)
    order = np.lexsort((np.arange(market.n_needs), -first, -market.urgency))
    places = market.capacities.tolist()
    columns = np.full(market.n_needs, -1, dtype=np.int64)
    for row in order.tolist():
        for column, _ in lists.of(row):
            if places[column] > 0:
                places[column] -= 1
                columns[row] = column
                break
    turn = np.empty(market.n_needs, dtype=np.int64)
    turn[order] = np.arange(market.n_needs)
    edges, _ = lists.seen(columns)
    return OneByOne(
        columns=columns,
        edges=edges,
        capacities=market.capacities,
        rule=AllocationRule.GREEDY,
        standing=turn[edges.need],
    )


def allocate_stably(market: Market) -> OneByOne:
    """Return an allocation in which no need and offer would both rather have each other.

    Deferred acceptance: every need asks its best offer; an offer keeps the best of those that ask, up to its capacity,
    and turns the others away, who ask their next. Both sides rank by score, ties by id; an offer would rather serve
    somebody than nobody, and a need rather have an offer than none, as far as they score enough.

    References
    ----------
    Gale & Shapley (1962), American Mathematical Monthly 69(1), 9-15; with capacities as in Roth & Sotomayor (1990),
    Two-Sided Matching, chapter 5. The package ``matching`` on PyPI does the same and fails with RecursionError at 400
    needs and 400 offers.
    """
    lists = _Lists(market)
    asking = [lists.of(row) for row in range(market.n_needs)]
    kept: list[list[tuple[int, int]]] = [[] for _ in market.capacities]
    for start in range(market.n_needs):
        row = start
        for column, score in iter(lambda: next(asking[row], None), None):  # noqa: B023 – the one who asks changes
            heapq.heappush(kept[column], (score, -row))
            if len(kept[column]) <= market.capacities[column]:
                break
            row = -heapq.heappop(kept[column])[1]
    columns = np.full(market.n_needs, -1, dtype=np.int64)
    for column, holders in enumerate(kept):
        columns[[-row for _, row in holders]] = column
    edges, scores = lists.seen(columns)
    standing = edges.need - scores * market.n_needs
    return OneByOne(
        columns=columns, edges=edges, capacities=market.capacities, rule=AllocationRule.STABLE, standing=standing
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OneByOne(Allocation):
    """An allocation in which needs take offers in the order of their lists, and offers needs by their standing.

    ``edges`` holds for each need the offers down to the one it has, in the order of its list; all where it has none.
    ``standing`` has shape (n_edges,): of the needs that would have its place, an offer takes the one where it is lowest.
    """

    standing: Integers

    def chains(self) -> Chains:
        """Return whom one more place of each offer would serve: the same rule with that place serves it as well.

        The place goes to the need of the lowest standing that would rather have it than what it has; the place that
        becomes free goes on in the same way. No price belongs to that; it is 0.

        References
        ----------
        Blum, Roth & Rothblum (1997), Journal of Economic Theory 76(2), 362-411 (vacancy chains).
        """
        rank = _ranks(self.edges.need)
        place_rank = np.full(len(self.columns), _NOWHERE)
        is_place = self.columns[self.edges.need] == self.edges.offer
        place_rank[self.edges.need[is_place]] = rank[is_place]
        order = np.lexsort((self.standing, self.edges.offer))
        wanting: dict[int, list[tuple[int, int]]] = {}
        for at in order[~is_place[order]].tolist():
            wanting.setdefault(int(self.edges.offer[at]), []).append((int(self.edges.need[at]), int(rank[at])))
        served = np.full(len(self.capacities), -1, dtype=np.int64)
        for offer in np.flatnonzero(self.free_places <= 0).tolist():
            served[offer] = self._served_by(offer, wanting, place_rank)
        return Chains(price=np.zeros(len(self.capacities), dtype=np.int64), served=served)

    def _served_by(self, offer: int, wanting: dict[int, list[tuple[int, int]]], place_rank: Integers) -> int:
        """Return the need without a place to which a chain of moves from a free place leads, -1 where to none."""
        moved: dict[int, tuple[int, int]] = {}
        while offer >= 0:
            for need, rank in wanting.get(offer, ()):
                place, held = moved.get(need, (int(self.columns[need]), int(place_rank[need])))
                if rank < held:
                    break
            else:
                return -1
            moved[need] = (offer, rank)
            offer = place
        return need


class _Lists:
    """The offers of each need that score enough, the best first: those listed, and behind them all others when asked."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._cut = set(market.cut_rows().tolist())
        self._whole: dict[int, list[tuple[int, int]]] = {}

    def of(self, row: int) -> Iterator[tuple[int, int]]:
        """Yield the offers of a need with their scores in millionths; those behind the list are looked for when due."""
        listed = self._listed(row)
        yield from listed
        if row in self._cut:
            self._whole.setdefault(row, self._all(row))
            yield from self._whole[row][len(listed) :]

    def seen(self, columns: Integers) -> tuple[Edges, Integers]:
        """Return for each need the pairs down to the one it has, in the order of its list, and their scores."""
        found: list[tuple[int, int, int]] = []
        for row, place in enumerate(columns.tolist()):
            for column, score in self.of(row):
                found.append((row, column, score))
                if column == place:
                    break
        need, offer, scores = np.array(found, dtype=np.int64).reshape(-1, 3).T
        worth = worth_of(scores / MILLIONTHS, self._market.urgency[need])
        return Edges(need=need, offer=offer, worth=worth), scores

    def _listed(self, row: int) -> list[tuple[int, int]]:
        candidates, minimum = self._market.candidates, self._market.minimum_score
        scores = candidates.scores[row]
        n_enough = int(((candidates.columns[row] >= 0) & (scores >= minimum)).sum())
        columns = candidates.columns[row, :n_enough].tolist()
        return list(zip(columns, np.rint(scores[:n_enough] * MILLIONTHS).astype(np.int64).tolist(), strict=True))

    def _all(self, row: int) -> list[tuple[int, int]]:
        scores = self._market.scores_of(np.array([row]))[0]
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] >= self._market.minimum_score]
        return list(zip(order.tolist(), np.rint(scores[order] * MILLIONTHS).astype(np.int64).tolist(), strict=True))


def _ranks(needs: Integers) -> Integers:
    """Return the place of each pair among those of its need, which stand together; from 0."""
    starts = np.searchsorted(needs, needs)
    ranks: Integers = np.arange(len(needs)) - starts
    return ranks
