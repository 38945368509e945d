"""Record: how States rated what the provider did before, in the need's area and mode first."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import ClassVar, Final, Self

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.comparisons.base import Comparison, paired
from matching.learning.track_records import Subject, TrackRecords, subject_of
from matching.packed import Records, contiguous
from matching.records import Offer
from matching.reference import Taxonomy
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

_ANYWHERE: Final = N_(
    "States rated the provider's finished work %(mean)s of 5 on average (n = %(n)s); counted as %(value)s (in nine of "
    "ten cases %(low)s to %(high)s), where 0.50 is the mean of all providers."
)
_HERE: Final = N_(
    "States rated the provider's finished work in %(subject)s %(mean)s of 5 on average (n = %(n)s); counted as "
    "%(value)s (in nine of ten cases %(low)s to %(high)s), where 0.50 is the mean of all providers."
)
_HERE_AND_ELSEWHERE: Final = N_(
    "States rated the provider's finished work in %(subject)s %(mean)s of 5 on average (n = %(n)s), elsewhere "
    "%(mean_elsewhere)s (n = %(n_elsewhere)s); counted as %(value)s (in nine of ten cases %(low)s to %(high)s), where "
    "0.50 is the mean of all providers."
)
_ELSEWHERE: Final = N_(
    "No finished work of the provider in %(subject)s has been rated; elsewhere States rated it %(mean_elsewhere)s of 5 "
    "on average (n = %(n_elsewhere)s); counted as %(value)s (in nine of ten cases %(low)s to %(high)s), where 0.50 is "
    "the mean of all providers."
)


class RecordComparison(Comparison):
    """The provider's record in what the need is about; silent where no State has rated finished work of the provider.

    A provider without a record so counts the neutral value, and an ordinary record is worth the middle: neither an old
    nor a new provider gains by being so.
    """

    component: ClassVar[Component] = Component.RECORD

    def __init__(
        self, needs: Sequence[Reading], offers: Sequence[Offer], records: TrackRecords, *, taxonomy: Taxonomy
    ) -> None:
        self.records, self._taxonomy = records, taxonomy
        self._provider = np.array([records.position(offer.provider) for offer in offers], dtype=np.int64)
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Reading]) -> None:
        records, taxonomy = self.records, self._taxonomy
        # Without any record all needs are alike.
        subjects = [subject_of(reading, taxonomy) if records.n_providers else Subject() for reading in needs]
        self._subjects = tuple(dict.fromkeys(subjects)) or (Subject(),)
        position = {subject: at for at, subject in enumerate(self._subjects)}
        self._kind = np.array([position[subject] for subject in subjects], dtype=np.int64)
        self._estimates = [records.estimate(subject) for subject in self._subjects]
        by_provider = np.array([[*found.values, np.nan] for found in self._estimates])
        self._values = by_provider[:, self._provider]

    def with_needs(self, needs: Sequence[Reading]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return the record of each offer's provider in what the needs are about."""
        return self._values[self._kind[rows]]

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        return self._values[self._kind[rows], columns]

    def as_records(self) -> Records:
        """Return the comparison as arrays."""
        return Records(kind=contiguous(self._kind, np.int32), values=contiguous(self._values, np.float64))

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return what the needs are about, and the providers."""
        return paired(self._kind[rows], self._provider[columns] + 1)

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return how many ratings there are, their mean, and what they count for."""
        if value is None:
            return Sentence(message=N_("No outcome of this provider has been recorded yet."))
        kind, provider = self._kind[row], int(self._provider[column])
        subject, estimates = self._subjects[kind], self._estimates[kind]
        told = self.records.tell(subject, provider)
        values: dict[str, str | int | float] = {
            "value": f"{value:.2f}",
            "low": f"{estimates.low[provider]:.2f}",
            "high": f"{estimates.high[provider]:.2f}",
        }
        if told.n_here:
            values |= {"n": told.n_here, "mean": f"{told.mean_here:.1f}"}
        if told.n_elsewhere:
            values |= {"n_elsewhere": told.n_elsewhere, "mean_elsewhere": f"{told.mean_elsewhere:.1f}"}
        if subject == Subject():
            return Sentence(message=_ANYWHERE, values=values)
        values["subject"] = self._titled(subject)
        if not told.n_elsewhere:
            return Sentence(message=_HERE, values=values)
        return Sentence(message=_HERE_AND_ELSEWHERE if told.n_here else _ELSEWHERE, values=values)

    def _titled(self, subject: Subject) -> str:
        area = self._taxonomy.area_by_code.get(subject.area_code)
        parts = [f"{area.title()} ({area.code})" if area else "", subject.mode.replace("_", " ")]
        return ", ".join(part for part in parts if part)
