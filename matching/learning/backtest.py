"""The back-test: how well weights fitted on some needs foretell the decisions on others, beside the current ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from matching.arrays import Floats, Integers
from matching.learning.decisions import Observations
from matching.learning.fitting import fit
from matching.learning.likelihood import N_SHARED, Pull, chances, log_likelihood, score

MAX_FOLDS: Final = 5
SPREADS: Final = (0.0, 0.1, 0.3)
"""How far weights may lie from the current ones as a rule, as shares of their sum; with 0 they stay."""

_MOST_WEIGHT: Final = 10.0  # of a take far down the list: a single one must not decide
_SEED: Final = 20_260_601


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of the current and of the learned weights on needs that neither was fitted on.

    ``gain`` is by how much the learned ones are better, ``error`` its standard error over the needs.
    """

    current: float
    learned: float
    gain: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Current and learned weights side by side.

    ``loss`` is the mean negative logarithm of the chance given to what happened, the chance to be looked at included: lower
    is better, its gain positive where learned weights foretell more. ``place`` is the mean worth of the place, 1 / log2(1 +
    place), at which a list ordered by the score has what was taken, in (0, 1]: each take counts 1 over the chance that its
    place was looked at, at most ten. ``spreads`` are the pulls that were chosen within the folds; in ``n_folds_better`` of them
    the learned weights foretold more.
    """

    n_folds: int
    n_folds_better: int
    loss: Measure
    place: Measure
    spreads: tuple[float, ...]


class HeldOut(NamedTuple):
    """What fits without its fold say of each observation; each of shape (n,).

    ``loss`` is the negative logarithm of the chance of what happened, ``score`` the weighted mean of the components,
    ``fits`` and ``seen`` are chances.
    """

    loss: Floats
    score: Floats
    fits: Floats
    seen: Floats


class Trial(NamedTuple):
    """What a trial of all pulls comes to: the spread to fit with, the back-test, and both sets of weights on held-out needs."""

    spread: float
    backtest: Backtest
    current: HeldOut
    learned: HeldOut


def try_pulls(observations: Observations, weights: Floats) -> Trial:
    """Return which pull foretells decisions best, and how it does beside the current weights.

    Needs are dealt into folds. For each fold the pull is chosen by fits that know neither this fold nor the one on which
    they are tried, so that the back-test never sees a need that had a say. The current weights are one of the choices.

    Parameters
    ----------
    observations
        Of two needs at least.
    weights : shape (n_components,)
        The current weights; they add up to 1.

    References
    ----------
    Varma & Simon (2006), BMC Bioinformatics 7:91, for folds within folds; Joachims, Swaminathan & Schnabel (2017), WSDM
    2017, 781-789, for takes that count one over the chance to be looked at.
    """
    fold = _folds(observations.needs)
    n_folds = int(fold.max()) + 1
    pulls = [Pull(weights, spread) for spread in SPREADS]
    without_one = _fits(observations, fold, pulls, left_out=[(at,) for at in range(n_folds)])
    without_two = _fits(observations, fold, pulls, left_out=list(combinations(range(n_folds), 2)))
    chosen = [_chosen_within(observations, fold, without_two, at=at) for at in range(n_folds)]
    current = _held_out(observations, fold, [without_one[(at,)][0] for at in range(n_folds)])
    learned = _held_out(observations, fold, [without_one[(at,)][choice] for at, choice in enumerate(chosen)])
    losses = [
        float(_held_out(observations, fold, [without_one[(at,)][choice] for at in range(n_folds)]).loss.sum())
        for choice in range(len(pulls))
    ]
    backtest = Backtest(
        n_folds=n_folds,
        n_folds_better=int((np.bincount(fold, weights=current.loss - learned.loss) > 0).sum()),
        loss=_compared(-current.loss, -learned.loss, observations.needs, sign=-1.0),
        place=_place(observations, current, learned),
        spreads=tuple(SPREADS[choice] for choice in chosen),
    )
    return Trial(SPREADS[int(np.argmin(losses))], backtest, current, learned)


def _folds(needs: Integers) -> Integers:
    """Return the fold of each observation, all of one need in one fold; shape (n,)."""
    n_needs = int(needs.max()) + 1
    dealt = np.random.default_rng(_SEED).permutation(n_needs) % min(MAX_FOLDS, n_needs)
    folds: Integers = dealt[needs].astype(np.int64)
    return folds


def _fits(
    observations: Observations, fold: Integers, pulls: Sequence[Pull], *, left_out: Sequence[tuple[int, ...]]
) -> dict[tuple[int, ...], list[Floats]]:
    """Return the parameters under each pull, fitted without some folds."""
    found: dict[tuple[int, ...], list[Floats]] = {}
    for folds in left_out:
        known = observations.where(~np.isin(fold, folds))
        fitted: list[Floats] = []
        for pull in pulls:
            fitted.append(fit(known, pull, begin=fitted[-1] if fitted else None))
        found[folds] = fitted
    return found


def _chosen_within(
    observations: Observations, fold: Integers, without_two: dict[tuple[int, ...], list[Floats]], *, at: int
) -> int:
    """Return the pull that foretells the other folds best, a fold being left out of all."""
    losses = np.zeros(len(SPREADS))
    for folds, fitted in without_two.items():
        if at in folds:
            (other,) = set(folds) - {at}
            tried = observations.where(fold == other)
            losses += [-float(log_likelihood(parameters, tried).sum()) for parameters in fitted]
    return int(np.argmin(losses))


def _held_out(observations: Observations, fold: Integers, fitted: Sequence[Floats]) -> HeldOut:
    n = len(observations)
    found = HeldOut(*(np.zeros(n) for _ in HeldOut._fields))
    for at, parameters in enumerate(fitted):
        is_held = fold == at
        held = observations.where(is_held)
        guessed = chances(parameters, held)
        found.loss[is_held] = -log_likelihood(parameters, held)
        found.score[is_held] = score(parameters, held) / max(float(parameters[N_SHARED:].sum()), 1e-12)
        found.fits[is_held], found.seen[is_held] = guessed.fits, guessed.seen
    return found


def _place(observations: Observations, current: HeldOut, learned: HeldOut) -> Measure:
    """Return at which places lists in a new order have what was taken."""
    taken = observations.is_taken
    # Attention as the current weights have it judges both.
    weight = np.minimum(1.0 / current.seen[taken], _MOST_WEIGHT)
    before, after = (1.0 / np.log2(1.0 + _places(observations.lists, held.score)[taken]) for held in (current, learned))
    return _compared(before, after, observations.needs[taken], weight=weight)


def _places(lists: Integers, scores: Floats) -> Floats:
    """Return the place of each observation when its list is ordered by the scores, ties sharing the mean of theirs."""
    places = np.zeros(len(lists))
    starts = np.flatnonzero(np.r_[True, lists[1:] != lists[:-1]])
    for of_list in np.split(np.arange(len(lists)), starts[1:]):
        own = scores[of_list]
        ahead = (own[None, :] > own[:, None]).sum(axis=1)
        equal = (own[None, :] == own[:, None]).sum(axis=1)
        places[of_list] = ahead + (equal + 1) / 2
    return places


def _compared(
    current: Floats, learned: Floats, needs: Integers, *, weight: Floats | None = None, sign: float = 1.0
) -> Measure:
    """Return two weighted means, their difference, and its standard error with the needs as what varies.

    Parameters
    ----------
    current, learned, needs : shape (n,)
    weight : shape (n,), optional
    sign
        With -1 the means are told with the other sign.
    """
    weights = np.ones(len(needs)) if weight is None else weight
    total = float(weights.sum())
    if total <= 0:
        return Measure(current=float("nan"), learned=float("nan"), gain=0.0, error=float("inf"))
    means = [float(np.sum(weights * values)) / total for values in (current, learned)]
    gain = means[1] - means[0]
    off = np.bincount(needs, weights=weights * (learned - current - gain))
    n_needs = len(np.unique(needs))
    spread = float(np.sqrt(np.sum(off**2) * n_needs / max(n_needs - 1, 1)))
    return Measure(
        current=sign * means[0],
        learned=sign * means[1],
        gain=gain,
        error=spread / total if n_needs > 1 else float("inf"),
    )
