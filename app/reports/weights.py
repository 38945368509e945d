"""What each component can add to a score at most, by the profile of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.matches.models import MatchRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each component can add to a score at most: its share of all weights."""

    by_component: Mapping[str, float]

    @property
    def largest(self) -> float:
        """The largest share, which fills a bar's whole cell."""
        return max(self.by_component.values(), default=0.0) or 1.0


def weights_of(run: MatchRun | None) -> Weights:
    """Return the weights of the run's profile as shares of their sum."""
    weights: Mapping[str, float] = run.profile.document["weights"] if run else {}
    total = sum(weights.values()) or 1.0
    return Weights(by_component={component: weight / total for component, weight in weights.items()})
