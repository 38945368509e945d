"""A proposal as JSON: the verdict, its evidence, and every figure with what it was counted from."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Final

from matching.learning.backtest import Backtest, Measure
from matching.learning.calibration import Calibration
from matching.learning.proposal import (
    FEWEST_DECISIONS,
    FEWEST_NEEDS,
    FEWEST_TAKEN,
    Evidence,
    LearnedWeight,
    Proposal,
)

_DECIMALS: Final = 6


def document_of(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as a JSON object; figures with six decimals, null where there is none."""
    counts, evidence = proposal.counts, proposal.evidence
    return {
        "verdict": proposal.verdict.value,
        "reason": str(proposal.reason),
        "current": {"name": proposal.current.name, "version": proposal.current.version},
        "proposed": {"name": proposal.profile.name, "version": proposal.profile.version},
        "counts": {
            "decisions": counts.n_decisions,
            "taken": counts.n_taken,
            "declined": counts.n_declined,
            "not_seen": counts.n_not_seen,
            "needs": counts.n_needs,
            "lists": counts.n_lists,
        },
        "least": {"decisions": FEWEST_DECISIONS, "taken": FEWEST_TAKEN, "needs": FEWEST_NEEDS},
        "evidence": None if evidence is None else _evidence(evidence),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "weights": {part.component.value: _weight(part) for part in evidence.weights},
        "spread": evidence.spread,
        "attention": {name: _figure(value) for name, value in asdict(evidence.attention).items()},
        "fits": {"level": _figure(evidence.level), "steepness": _figure(evidence.steepness)},
        "backtest": _backtest(evidence.backtest),
        "calibration": _calibration(evidence.calibration),
    }


def _weight(part: LearnedWeight) -> dict[str, float]:
    return {"current": part.current, "learned": part.learned, "low": part.low, "high": part.high}


def _backtest(backtest: Backtest) -> dict[str, Any]:
    return {
        "folds": backtest.n_folds,
        "folds_better": backtest.n_folds_better,
        "spreads": list(backtest.spreads),
        "loss": _measure(backtest.loss),
        "place": _measure(backtest.place),
    }


def _measure(measure: Measure) -> dict[str, float | None]:
    return {name: _figure(value) for name, value in asdict(measure).items()}


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {
        "error": _figure(calibration.error),
        "bins": [
            {
                "decisions": part.n_decisions,
                "seen": _figure(part.n_seen),
                "expected": _figure(part.expected),
                "observed": _figure(part.observed),
                "error": _figure(part.error),
            }
            for part in calibration.bins
        ],
    }


def _figure(value: float) -> float | None:
    return round(value, _DECIMALS) if math.isfinite(value) else None
