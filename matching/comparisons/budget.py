"""Budget: how much of the sum sought one place of the offer covers."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import ClassVar, Final, Self

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.comparisons.base import Comparison
from matching.packed import Sums
from matching.records import Need, Offer
from matching.sentences import N_, Sentence
from matching.vocabulary import Component

MOST_TIMES: Final = 100
"""How many times the sum sought a place may be worth; beyond, the sum is of another kind and says nothing."""


_OUT_OF_SCALE: Final = Sentence(
    message=N_("One place is worth so many times the sum sought that the two are not compared.")
)
_NOTHING_TO_COMPARE: Final = Sentence(message=N_("Need and offer name no sums in one currency."))


class BudgetComparison(Comparison):
    """The sum per place as a share of the sum sought; amounts are compared in one currency only.

    A sum of another order of magnitude than the one sought is not meant for it: to name a billion earns nothing.
    """

    component: ClassVar[Component] = Component.BUDGET

    def __init__(self, needs: Sequence[Need], offers: Sequence[Offer]) -> None:
        self._offers = offers
        self._position = {currency: at for at, currency in enumerate(_currencies(offers))}
        self._given, self._offer_currency = self._amounts(offers)
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Need]) -> None:
        self._needs = needs
        others = [currency for currency in _currencies(needs) if currency not in self._position]
        first = len(self._position)
        self._position = self._position | {currency: at for at, currency in enumerate(others, start=first)}
        self._sought, self._need_currency = self._amounts(needs)

    def with_needs(self, needs: Sequence[Need]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def _amounts(self, records: Sequence[Need | Offer]) -> tuple[Floats, Floats]:
        amounts = [np.nan if record.budget is None else float(record.budget) for record in records]
        currencies = [self._position.get(record.currency or "", -1) for record in records]
        return np.array(amounts, dtype=np.float64), np.array(currencies, dtype=np.float64)

    def values(self, rows: Rows) -> Floats:
        """Return the covered share, 1 where nothing is sought; NaN across currencies or without an amount."""
        return self.values_at(rows[:, None], np.arange(len(self._offers))[None, :])

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs, in arrays that broadcast against each other."""
        sought, given = np.broadcast_arrays(self._sought[rows], self._given[columns])
        share = np.divide(given, sought, out=np.ones(sought.shape), where=sought > 0)
        is_comparable = self._is_comparable(rows, columns) & (share <= MOST_TIMES)
        return np.where(is_comparable, np.minimum(share, 1.0), np.nan)

    def as_sums(self) -> Sums:
        """Return the comparison as arrays."""
        return Sums(
            sought=self._sought,
            need_currency=self._need_currency,
            given=self._given,
            offer_currency=self._offer_currency,
        )

    def _is_comparable(self, rows: Rows, columns: Rows) -> Bools:
        """Return whether both sides of some pairs name a sum in one currency."""
        is_comparable: Bools = self._need_currency[rows] == self._offer_currency[columns]
        is_comparable &= ~np.isnan(self._sought[rows]) & ~np.isnan(self._given[columns])
        return is_comparable

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the pairs that name sums in one currency one by one, and all others together."""
        return np.where(self._is_comparable(rows, columns), np.arange(len(rows)), -1)

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return the two sums."""
        if value is None:
            is_out_of_scale = bool(self._is_comparable(np.array([row]), np.array([column]))[0])
            return _OUT_OF_SCALE if is_out_of_scale else _NOTHING_TO_COMPARE
        sought, given, currency = self._needs[row].budget, self._offers[column].budget, self._offers[column].currency
        values = {"given": _plain(given), "sought": _plain(sought), "currency": currency or ""}
        if value >= 1:
            message = N_("One place is worth %(given)s %(currency)s, which covers the %(sought)s sought.")
            return Sentence(message=message, values=values)
        return Sentence(
            message=N_("One place is worth %(given)s %(currency)s of the %(sought)s sought."), values=values
        )


def _currencies(records: Sequence[Need | Offer]) -> list[str]:
    return sorted({record.currency for record in records if record.currency})


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,f}"
