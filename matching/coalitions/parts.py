"""A need in parts: each of its areas in each of its modes, and what every offer scores for the part alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Floats, Rows, rounded
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.vocabulary import Component, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one need.

    ``labels`` names the area and the mode of each, None where the need names none. ``weights`` has shape (n_parts,) and
    adds up to 1. ``scores`` has shape (n_parts, n_offers), in [0, 1]: what the pair would score if the need were that
    part alone. An offer's mean over the parts is the score of the pair where the need names one area, and at most that
    where it names several: the score counts an area that is met more than two that are met by half.
    """

    labels: tuple[tuple[str | None, Mode | None], ...]
    weights: Floats
    scores: Floats


def parts_of(model: Model, profile: ScoringProfile, rows: Rows) -> list[Parts]:
    """Return the parts of some needs, few enough that all their pairs can be held at once."""
    values = {component: _counted(block, profile, component) for component, block in model.scorer.values(rows).items()}
    area, mode = values.pop(Component.AREA), values.pop(Component.MODE)
    rest: Floats = np.sum(list(values.values()), axis=0)
    return [
        _parts(model, profile, int(row), rest=rest[at], whole=(area[[at]], mode[[at]])) for at, row in enumerate(rows)
    ]


def _parts(model: Model, profile: ScoringProfile, row: int, *, rest: Floats, whole: tuple[Floats, Floats]) -> Parts:
    codes, shares, nearness = model.comparisons.area.values_by_area(row)
    modes, has = model.comparisons.mode.values_by_mode(row)
    areas = _counted(nearness, profile, Component.AREA) if codes else whole[0]
    ways = _counted(has, profile, Component.MODE) if modes else whole[1]
    named_areas: tuple[str | None, ...] = codes or (None,)
    named_modes: tuple[Mode | None, ...] = modes or (None,)
    scores = rest + areas[:, None, :] + ways[None, :, :]
    weights = np.outer(shares if codes else np.ones(1), np.full(len(named_modes), 1 / len(named_modes)))
    return Parts(
        labels=tuple((area, mode) for area in named_areas for mode in named_modes),
        weights=weights.ravel(),
        scores=rounded(scores.reshape(weights.size, scores.shape[-1])),
    )


def _counted(block: Floats, profile: ScoringProfile, component: Component) -> Floats:
    """Return what a component adds to the score, silence counted as neutral."""
    counted = np.where(np.isnan(block), profile.neutral[component], rounded(block))
    share: Floats = counted * (profile.weights[component] / profile.total_weight)
    return share
