"""A scoring profile learned from decisions: proposed with its evidence where it foretells better, and never applied."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from matching.arrays import Floats
from matching.learning.backtest import Backtest, Trial, try_pulls
from matching.learning.calibration import Calibration, calibrate
from matching.learning.decisions import Counts, Decision, count, in_order, observe
from matching.learning.fitting import Interval, Intervals, fit, intervals, shares, shares_of
from matching.learning.likelihood import CANDOR, DECAY, LEVEL, MIDDLE, N_SHARED, STEEPNESS, Pull, to_chance
from matching.profiles import ScoringProfile
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

FEWEST_DECISIONS: Final = 100
FEWEST_TAKEN: Final = 20
FEWEST_NEEDS: Final = 20
"""With less than any of these the current profile stays, whatever the decisions say."""

SURE_ERRORS: Final = 2.0
"""By how many of its standard errors a gain has to be above 0 to count; it has to be above 0 in every fold as well."""

_WEAKEST_PULL: Final = 0.1  # intervals tell what decisions say, not how strongly they were held back
_PARTS: Final = 10_000  # weights are told in whole parts of their sum


class Verdict(StrEnum):
    """What to do with what was learned."""

    PROPOSE = "propose"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedWeight:
    """One weight on the scale of the current profile: as it is, as decisions have it, and the ends of 90 in 100 cases."""

    component: Component
    current: float
    learned: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How lists are read: a place is looked at with the chance 1 / rank to the power of ``decay``.

    ``candor`` is the share in [0, 1] of those who say so when an offer that they looked at does not fit.
    """

    decay: float
    low: float
    high: float
    candor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was learned and how sure it is; ``spread`` is the pull that was chosen, 0 where the current weights foretell best.

    A pair of score s fits with the chance 1 / (1 + exp(-(``level`` + ``steepness`` * s))), s in [0, 1] under ``weights``.
    """

    weights: tuple[LearnedWeight, ...]
    spread: float
    attention: Attention
    level: float
    steepness: float
    backtest: Backtest
    calibration: Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What decisions say about a scoring profile; nothing is applied by it.

    ``profile`` is a new version where the verdict is to propose, else the current one. ``evidence`` is None where there is
    too little to learn from.
    """

    verdict: Verdict
    reason: Sentence
    current: ScoringProfile
    profile: ScoringProfile
    counts: Counts
    evidence: Evidence | None


def learn_profile(decisions: Sequence[Decision], profile: ScoringProfile) -> Proposal:
    """Return what decisions say about the weights of a profile.

    The weights are fitted together with how lists are read, drawn to the current ones, and tried on needs that had no say.
    A new version is proposed only where it foretells decisions better than the current one by more than chance does: by
    more than two standard errors, and in every fold.

    Parameters
    ----------
    decisions
        In any order, each with the values of its pair.
    profile
        The current one, under which its successor stands: same sum of the weights, same everything else.

    Returns
    -------
    Proposal
        The same for the same decisions.

    Raises
    ------
    UnscoredDecisionError
        When a decision has no values.
    """
    observations, counts = observe(decisions, profile), count(decisions)
    if _is_little(counts):
        return _kept(_too_little(counts), profile, counts)
    weights = shares_of(profile)
    trial = try_pulls(observations, weights)
    verdict, reason = _judged(trial)
    pull = Pull(weights, trial.spread if verdict is Verdict.PROPOSE else max(trial.spread, _WEAKEST_PULL))
    fitted = fit(observations, pull)
    held = trial.learned if verdict is Verdict.PROPOSE else trial.current
    calibration = calibrate(held.fits, held.seen, observations.is_taken)
    evidence = _evidence(fitted, intervals(fitted, observations, pull), profile, trial=trial, calibration=calibration)
    if verdict is Verdict.KEEP:
        return replace(_kept(reason, profile, counts), evidence=evidence)
    return Proposal(
        verdict=verdict,
        reason=reason,
        current=profile,
        profile=replace(
            profile,
            version=f"{profile.version}-learned-{_digest(decisions)}",
            weights={part.component: part.learned for part in evidence.weights},
        ),
        counts=counts,
        evidence=evidence,
    )


def _is_little(counts: Counts) -> bool:
    return (
        counts.n_decisions < FEWEST_DECISIONS
        or counts.n_taken < FEWEST_TAKEN
        or counts.n_needs < FEWEST_NEEDS
        or counts.n_taken == counts.n_decisions
    )


def _too_little(counts: Counts) -> Sentence:
    if counts.n_taken == counts.n_decisions and counts.n_decisions >= FEWEST_DECISIONS:
        message = N_("Every offer was taken: there is nothing to tell apart. The current profile stays.")
        return Sentence(message=message)
    message = N_(
        "There is too little to learn from: %(decisions)s decisions on %(needs)s needs, %(taken)s of them taken, where "
        "%(least)s on %(least_needs)s needs, %(least_taken)s of them taken, are the least. The current profile stays."
    )
    values: dict[str, str | int | float] = {
        "decisions": counts.n_decisions,
        "needs": counts.n_needs,
        "taken": counts.n_taken,
        "least": FEWEST_DECISIONS,
        "least_needs": FEWEST_NEEDS,
        "least_taken": FEWEST_TAKEN,
    }
    return Sentence(message=message, values=values)


def _kept(reason: Sentence, profile: ScoringProfile, counts: Counts) -> Proposal:
    return Proposal(verdict=Verdict.KEEP, reason=reason, current=profile, profile=profile, counts=counts, evidence=None)


def _judged(trial: Trial) -> tuple[Verdict, Sentence]:
    backtest = trial.backtest
    loss, place = backtest.loss, backtest.place
    values = {"gain": f"{loss.gain:.4f}", "error": f"{loss.error:.4f}"}
    is_sure = loss.gain > SURE_ERRORS * loss.error and backtest.n_folds_better == backtest.n_folds
    if trial.spread == 0 or not is_sure:
        message = N_(
            "On needs that had no say, other weights do not foretell decisions better than the current ones by more than "
            "chance does (gain %(gain)s, standard error %(error)s). The current profile stays."
        )
        return Verdict.KEEP, Sentence(message=message, values=values)
    if place.gain < -place.error:
        message = N_(
            "Other weights foretell decisions better, but lists in their order show later what was taken. "
            "The current profile stays."
        )
        return Verdict.KEEP, Sentence(message=message)
    message = N_(
        "On needs that had no say, the learned weights foretell decisions better than the current ones (gain %(gain)s, "
        "standard error %(error)s). See who gains and who loses before you adopt them."
    )
    return Verdict.PROPOSE, Sentence(message=message, values=values)


def _evidence(
    fitted: Floats, ends: Intervals, profile: ScoringProfile, *, trial: Trial, calibration: Calibration
) -> Evidence:
    total, steepness = float(fitted[N_SHARED:].sum()), float(fitted[STEEPNESS])
    return Evidence(
        weights=_weights(shares(fitted), ends.weights, profile),
        spread=trial.spread,
        attention=Attention(
            decay=float(fitted[DECAY]),
            low=ends.decay.low,
            high=ends.decay.high,
            candor=to_chance(float(fitted[CANDOR])),
        ),
        level=float(fitted[LEVEL]) - steepness * MIDDLE * total,
        steepness=steepness * total,
        backtest=trial.backtest,
        calibration=calibration,
    )


def _weights(found: Floats, ends: Sequence[Interval], profile: ScoringProfile) -> tuple[LearnedWeight, ...]:
    total = profile.total_weight
    return tuple(
        LearnedWeight(
            component=component,
            current=profile.weights[component],
            learned=_scaled(part, total),
            low=_scaled(math.floor(interval.low * _PARTS), total),
            high=_scaled(math.ceil(interval.high * _PARTS), total),
        )
        for component, part, interval in zip(Component, _in_parts(found), ends, strict=True)
    )


def _in_parts(found: Floats) -> list[int]:
    """Return shares as whole parts of their sum, which stays whole: the largest remainders are rounded up."""
    exact = found * _PARTS
    parts = np.floor(exact).astype(np.int64)
    missing = _PARTS - int(parts.sum())
    largest = np.argsort(-(exact - parts), kind="stable")[:missing]
    parts[largest] += 1
    return [int(part) for part in parts]


def _scaled(parts: int, total: float) -> float:
    return round(parts * total / _PARTS, 10)


def _digest(decisions: Sequence[Decision]) -> str:
    """Return a word for these decisions and no others."""
    rows = [
        [item.need_id, item.list_id, item.rank, item.offer_id, item.answer.value, _plain(item.values)]
        for item in in_order(decisions)
    ]
    return hashlib.sha256(json.dumps(rows).encode("utf-8")).hexdigest()[:8]


def _plain(values: tuple[float, ...] | None) -> list[float | None] | None:
    return None if values is None else [None if math.isnan(value) else value for value in values]
