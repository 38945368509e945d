"""What a run can still be asked: what other weights and other offers would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from matching.answers import PoolChanges, Sensitivity
from matching.model import Model
from matching.pool_changes import PoolChangeFinder
from matching.profiles import ScoringProfile
from matching.sensitivity import measure_sensitivity

QUICK_PAIRS: Final = 100_000
"""Up to so many needs times offers, to find what would serve more needs takes seconds, and is done unasked."""


class WhatIfOfRun:
    """Answers questions about the pool of one run, each when it is asked."""

    def __init__(self, model: Model, profile: ScoringProfile, finder: PoolChangeFinder) -> None:
        self._model, self._profile, self._finder = model, profile, finder
        self._pool_changes: PoolChanges | None = None

    def sensitivities(self, need_ids: Iterable[str]) -> Mapping[str, Sensitivity]:
        """Return how firmly the first offer of each need stands; a need to which no offer is open is left out."""
        wanted = frozenset(need_ids)
        rows = np.array([at for at, need in enumerate(self._model.needs) if need.need_id in wanted], dtype=np.int64)
        return {item.need_id: item for item in measure_sensitivity(self._model, self._profile, rows)}

    def pool_changes(self, *, is_asked: bool = False) -> PoolChanges | None:
        """Return what would serve the most needs without a place; ``None`` where that takes long and nobody asked."""
        is_quick = len(self._model.needs) * len(self._model.offers) <= QUICK_PAIRS
        if self._pool_changes is None and (is_quick or is_asked):
            self._pool_changes = self._finder.find(self._model)
        return self._pool_changes
