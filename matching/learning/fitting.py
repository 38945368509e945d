"""The fit: the parameters under which decisions are likeliest, and how far the weights could be from them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import minimize

from matching.arrays import Floats
from matching.learning.decisions import Observations
from matching.learning.likelihood import CANDOR, DECAY, LEVEL, N_SHARED, STEEPNESS, USUAL_DECAY, Pull, penalized
from matching.profiles import ScoringProfile
from matching.vocabulary import Component

NINETY_PER_CENT: Final = 1.6448536269514722  # quantile 0.95 of the normal distribution

_BOUNDS: Final = {LEVEL: (-30.0, 30.0), STEEPNESS: (0.0, 200.0), DECAY: (0.0, 5.0), CANDOR: (-12.0, 12.0)}
_STEP: Final = 1e-5


class Interval(NamedTuple):
    """The ends between which a figure lies in 90 of 100 cases."""

    low: float
    high: float


class Intervals(NamedTuple):
    """The intervals of a fit: of each component's share of the weights, in [0, 1], and of the decay of attention."""

    weights: list[Interval]
    decay: Interval


def start(pull: Pull) -> Floats:
    """Return where every fit begins: the current weights, attention as it usually decays; shape (4 + n_components,)."""
    return np.concatenate(([-1.0, 10.0, USUAL_DECAY, 0.0], pull.weights))


def fit(observations: Observations, pull: Pull, *, begin: Floats | None = None) -> Floats:
    """Return the parameters under which the observations are likeliest, the weights drawn to the current ones.

    Parameters
    ----------
    observations
        Any number of them; with none the parameters are what they are drawn to.
    pull
        How strongly; with a spread of 0 the weights stay as they are, and the rest is fitted.
    begin : shape (4 + n_components,), optional
        Where the search begins.

    Returns
    -------
    shape (4 + n_components,)
        No weight below 0.

    References
    ----------
    Byrd, Lu, Nocedal & Zhu (1995), SIAM J. Sci. Comput. 16(5), 1190-1208, for the search.
    """
    first = start(pull) if begin is None else begin
    free = [(0.0, None) if pull.spread > 0 else (weight, weight) for weight in pull.weights.tolist()]
    bounds = [*(_BOUNDS[at] for at in range(N_SHARED)), *free]
    found = minimize(
        penalized,
        first,
        args=(observations, pull),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 1_000, "maxcor": 20, "ftol": 1e-12, "gtol": 1e-6},
    )
    parameters: Floats = np.asarray(found.x, dtype=np.float64)
    return parameters


def shares_of(profile: ScoringProfile) -> Floats:
    """Return the weights of a profile as shares of their sum; shape (n_components,), in [0, 1]."""
    weights: Floats = np.array([profile.weights[component] for component in Component])
    return weights / profile.total_weight


def shares(parameters: Floats) -> Floats:
    """Return the weights as shares of their sum; shape (n_components,), in [0, 1]."""
    weights = parameters[N_SHARED:]
    total = float(weights.sum())
    return weights / total if total > 0 else np.full(len(weights), 1.0 / len(weights))


def intervals(parameters: Floats, observations: Observations, pull: Pull) -> Intervals:
    """Return between which ends each share of the weights lies, and the decay of attention.

    The normal distribution that touches likelihood times prior at its peak; a weight at 0 is taken as if it lay there
    freely, which makes its interval rather too wide.

    Parameters
    ----------
    parameters : shape (4 + n_components,)
        What ``fit`` returned for the same observations and pull; the spread of the pull is above 0.

    References
    ----------
    MacKay (1992), Neural Computation 4(3), 448-472.
    """
    covariance = np.linalg.inv(_curvature(parameters, observations, pull))
    total = max(float(parameters[N_SHARED:].sum()), _STEP)
    found = shares(parameters)
    n = len(found)
    jacobian = (np.eye(n) - np.outer(found, np.ones(n))) / total
    variance = np.diag(jacobian @ covariance[N_SHARED:, N_SHARED:] @ jacobian.T)
    half = NINETY_PER_CENT * np.sqrt(np.maximum(variance, 0.0))
    ends = zip(np.maximum(found - half, 0.0).tolist(), np.minimum(found + half, 1.0).tolist(), strict=True)
    middle, spread = float(parameters[DECAY]), NINETY_PER_CENT * float(np.sqrt(max(covariance[DECAY, DECAY], 0.0)))
    return Intervals([Interval(*pair) for pair in ends], Interval(max(middle - spread, 0.0), middle + spread))


def _curvature(parameters: Floats, observations: Observations, pull: Pull) -> Floats:
    """Return the second derivatives of what the fit makes small: differences of the gradient, made symmetric."""
    n = len(parameters)
    rows = []
    for at in range(n):
        step = np.zeros(n)
        step[at] = _STEP * max(1.0, abs(float(parameters[at])))
        ahead, behind = (penalized(parameters + way * step, observations, pull)[1] for way in (1.0, -1.0))
        rows.append((ahead - behind) / (2.0 * step[at]))
    curvature = np.array(rows)
    symmetric: Floats = (curvature + curvature.T) / 2.0
    values, vectors = np.linalg.eigh(symmetric)
    # Away from an inner peak a direction may curve the other way; it is then as open as the prior leaves it.
    bent: Floats = (vectors * np.maximum(values, 1.0 / max(pull.spread, 1.0) ** 2)) @ vectors.T
    return bent
