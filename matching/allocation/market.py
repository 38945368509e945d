"""What an allocation chooses from: the best offers of each need, and all pairs behind them where they matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from matching.allocation.edges import Edges, worth_of
from matching.arrays import Floats, Integers, Rows
from matching.candidates import NOT_ELIGIBLE, Candidates, best_above_zero, split_into_blocks
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.urgency import urgency_of

_OUT_OF_REACH: Final = 1 << 40  # a price, in millionths, that no pair is worth


class PairFinder(Protocol):
    """Finds pairs that are worth more than a price."""

    def gaining(
        self, rows: Rows, *, urgency: Floats, price: Integers, surplus: Integers, n_kept: int
    ) -> tuple[Rows, Integers, Floats]:
        """Return needs, offers and scores of the ``n_kept`` pairs of each need that gain most above its surplus."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Needs and offers with what decides who may get which place.

    ``candidates`` holds the best offers of each need, in the order of the needs; the lists may have been cut short.
    ``scores_of`` takes some needs, shape (n_rows,), and returns their scores with all offers, shape (n_rows,
    n_offers), -1 where a pair is not eligible. ``urgency`` has shape (n_needs,), ``capacities`` (n_offers,). Pairs
    below ``minimum_score`` are never allocated. ``finder`` is a quicker way to pairs behind the lists, if there is one.
    """

    candidates: Candidates
    scores_of: Callable[[Rows], Floats]
    urgency: Floats
    capacities: Integers
    minimum_score: float
    finder: PairFinder | None = None

    @property
    def n_needs(self) -> int:
        """How many needs there are."""
        return len(self.urgency)

    def known_edges(self) -> Edges:
        """Return the listed pairs that score enough."""
        candidates = self.candidates
        need, place = np.nonzero((candidates.columns >= 0) & (candidates.scores >= self.minimum_score))
        scores = candidates.scores[need, place]
        return Edges(need=need, offer=candidates.columns[need, place], worth=worth_of(scores, self.urgency[need]))

    def cut_rows(self) -> Rows:
        """Return the needs behind whose list there may be pairs that score enough."""
        candidates = self.candidates
        if not candidates.scores.shape[1]:
            return np.zeros(0, dtype=np.int64)
        rows: Rows = np.flatnonzero(candidates.is_cut & (candidates.scores[:, -1] >= self.minimum_score))
        return rows

    def scores_at(self, columns: Integers) -> Floats:
        """Return the score of each need with an offer; shapes (n_needs,), 0 where the offer is -1."""
        listed = self.candidates.columns == columns[:, None]
        is_listed = listed.any(axis=1) & (columns >= 0)
        scores = np.zeros(len(columns))
        scores[is_listed] = self.candidates.scores[listed & is_listed[:, None]]
        others = np.flatnonzero((columns >= 0) & ~is_listed)
        for block in split_into_blocks(others, n_offers=len(self.capacities)):
            scores[block] = self.scores_of(block)[np.arange(len(block)), columns[block]]
        return scores

    def pairs_above(
        self, price: Integers, least: Integers, *, n_most: int | None = None, n_enough: int | None = None
    ) -> Edges:
        """Return pairs behind the lists that are worth more than the price of their offer and the least of their need.

        Parameters
        ----------
        price : shape (n_offers,)
            In millionths.
        least : shape (n_needs,)
            In millionths; below 0 where a need has a bonus.
        n_most
            How many to return for one need at most, the best first; all where it is None. None is left out where only
            one such pair exists. A pair of the lists may be among them.
        n_enough
            With more than so many in all the search ends early; never where it is None.
        """
        rows = self.cut_rows()
        found = Edges.none()
        if not len(rows):
            return found
        ends = worth_of(self.candidates.scores[rows, -1], self.urgency[rows])
        unproven = rows[ends - price.min() > least[rows]]
        n_offers = len(self.capacities)
        if self.finder is not None and n_most is not None:
            offered = np.where(self.capacities > 0, price, _OUT_OF_REACH)
            need, offer, scores = self.finder.gaining(
                unproven, urgency=self.urgency[unproven], price=offered, surplus=least[unproven], n_kept=n_most
            )
            return Edges(need=need, offer=offer, worth=worth_of(scores, self.urgency[need]))
        for block in split_into_blocks(unproven, n_offers=n_offers):
            scores = self.scores_of(block)
            worth = worth_of(scores, self.urgency[block][:, None])
            gain = np.where(scores >= self.minimum_score, worth - price[None, :] - least[block][:, None], 0)
            gain[:, self.capacities == 0] = 0
            at, column = best_above_zero(gain, n_most or max(1, n_offers))
            found = found.joined(Edges(need=block[at], offer=column, worth=worth[at, column]))
            if n_enough is not None and len(found.need) > n_enough:
                break
        return found


def open_market(
    model: Model, candidates: Candidates, profile: ScoringProfile, *, finder: PairFinder | None = None
) -> Market:
    """Return the market of a pool.

    Parameters
    ----------
    candidates
        The best offers of each need, in the order of the model's needs.
    profile
        The one that the model was made with.
    finder
        A quicker way to pairs behind the lists.
    """

    def scores_of(rows: Rows) -> Floats:
        scores: Floats = np.where(model.eligibility.is_eligible(rows), model.scorer.scores(rows), NOT_ELIGIBLE)
        return scores

    return Market(
        candidates=candidates,
        scores_of=scores_of,
        urgency=urgency_of(model.needs, model.need_stems, is_open=model.eligibility.is_need_open),
        capacities=np.array([offer.capacity for offer in model.offers], dtype=np.int64),
        minimum_score=profile.minimum_score,
        finder=finder,
    )
