"""Small markets with all their scores at hand, and the best that trying everything finds in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from matching.allocation import Market, worth_of
from matching.candidates import Candidates
from matching.groups import Floors


def make_market(
    scores: Sequence[Sequence[float]] | np.ndarray,
    capacities: Sequence[int],
    *,
    urgency: Sequence[float] | None = None,
    n_kept: int | None = None,
    minimum_score: float = 0.2,
) -> Market:
    """Return a market of these scores, -1 where a pair is not eligible; each list holds the ``n_kept`` best."""
    table = np.array(scores, dtype=np.float64)
    n_needs, n_offers = table.shape
    order = np.argsort(-table, axis=1, kind="stable")[:, : n_kept or n_offers]
    best = np.take_along_axis(table, order, axis=1)
    return Market(
        candidates=Candidates(columns=np.where(best >= 0, order, -1), scores=best, n_eligible=(table >= 0).sum(axis=1)),
        scores_of=lambda rows: table[rows],
        urgency=np.ones(n_needs) if urgency is None else np.array(urgency),
        capacities=np.array(capacities),
        minimum_score=minimum_score,
    )


def make_floors(members: Sequence[Sequence[bool]] | np.ndarray, needed: Sequence[int] | np.ndarray) -> Floors:
    """Return floors for groups of these members, named A, B, and so on."""
    groups = tuple("ABCDEFGH"[: len(needed)])
    return Floors(
        groups=groups,
        shares=(1.0,) * len(groups),
        members=np.array(members, dtype=np.bool_),
        needed=np.array(needed, dtype=np.int64),
        n_by_id_only=(0,) * len(groups),
    )


def random_market(seed: int, *, n_needs: int = 5, n_offers: int = 4) -> tuple[np.ndarray, Market]:
    """Return the scores and the market of a seed: gaps, ties, urgency, empty offers, and lists cut short."""
    chance = np.random.default_rng(seed)
    scores = np.round(chance.random((n_needs, n_offers)), int(chance.choice([1, 6])))
    scores[chance.random(scores.shape) < 0.3] = -1.0
    market = make_market(
        scores,
        chance.integers(0, 3, n_offers).tolist(),
        urgency=chance.choice([0.8, 0.9, 1.0, 1.1, 1.2], n_needs).tolist(),
        n_kept=int(chance.integers(1, n_offers + 1)),
    )
    return scores, market


def every_allocation(scores: np.ndarray, market: Market) -> Iterator[np.ndarray]:
    """Yield every way to give each need one offer that scores enough, or none, within the capacities."""
    n_needs, n_offers = scores.shape
    choices = [
        [-1, *(at for at in range(n_offers) if scores[row, at] >= market.minimum_score)] for row in range(n_needs)
    ]
    for chosen in product(*choices):
        if all(chosen.count(offer) <= market.capacities[offer] for offer in range(n_offers)):
            yield np.array(chosen, dtype=np.int64)


def worth_in(scores: np.ndarray, market: Market, columns: np.ndarray) -> int:
    """Return what an allocation is worth in all, in millionths."""
    rows = np.flatnonzero(columns >= 0)
    return int(worth_of(scores[rows, columns[rows]], market.urgency[rows]).sum())
