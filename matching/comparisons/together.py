"""All comparisons of one pool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from matching.comparisons.area import AreaComparison
from matching.comparisons.base import Comparison
from matching.comparisons.budget import BudgetComparison
from matching.comparisons.freshness import FreshnessComparison
from matching.comparisons.geography import GeographyComparison
from matching.comparisons.language import LanguageComparison
from matching.comparisons.mode import ModeComparison
from matching.comparisons.record import RecordComparison
from matching.comparisons.text import TextComparison
from matching.comparisons.time import TimeComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """One comparison for each component."""

    area: AreaComparison
    text: TextComparison
    mode: ModeComparison
    language: LanguageComparison
    geography: GeographyComparison
    time: TimeComparison
    budget: BudgetComparison
    record: RecordComparison
    freshness: FreshnessComparison

    def __iter__(self) -> Iterator[Comparison]:
        return (getattr(self, part.name) for part in fields(self))
