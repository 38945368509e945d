"""Freshness: how recently the provider confirmed that the offer stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.comparisons.base import Comparison
from matching.records import Offer
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

FRESH_DAYS: Final = 365  # registers of offers are asked to be confirmed once a year; oftener earns nothing
HALF_LIFE_DAYS: Final = 365


class FreshnessComparison(Comparison):
    """1 in the year after the confirmation, then half after each year that passes without one.

    A confirmation dated after the day of the match has not happened: it says nothing.
    """

    component: ClassVar[Component] = Component.FRESHNESS

    def __init__(self, offers: Sequence[Offer], *, as_of_on: date) -> None:
        self._offers, self._as_of_on = offers, as_of_on
        age_days = np.array(
            [
                np.nan
                if offer.confirmed_on is None or offer.confirmed_on > as_of_on
                else (as_of_on - offer.confirmed_on).days
                for offer in offers
            ],
            dtype=np.float64,
        )
        self._fresh = np.power(0.5, np.maximum(age_days - FRESH_DAYS, 0.0) / HALF_LIFE_DAYS)

    def values(self, rows: Rows) -> Floats:
        """Return how fresh each offer is, the same for all needs."""
        return np.broadcast_to(self._fresh, (len(rows), len(self._fresh))).copy()

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        return self._fresh[columns]

    def by_offer(self) -> Floats:
        """Return how fresh each offer is, NaN for silence; shape (n_offers,)."""
        return self._fresh

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the offers: the needs do not count."""
        return columns

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the day on which the offer was confirmed."""
        confirmed_on = self._offers[column].confirmed_on
        if confirmed_on is None:
            return Sentence(message=N_("The provider has not said when the offer was last confirmed."))
        values = {"day": confirmed_on.isoformat()}
        if confirmed_on > self._as_of_on:
            message = N_(
                "The provider's confirmation is dated %(day)s, after the day of the match, and does not count."
            )
            return Sentence(message=message, values=values)
        return Sentence(message=N_("The provider confirmed the offer on %(day)s."), values=values)
