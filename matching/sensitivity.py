"""Sensitivity: how far each weight can move before another offer comes first, and when that place is a toss-up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from matching.answers import Sensitivity, WeightRange
from matching.arrays import DECIMALS, Floats, Integers, Rows, rounded
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

PLAUSIBLE_CHANGE: Final = 0.2
"""By which share a weight may be off: weights are judgements, and nobody knows one better than within a fifth."""

N_TRIALS: Final = 64
_PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23)  # one for each component
_EQUAL: Final = 1e-9  # two totals nearer than that differ by the order in which they were added


def trial_weights(weights: Sequence[float]) -> Floats:
    """Return other plausible weights: each up to ``PLAUSIBLE_CHANGE`` higher or lower than it is.

    Parameters
    ----------
    weights
        At least 0, at most as many as there are components.

    Returns
    -------
    shape (``N_TRIALS``, n_weights)
        Always the same points, spread evenly: the multiples of the square roots of the first primes, without their
        whole part.

    References
    ----------
    Richtmyer (1951), The evaluation of definite integrals, and a quasi-Monte-Carlo method, Los Alamos LA-1342.

    Examples
    --------
    >>> trial_weights([1.0, 0.0])[:2].round(3).tolist()
    [[0.966, 0.0], [1.131, 0.0]]
    """
    roots = np.sqrt(np.array(_PRIMES[: len(weights)], dtype=np.float64))
    spread = np.arange(1, N_TRIALS + 1)[:, None] * roots[None, :] % 1.0
    trials: Floats = np.array(weights) * (1.0 + PLAUSIBLE_CHANGE * (2.0 * spread - 1.0))
    return trials


def ranges_of_first(leads: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return between which values each weight may move, alone, while the first offer stays first.

    The first offer leads another one by the sum of weight times difference; to divide by the sum of the weights changes
    no order. Moving one weight changes that lead along a straight line, so each other offer gives one bound, and the
    closest bounds count.

    Parameters
    ----------
    leads : shape (n_others, n_components)
        By how much the first offer is better than each other one in each component; negative where it is worse.
    weights : shape (n_components,)
        At least 0.

    Returns
    -------
    lowest, highest : shape (n_components,)
        Six decimals. At each end the two offers are equal. ``highest`` is infinite where no offer is better in that
        component, ``lowest`` 0 where the weight may vanish.

    Examples
    --------
    >>> lowest, highest = ranges_of_first(np.array([[0.5, -0.25]]), np.array([0.5, 0.5]))
    >>> lowest.tolist(), highest.tolist()
    ([0.25, 0.0], [inf, 1.0])
    """
    # The first offer may lead by less than nothing where rounding made a tie and the tie went to it.
    margins = np.maximum(leads @ weights, 0.0)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.where(leads > 0, margins / leads, np.inf).min(axis=0, initial=np.inf)
        up = np.where(leads < 0, margins / -leads, np.inf).min(axis=0, initial=np.inf)
    return rounded(np.maximum(weights - down, 0.0)), rounded(weights + up)


def told(sensitivity: Sensitivity) -> tuple[Sentence, ...]:
    """Return in sentences how firmly the first place stands, and which weight would move it soonest."""
    if sensitivity.second_offer_id is None:
        return (Sentence(message=N_("No other offer is open to this need.")),)
    if sensitivity.is_tied:
        return (Sentence(message=N_("The first two offers have the same score: treat them as equal.")),)
    n_changes = sensitivity.n_trials - sensitivity.n_first
    if sensitivity.is_toss_up:
        message = N_(
            "With other plausible weights another offer comes first in %(changes)s of %(trials)s cases: "
            "treat the first and %(offers)s as equal."
        )
        rivals = ", ".join(sensitivity.rival_offer_ids)
        values: dict[str, str | int | float] = {"changes": n_changes, "trials": sensitivity.n_trials, "offers": rivals}
        return (_told_range(sensitivity.tightest), Sentence(message=message, values=values))
    message = N_("With other plausible weights the same offer comes first in %(same)s of %(trials)s cases.")
    steady = Sentence(message=message, values={"same": sensitivity.n_first, "trials": sensitivity.n_trials})
    return (_told_range(sensitivity.tightest), steady)


def _told_range(part: WeightRange | None) -> Sentence:
    if part is None:
        return Sentence(message=N_("To change a single weight never changes the first place."))
    # Rounded inwards, so that what is told always holds.
    values = {"component": part.component.value, "lowest": f"{math.ceil(1000 * part.lowest) / 1000:.3f}"}
    if part.highest is None:
        message = N_("The first place holds while the weight of %(component)s stays above %(lowest)s.")
        return Sentence(message=message, values=values)
    values["highest"] = f"{math.floor(1000 * part.highest) / 1000:.3f}"
    if part.lowest <= 0:
        message = N_("The first place holds while the weight of %(component)s stays below %(highest)s.")
        return Sentence(message=message, values={name: values[name] for name in ("component", "highest")})
    message = N_("The first place holds while the weight of %(component)s stays between %(lowest)s and %(highest)s.")
    return Sentence(message=message, values=values)


def measure_sensitivity(model: Model, profile: ScoringProfile, rows: Rows) -> list[Sensitivity]:
    """Return how firmly the first offer of some needs stands, judged over all offers that are open to them.

    Parameters
    ----------
    model
        The pool, made ready under the profile.
    profile
        The weights that are moved.
    rows : shape (n_rows,)
        Positions of needs. One to which no offer is open is left out.

    Returns
    -------
    list of Sensitivity
        In the order of the rows. Exact for scores before they are rounded to six decimals: nearer than that to the end
        of a range the tie decides.
    """
    measured = (_measured(model, profile, int(row)) for row in rows)
    return [item for item in measured if item is not None]


def _measured(model: Model, profile: ScoringProfile, row: int) -> Sensitivity | None:
    columns = np.flatnonzero(model.eligibility.is_eligible(np.array([row]))[0])
    if not len(columns):
        return None
    values = model.scorer.values_at(np.full(len(columns), row), columns)
    scores = model.scorer.score_of(values)
    first, *others = np.argsort(-scores, kind="stable").tolist()
    said = np.column_stack([np.nan_to_num(values[part], nan=profile.neutral[part]) for part in Component])
    weights = np.array([profile.weights[part] for part in Component])
    leads = said[first] - said[others]
    lowest, highest = ranges_of_first(leads, weights)
    rivals = _rivals(leads, trial_weights(weights.tolist()))
    offer_ids = [model.offers[column].offer_id for column in columns.tolist()]
    return Sensitivity(
        need_id=model.needs[row].need_id,
        first_offer_id=offer_ids[first],
        second_offer_id=offer_ids[others[0]] if others else None,
        margin=round(float(scores[first] - scores[others[0]]), DECIMALS) if others else None,
        ranges=tuple(
            WeightRange(
                component=part,
                weight=profile.weights[part],
                lowest=float(lowest[at]),
                highest=None if np.isinf(highest[at]) else float(highest[at]),
            )
            for at, part in enumerate(Component)
        ),
        n_trials=N_TRIALS,
        n_first=N_TRIALS - len(rivals),
        rival_offer_ids=tuple(dict.fromkeys(offer_ids[others[at]] for at in sorted(rivals.tolist()))),
    )


def _rivals(leads: Floats, trials: Floats) -> Integers:
    """Return who comes first instead, by position among the others, for each set of weights under which somebody does.

    Parameters
    ----------
    leads : shape (n_others, n_components)
    trials : shape (n_trials, n_components)
    """
    if not len(leads):
        return np.zeros(0, dtype=np.int64)
    ahead = leads @ trials.T
    closest = ahead.argmin(axis=0)
    rivals: Integers = closest[ahead.min(axis=0) < -_EQUAL]
    return rivals
