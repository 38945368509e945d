"""What a run can still be asked: what other weights would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from matching.model import Model
from matching.profiles import ScoringProfile
from matching.results import Sensitivity
from matching.sensitivity import measure_sensitivity


class WhatIfOfRun:
    """Answers questions about the pool of one run, each when it is asked."""

    def __init__(self, model: Model, profile: ScoringProfile) -> None:
        self._model, self._profile = model, profile

    def sensitivities(self, need_ids: Iterable[str]) -> Mapping[str, Sensitivity]:
        """Return how firmly the first offer of each need stands; a need to which no offer is open is left out."""
        wanted = frozenset(need_ids)
        rows = np.array([at for at, need in enumerate(self._model.needs) if need.need_id in wanted], dtype=np.int64)
        return {item.need_id: item for item in measure_sensitivity(self._model, self._profile, rows)}
