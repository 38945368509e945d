"""How good a ranking is, measured against graded judgements and against matches that really came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Floats


def dcg_at_k(gains: Floats, k: int) -> float:
    """Return the discounted cumulative gain of a ranking.

    Parameters
    ----------
    gains : shape (n_ranked,)
        Linear gain in ranked order, at least 0.
    k
        Number of places that count, at least 1.

    Returns
    -------
    float
        At least 0.

    References
    ----------
    Järvelin & Kekäläinen (2002), ACM TOIS 20(4), 422-446.

    Examples
    --------
    >>> dcg_at_k(np.array([3.0, 1.0]), k=1)
    3.0
    """
    counted = gains[:k]
    return float(np.sum(counted / np.log2(np.arange(2, len(counted) + 2))))


def ndcg_at_k(gains: Floats, ideal: Floats, k: int) -> float:
    """Return how close a ranking is to the best possible one.

    Parameters
    ----------
    gains : shape (n_ranked,)
        Linear gain in ranked order, at least 0.
    ideal : shape (n_judged,)
        The gains of everything that could have been ranked, in any order.
    k
        Number of places that count, at least 1.

    Returns
    -------
    float
        In [0, 1]; 0 when nothing is relevant.

    References
    ----------
    Järvelin & Kekäläinen (2002), ACM TOIS 20(4), 422-446.

    Examples
    --------
    >>> ndcg_at_k(np.array([3.0, 0.0]), ideal=np.array([0.0, 3.0]), k=2)
    1.0
    """
    best = dcg_at_k(np.sort(ideal)[::-1], k)
    return dcg_at_k(gains, k) / best if best > 0 else 0.0


N_NEAR: Final = 10  # a reader looks at the first ten


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuality:
    """How a set of rankings fares against graded judgements.

    ``ndcg`` is the mean over the judged needs in [0, 1]; ``judged_share`` is the mean share of the first k places that
    anybody judged: what nobody judged counts 0, so a low share makes the figure a lower bound.
    """

    ndcg: float
    judged_share: float
    n_needs: int
    ndcg_by_need_id: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkQuality:
    """Where the pairs that really came about stand in the rankings; rank 0 where the pair is not ranked."""

    share_in_first_ten: float
    mean_reciprocal_rank: float
    rank_by_pair: Mapping[tuple[str, str], int]


def measure_judged(
    rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Mapping[str, float]], *, k: int = 10
) -> JudgedQuality:
    """Return the nDCG of rankings of eligible offers.

    Parameters
    ----------
    rankings
        By need id, all its eligible offers, best first; offers that are not eligible are left out here, and with that
        from the ideal as well.
    judgements
        By need id and offer id, the grade, at least 0.
    k
        Number of places that count, at least 1.
    """
    values: dict[str, float] = {}
    shares: list[float] = []
    for need_id, grades in judgements.items():
        ranked = list(rankings.get(need_id, ()))
        gains = np.array([grades.get(offer_id, 0.0) for offer_id in ranked])
        eligible = set(ranked)
        ideal = np.array([grade for offer_id, grade in grades.items() if offer_id in eligible])
        values[need_id] = ndcg_at_k(gains, ideal, k)
        shares.append(float(np.mean([offer_id in grades for offer_id in ranked[:k]])) if ranked else 0.0)
    return JudgedQuality(
        ndcg=float(np.mean(list(values.values()))) if values else 0.0,
        judged_share=float(np.mean(shares)) if shares else 0.0,
        n_needs=len(values),
        ndcg_by_need_id=values,
    )


def measure_links(rankings: Mapping[str, Sequence[str]], links: Sequence[tuple[str, str]]) -> LinkQuality:
    """Return where pairs that came about stand, by need id and offer id."""
    ranks = {(need_id, offer_id): _rank(offer_id, rankings.get(need_id, ())) for need_id, offer_id in links}
    found = np.array(list(ranks.values()), dtype=np.float64)
    is_near = (found >= 1) & (found <= N_NEAR)
    reciprocal = np.divide(1.0, found, out=np.zeros_like(found), where=found > 0)
    return LinkQuality(
        share_in_first_ten=float(is_near.mean()) if len(found) else 0.0,
        mean_reciprocal_rank=float(reciprocal.mean()) if len(found) else 0.0,
        rank_by_pair=ranks,
    )


def _rank(offer_id: str, ranked: Sequence[str]) -> int:
    return next((at for at, other in enumerate(ranked, start=1) if other == offer_id), 0)
