"""How likely decisions are: that somebody looked at a place of the list, that the pair fits, and that a no was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.special import expit, log_expit

from matching.arrays import Floats
from matching.learning.decisions import Observations

# The places of the parameters; the weights follow.
LEVEL: Final = 0
STEEPNESS: Final = 1
DECAY: Final = 2
CANDOR: Final = 3
N_SHARED: Final = 4

MIDDLE: Final = 0.5
"""The level is the logit of a pair whose components all are in the middle."""

USUAL_DECAY: Final = 1.0
"""The usual assumption: the chance that a place is looked at is 1 over its rank."""

_LEVEL_SPREAD: Final = 5.0  # of a logit
_USUAL_STEEPNESS: Final = 10.0  # a score 0.1 higher, and the odds that the pair fits are e times as high
_STEEPNESS_SPREAD: Final = 10.0
_DECAY_SPREAD: Final = 0.5
_CANDOR_SPREAD: Final = 2.0  # of a logit
_LEAST: Final = 1e-12  # nothing is impossible


@dataclass(frozen=True, slots=True)
class Pull:
    """How strongly the weights are drawn to those of the current profile.

    ``weights`` has shape (n_components,), at least 0, and adds up to 1. ``spread`` is how far a weight lies from them as a
    rule, above 0; with 0 they stay as they are.
    """

    weights: Floats
    spread: float


class Chances(NamedTuple):
    """What parameters say of each observation; each of shape (n,), in [0, 1].

    ``fits`` is the chance that the pair fits, ``seen`` that its place was looked at.
    """

    fits: Floats
    seen: Floats


def to_chance(logit: float) -> float:
    """Return the chance in (0, 1) of which a number is the logit.

    Examples
    --------
    >>> to_chance(0.0)
    0.5
    """
    return float(expit(logit))


def score(parameters: Floats, observations: Observations) -> Floats:
    """Return the sum of weight times component of each observation; shape (n,)."""
    # Not through BLAS, whose sums depend on how many threads it runs.
    total: Floats = np.einsum("ij,j->i", observations.values, parameters[N_SHARED:])
    return total


def chances(parameters: Floats, observations: Observations) -> Chances:
    """Return how likely it is that each pair fits, and that it was looked at before anybody answered.

    Parameters
    ----------
    parameters : shape (4 + n_components,)
        The logit at a score of a half, the steepness, the decay of attention with the rank, the logit of the share of
        those who say so when a pair does not fit, and the weights.
    observations
        n of them.

    Returns
    -------
    Chances
        Each of shape (n,). In a list that was worked through all were looked at.
    """
    decayed = np.exp(-parameters[DECAY] * observations.log_ranks)
    return Chances(
        fits=expit(_logits(parameters, observations)),
        seen=np.where(observations.is_known_seen, 1.0, decayed),
    )


def log_likelihood(parameters: Floats, observations: Observations) -> Floats:
    """Return the logarithm of how likely each answer is.

    A pair is taken where it was looked at and fits; it is declined where it was looked at, does not fit, and somebody says
    so; else no word comes. In a list that was worked through it counts alone whether the pair fits.

    Parameters
    ----------
    parameters : shape (4 + n_components,)
    observations
        n of them.

    Returns
    -------
    shape (n,)
        At most 0.

    References
    ----------
    Richardson, Dominowska & Ragno (2007), WWW 2007, 521-530, for the chance to be looked at; Wang et al. (2018), WSDM
    2018, 610-618, for fitting it together with the ranking.
    """
    logits = _logits(parameters, observations)
    log_looked, log_candor = _log_looked(parameters, observations), _log_candor(parameters, observations)
    unanswered = _unanswered(parameters, observations)
    return np.select(
        [observations.is_taken, observations.is_declined],
        [log_looked + log_expit(logits), log_looked + log_expit(-logits) + log_candor],
        default=np.log(unanswered),
    )


def penalized(parameters: Floats, observations: Observations, pull: Pull) -> tuple[float, Floats]:
    """Return what the fit makes as small as it can, and its gradient.

    Parameters
    ----------
    parameters : shape (4 + n_components,)
    observations
        Any number of them.
    pull
        A spread above 0 draws the weights; with 0 they are taken as given.

    Returns
    -------
    value
        The negative logarithm of likelihood times prior.
    gradient : shape (4 + n_components,)
    """
    away, spread = _away(parameters, pull)
    value = -float(log_likelihood(parameters, observations).sum()) + 0.5 * float(np.sum((away / spread) ** 2))
    return value, away / spread**2 - _slope(parameters, observations)


def _away(parameters: Floats, pull: Pull) -> tuple[Floats, Floats]:
    """Return how far each parameter is from where it is drawn, and its spread."""
    middle = np.concatenate(([0.0, _USUAL_STEEPNESS, USUAL_DECAY, 0.0], pull.weights))
    spreads = [_LEVEL_SPREAD, _STEEPNESS_SPREAD, _DECAY_SPREAD, _CANDOR_SPREAD]
    spread = np.concatenate((spreads, np.full(len(pull.weights), pull.spread or 1.0)))
    return parameters - middle, spread


def _slope(parameters: Floats, observations: Observations) -> Floats:
    """Return how the logarithm of the likelihood grows with each parameter; shape (4 + n_components,)."""
    logits = _logits(parameters, observations)
    fits, candor = expit(logits), float(expit(parameters[CANDOR]))
    looked = np.exp(-parameters[DECAY] * observations.log_ranks)
    silence = looked / _unanswered(parameters, observations)
    is_taken, is_declined, is_known = observations.is_taken, observations.is_declined, observations.is_known_seen
    answered = [is_taken, is_declined]
    by_logit = np.select(answered, [1.0 - fits, -fits], default=-silence * fits * (1.0 - fits) * (1.0 - candor))
    by_candor = np.select(answered, [0.0, 1.0 - candor], default=-silence * (1.0 - fits) * candor * (1.0 - candor))
    told = fits + candor * (1.0 - fits)
    by_decay = observations.log_ranks * np.where(is_taken | is_declined, -1.0, silence * told)
    steepness, weights = parameters[STEEPNESS], parameters[N_SHARED:]
    along = np.einsum("i,ij->j", by_logit, observations.values - MIDDLE)
    shared = [
        float(by_logit.sum()),
        float(along @ weights),
        float(by_decay[~is_known].sum()),
        float(by_candor[~is_known].sum()),
    ]
    return np.concatenate((shared, steepness * along))


def _logits(parameters: Floats, observations: Observations) -> Floats:
    middled = np.einsum("ij,j->i", observations.values - MIDDLE, parameters[N_SHARED:])
    logits: Floats = parameters[LEVEL] + parameters[STEEPNESS] * middled
    return logits


def _log_looked(parameters: Floats, observations: Observations) -> Floats:
    return np.where(observations.is_known_seen, 0.0, -parameters[DECAY] * observations.log_ranks)


def _log_candor(parameters: Floats, observations: Observations) -> Floats:
    return np.where(observations.is_known_seen, 0.0, log_expit(parameters[CANDOR]))


def _unanswered(parameters: Floats, observations: Observations) -> Floats:
    """Return how likely no word is: nobody looked, or somebody did, the pair does not fit, and nobody said so."""
    looked = np.exp(-parameters[DECAY] * observations.log_ranks)
    unfit = expit(-_logits(parameters, observations))
    silent: Floats = 1.0 - looked + looked * unfit * expit(-parameters[CANDOR])
    return np.maximum(silent, _LEAST)
