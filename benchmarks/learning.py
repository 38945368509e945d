"""Measures how many decisions it takes to learn weights that are known: ``python -m benchmarks.learning [--full]``.

Pools are made up: needs with forty offers each, the ten best by the current profile shown. People look at place r with the
chance 1 / r^decay, take what fits by weights of their own, and tell in two of five cases what does not.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from scipy.special import expit

from matching.arrays import Bools, Floats
from matching.command.profilefiles import load_profile
from matching.evaluation import ndcg_at_k
from matching.learning.decisions import Answer, Decision, filled
from matching.learning.fitting import shares_of
from matching.learning.proposal import Proposal, Verdict, learn_profile
from matching.profiles import ScoringProfile
from matching.vocabulary import Component

SMALL_SIZES: Final = (20, 200, 2_000)
FULL_SIZES: Final = (20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 20_000)
SMALL_SEEDS: Final = 2
FULL_SEEDS: Final = 12

N_OFFERS: Final = 40
N_SHOWN: Final = 10
N_FRESH: Final = 1_000  # needs on which rankings are judged
STEEPNESS: Final = 10.0
SHARE_THAT_FITS: Final = 0.15
CANDOR: Final = 0.4
# How often a component is silent, in the order of the components.
SILENCE: Final = np.array([0.0, 0.0, 0.15, 0.35, 0.0, 0.35, 0.6, 0.5, 0.3])


class World(StrEnum):
    """By which weights people decide, and how the learner reads what they did."""

    SAME = "same"  # by the current ones
    NEAR = "near"  # by others that lie about them
    FAR = "far"  # by any
    BLIND_NEAR = "blind, near"  # as near, and the learner takes every place for the first
    BLIND_SAME = "blind, same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What people want: ``weights``, shares of their sum, the logit of a pair of score 0, and how fast attention decays."""

    weights: Floats
    level: float
    decay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one pool taught: qualities of rankings in [0, 1], the best one 1, and distances as half the sum of differences."""

    is_proposed: bool
    current_quality: float
    quality: float
    current_distance: float
    distance: float
    decay_error: float
    covered: float
    n_taken: int


def values_of(chance: np.random.Generator, n_needs: int) -> Floats:
    """Return components of made-up pairs, NaN for silence; shape (n_needs, N_OFFERS, n_components), in [0, 1].

    A pair that is good in one of them is rather good in the others; language and geography take few values.
    """
    shape = (n_needs, N_OFFERS, len(Component))
    common = chance.beta(1.2, 2.0, (n_needs, N_OFFERS, 1))
    values = 0.4 * common + 0.6 * chance.beta(1.0, 1.6, shape)
    for component, steps in ((Component.LANGUAGE, 2), (Component.GEOGRAPHY, 4)):
        at = list(Component).index(component)
        values[..., at] = np.round(values[..., at] * steps) / steps
    silent: Floats = np.where(chance.random(shape) < SILENCE, np.nan, values)
    return silent


def truth_of(world: World, chance: np.random.Generator, profile: ScoringProfile) -> Truth:
    current = shares_of(profile)
    weights = current
    if world in (World.NEAR, World.BLIND_NEAR):
        weights = chance.dirichlet(15 * current + 0.05)
    elif world is World.FAR:
        weights = chance.dirichlet(np.full(len(Component), 1.5))
    scores = filled(values_of(chance, 300), profile) @ weights
    level = -STEEPNESS * float(np.quantile(scores, 1 - SHARE_THAT_FITS))
    return Truth(weights=weights, level=level, decay=float(chance.uniform(0.7, 1.3)))


def decide(chance: np.random.Generator, truth: Truth, profile: ScoringProfile, *, n_decisions: int) -> list[Decision]:
    """Return what people decide on the first offers by the current profile."""
    values = values_of(chance, -(-n_decisions // N_SHOWN))
    order = np.argsort(-(filled(values, profile) @ shares_of(profile)), axis=1)[:, :N_SHOWN]
    shown = np.take_along_axis(values, order[..., None], axis=1)
    fits = expit(truth.level + STEEPNESS * (filled(shown, profile) @ truth.weights))
    ranks = np.arange(1, N_SHOWN + 1)
    does_look, does_fit, does_tell = (
        chance.random(fits.shape) < share for share in (ranks**-truth.decay, fits, CANDOR)
    )
    return list(_decisions(shown, does_look & does_fit, does_look & ~does_fit & does_tell))[:n_decisions]


def _decisions(shown: Floats, is_taken: Bools, is_declined: Bools) -> Iterator[Decision]:
    answers = np.select([is_taken, is_declined], [Answer.TAKEN, Answer.DECLINED], default=Answer.NO_WORD)
    for need in range(len(shown)):
        for place in range(N_SHOWN):
            yield Decision(
                need_id=f"need-{need:06}",
                offer_id=f"offer-{place}",
                rank=place + 1,
                answer=Answer(answers[need, place]),
                values=tuple(shown[need, place].tolist()),
            )


def quality(values: Floats, weights: Floats, truth: Truth) -> float:
    """Return what is expected to fit among the first ten by some weights, discounted, as a share of the best order."""
    fits = expit(truth.level + STEEPNESS * (values @ truth.weights))
    order = np.argsort(-(values @ weights), axis=1)[:, :N_SHOWN]
    gains = np.take_along_axis(fits, order, axis=1)
    return float(np.mean([ndcg_at_k(gain, ideal, N_SHOWN) for gain, ideal in zip(gains, fits, strict=True)]))


def tried(world: World, n_decisions: int, seed: int) -> Trial:
    """Return what decisions of one made-up pool teach."""
    profile, chance = load_profile(), np.random.default_rng([list(World).index(world), n_decisions, seed])
    truth = truth_of(world, chance, profile)
    decisions = decide(chance, truth, profile, n_decisions=n_decisions)
    if world in (World.BLIND_NEAR, World.BLIND_SAME):
        decisions = [replace(item, rank=1) for item in decisions]
    proposal = learn_profile(decisions, profile)
    fresh = filled(values_of(chance, N_FRESH), profile)
    current = shares_of(profile)
    learned, covered, decay_error = _told(proposal, truth)
    return Trial(
        is_proposed=proposal.verdict is Verdict.PROPOSE,
        current_quality=quality(fresh, current, truth),
        quality=quality(fresh, shares_of(proposal.profile), truth),
        current_distance=float(np.abs(current - truth.weights).sum() / 2),
        distance=float(np.abs(learned - truth.weights).sum() / 2),
        decay_error=decay_error,
        covered=covered,
        n_taken=proposal.counts.n_taken,
    )


def _told(proposal: Proposal, truth: Truth) -> tuple[Floats, float, float]:
    """Return the learned weights, the share of intervals that hold the true ones, and by how much the decay is off."""
    evidence = proposal.evidence
    if evidence is None:
        return np.full(len(Component), np.nan), np.nan, np.nan
    total = proposal.current.total_weight
    learned, low, high = (
        np.array([getattr(part, name) for part in evidence.weights]) / total for name in ("learned", "low", "high")
    )
    covered = float(np.mean((low <= truth.weights) & (truth.weights <= high)))
    return learned, covered, abs(evidence.attention.decay - truth.decay)


HEADER: Final = (
    "| people decide | decisions | taken | proposed | worse | regret, current | regret | distance, current | distance "
    "| decay off by | held by 90 % |"
)


def row(world: World, n_decisions: int, trials: Sequence[Trial]) -> str:
    """Return a row of the table: means over the pools; a proposal is worse where its ranking of fresh needs is."""
    proposed = [trial for trial in trials if trial.is_proposed]
    worse = sum(trial.quality < trial.current_quality for trial in proposed)
    cells = [
        world.value,
        f"{n_decisions:,}",
        f"{np.mean([trial.n_taken for trial in trials]):.0f}",
        f"{len(proposed)} of {len(trials)}",
        str(worse),
        f"{1 - np.mean([trial.current_quality for trial in trials]):.3f}",
        f"{1 - np.mean([trial.quality for trial in trials]):.3f}",
        f"{np.mean([trial.current_distance for trial in trials]):.3f}",
        _mean([trial.distance for trial in trials]),
        _mean([trial.decay_error for trial in trials]),
        _mean([trial.covered for trial in trials]),
    ]
    return f"| {' | '.join(cells)} |"


def _mean(figures: Sequence[float]) -> str:
    known = [figure for figure in figures if not np.isnan(figure)]
    return f"{np.mean(known):.3f}" if known else "–"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning")
    parser.add_argument("--full", action="store_true", help="all sizes and twelve pools of each; takes half an hour")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only so many decisions")
    parser.add_argument("--worlds", nargs="+", choices=[world.value for world in World], help="only these")
    options = parser.parse_args()
    sizes, n_seeds = (FULL_SIZES, FULL_SEEDS) if options.full else (SMALL_SIZES, SMALL_SEEDS)
    worlds = [World(name) for name in options.worlds] if options.worlds else list(World)[: None if options.full else 2]
    print(HEADER)
    print("|---" * HEADER.count(" | "), "|---|", sep="")
    with ProcessPoolExecutor(max_workers=2) as workers:
        for world in worlds:
            for size in options.sizes or sizes:
                trials = list(workers.map(partial(tried, world, size), range(n_seeds)))
                print(row(world, size, trials), flush=True)


if __name__ == "__main__":
    main()
