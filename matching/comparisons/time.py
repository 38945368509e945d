"""Time: how much of the need's window the offer is available."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import ClassVar, Final, Self

import numpy as np

from matching.arrays import NO_END, Bools, Floats, Integers, Rows, in_millionths, ordinals
from matching.comparisons.base import Comparison
from matching.packed import Windows
from matching.records import Need, Offer
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

HORIZON_DAYS: Final = 1095  # three years: a window without an end is compared over the usual length of a programme
_LATEST: Final = NO_END + HORIZON_DAYS  # no window of a need reaches beyond

LONGEST_DAYS: Final = 3653  # ten years: whoever is available for longer has promised no dates
ONE_PERCENT: Final = 0.01  # below, and as near to the whole, a rounded percentage would tell what is not so


class TimeComparison(Comparison):
    """The share of the need's days on which the offer is available; windows without an end run to the horizon.

    An offer that has been or will be open for more than ten years says no more than one without dates.
    """

    component: ClassVar[Component] = Component.TIME

    def __init__(self, needs: Sequence[Need], offers: Sequence[Offer], *, as_of_on: date) -> None:
        today = self._today = as_of_on.toordinal()
        self._offer_from = ordinals((offer.available_from_on for offer in offers), absent=0)
        self._offer_until = ordinals((offer.available_until_on for offer in offers), absent=_LATEST)
        self._is_offer_silent = _silent([(offer.available_from_on, offer.available_until_on) for offer in offers])
        begun = np.minimum(ordinals((offer.available_from_on for offer in offers), absent=today), today)
        until = ordinals((offer.available_until_on for offer in offers), absent=today)
        self._is_offer_silent |= np.maximum(until, today) - begun > LONGEST_DAYS
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Need]) -> None:
        self._need_from = np.maximum(ordinals((need.earliest_on for need in needs), absent=self._today), self._today)
        self._need_until = _closed_at(ordinals((need.latest_on for need in needs), absent=-1), self._need_from)
        self._is_need_silent = _silent([(need.earliest_on, need.latest_on) for need in needs])

    def with_needs(self, needs: Sequence[Need]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return the days of overlap as a share of the need's days."""
        return self.values_at(rows[:, None], np.arange(len(self._offer_until))[None, :])

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs, in arrays that broadcast against each other."""
        return self._shares(rows, columns, self._offer_until)

    def values_if_open_until(self, row: int, day: date) -> Floats:
        """Return the values of one need if every offer were available until that day at least; shape (n_offers,)."""
        columns = np.arange(len(self._offer_until))
        return self._shares(np.array([row]), columns, np.maximum(self._offer_until, day.toordinal()))

    def _shares(self, rows: Rows, columns: Rows, offer_until: Integers) -> Floats:
        start = np.maximum(self._need_from[rows], self._offer_from[columns])
        end = np.minimum(self._need_until[rows], offer_until[columns])
        n_days = np.maximum(self._need_until[rows] - self._need_from[rows] + 1, 1)
        share: Floats = np.clip((end - start + 1) / n_days, 0.0, 1.0)
        return np.where(self._is_need_silent[rows] | self._is_offer_silent[columns], np.nan, share)

    def as_windows(self) -> Windows:
        """Return the comparison as arrays; special is a side without a window."""
        return Windows(
            need_from=self._need_from,
            need_until=self._need_until,
            is_need_special=self._is_need_silent,
            offer_from=self._offer_from,
            offer_until=self._offer_until,
            is_offer_special=self._is_offer_silent,
        )

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the values in millionths: all that is told is how much of the window is covered."""
        return in_millionths(values)

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return how much of the need's window is covered."""
        if value is None:
            return Sentence(message=N_("Need or offer gives no dates."))
        if value >= 1:
            return Sentence(message=N_("The offer is available for the whole window of the need."))
        if value <= 0:
            return Sentence(message=N_("The offer is not available in the window of the need."))
        if value < ONE_PERCENT:
            return Sentence(message=N_("The offer is available for less than one per cent of the need's window."))
        if value > 1 - ONE_PERCENT:
            return Sentence(message=N_("The offer is available for nearly the whole window of the need."))
        percent = round(100 * value)
        message = N_("The offer is available for %(percent)s%% of the need's window.")
        return Sentence(message=message, values={"percent": percent})


def _silent(windows: Sequence[tuple[date | None, date | None]]) -> Bools:
    return np.array([start is None and end is None for start, end in windows], dtype=np.bool_)


def _closed_at(until: Integers, start: Integers) -> Integers:
    return np.where(until < 0, start + HORIZON_DAYS, np.maximum(until, start))
