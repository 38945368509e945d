"""Calibration: whether of the pairs that are said to fit with a chance of a half one in two fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Bools, Floats

MAX_BINS: Final = 10
_FEWEST_IN_BIN: Final = 20
_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Pairs that are said to fit with about the same chance.

    ``n_seen`` is how many of the ``n_decisions`` were looked at, in expectation; ``expected`` is the mean chance to fit that
    they were given, ``observed`` the share that was taken of those looked at, ``error`` its standard error.
    """

    n_decisions: int
    n_seen: float
    expected: float
    observed: float
    error: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins from the lowest chance to the highest, and the mean distance of observed from expected, in [0, 1]."""

    bins: tuple[ReliabilityBin, ...]
    error: float


def calibrate(fits: Floats, seen: Floats, is_taken: Bools) -> Calibration:
    """Return how the chances that pairs were given compare with what came of them.

    What stands far down a list is taken less often because fewer people look there: each pair counts with the chance that
    it was looked at, and so does each expectation.

    Parameters
    ----------
    fits : shape (n,)
        The chance that the pair fits, in [0, 1], given without knowledge of the answer; at least one.
    seen : shape (n,)
        The chance that its place was looked at, in [0, 1].
    is_taken : shape (n,)

    Returns
    -------
    Calibration
        At most ten bins of about as many pairs each, none of fewer than twenty where there are as many.

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), AAAI 2015, 2901-2907, for the expected calibration error.

    Examples
    --------
    >>> calibrate(np.full(40, 0.5), np.ones(40), np.arange(40) < 30).error
    0.25
    """
    order = np.argsort(fits, kind="stable")
    n_bins = max(1, min(MAX_BINS, len(fits) // _FEWEST_IN_BIN))
    bins = [_bin(fits[at], seen[at], is_taken[at]) for at in np.array_split(order, n_bins)]
    n_seen = sum(part.n_seen for part in bins)
    away = sum(part.n_seen * abs(part.observed - part.expected) for part in bins)
    return Calibration(tuple(bins), away / max(n_seen, _LEAST))


def _bin(fits: Floats, seen: Floats, is_taken: Bools) -> ReliabilityBin:
    n_seen = max(float(seen.sum()), _LEAST)
    expected, observed = float((seen * fits).sum()) / n_seen, float(is_taken.sum()) / n_seen
    chance = seen * fits
    return ReliabilityBin(
        n_decisions=len(fits),
        n_seen=n_seen,
        expected=expected,
        observed=observed,
        error=float(np.sqrt((chance * (1.0 - chance)).sum())) / n_seen,
    )
