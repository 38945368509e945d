"""The share of what one side asks that the other side has; used by the comparisons of mode and of language.

An offer that names more codes than ``n_full`` gives each of them less: see ``matching.attention``.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np

from matching.arrays import Bools, Floats, Rows, indicator
from matching.attention import attention


class Coverage:
    """Compares lists of codes: the share of each need's codes that an offer names."""

    def __init__(
        self,
        needs: Sequence[Sequence[str]],
        offers: Sequence[Sequence[str]],
        *,
        columns: Sequence[str] = (),
        n_full: int,
    ) -> None:
        self._offers = [tuple(codes) for codes in offers]
        self._columns = tuple(columns) or tuple(sorted({code for codes in offers for code in codes}))
        self._named = indicator(offers, self._columns).T.copy()
        self._n_full, self._n_offered = n_full, self._named.sum(axis=0)
        self._attention = attention(self._n_offered, n_full=n_full)
        self._is_offer_silent = self._n_offered == 0
        self._take_needs(needs)

    def _take_needs(self, needs: Sequence[Sequence[str]]) -> None:
        self._needs = [tuple(codes) for codes in needs]
        more = sorted({code for codes in needs for code in codes} - set(self._columns))
        if more:
            self._columns = (*self._columns, *more)
            self._named = np.vstack([self._named, np.zeros((len(more), len(self._offers)))])
        self._asked = indicator(needs, self._columns)
        self._n_asked = self._asked.sum(axis=1)

    def with_needs(self, needs: Sequence[Sequence[str]]) -> Self:
        """Return the same of other needs and the same offers; a code that no offer names is asked for in vain."""
        other = copy(self)
        other._take_needs(needs)  # noqa: SLF001 – a copy of itself
        return other

    def shared(self, rows: Rows) -> Floats:
        """Return how much the codes that each pair shares count; shape (n_rows, n_offers)."""
        n_shared: Floats = self._asked[rows] @ self._named  # whole numbers: the same in any order
        return n_shared * self._attention

    def shared_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        n_shared: Floats = np.einsum("ij,ij->i", self._asked[rows], self._named.T[columns])
        return n_shared * self._attention[columns]

    def values(self, rows: Rows) -> Floats:
        """Return the share of the asked codes that are offered; NaN where a side names none."""
        n_asked = self._n_asked[rows][:, None]
        block = self.shared(rows) / np.maximum(n_asked, 1.0)
        return self.silenced(block, rows)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs; shape (n_pairs,)."""
        return self.silenced_at(self.shared_at(rows, columns) / np.maximum(self._n_asked[rows], 1.0), rows, columns)

    def attention_if_named(self, codes: Sequence[str], *, is_kept: Bools) -> Floats:
        """Return how much each code of every offer would count if it also named some; shape (n_offers,).

        Parameters
        ----------
        codes
            All among the columns.
        is_kept : shape (n_offers,)
            Which offers would keep the codes that they have.
        """
        positions = [self._columns.index(code) for code in dict.fromkeys(codes)]
        n_shared = self._named[positions].sum(axis=0)
        n_named = np.where(is_kept, self._n_offered - n_shared, 0.0) + len(positions)
        return attention(n_named, n_full=self._n_full)

    def silenced_at(self, values: Floats, rows: Rows, columns: Rows) -> Floats:
        """Return the values of some pairs with NaN where a side names no code."""
        values[(self._n_asked[rows] == 0) | self._is_offer_silent[columns]] = np.nan
        return values

    def values_by_code(self, row: int) -> Floats:
        """Return how much each of its codes counts with each offer; shape (n_codes_of_the_need, n_offers), NaN for a silent offer."""
        block: Floats = self._named[[self._columns.index(code) for code in self._needs[row]]] * self._attention
        block[:, self._is_offer_silent] = np.nan
        return block

    def silenced(self, block: Floats, rows: Rows) -> Floats:
        """Return the block with NaN where a side names no code."""
        block[self._n_asked[rows] == 0] = np.nan
        block[:, self._is_offer_silent] = np.nan
        return block

    def marks_of_needs(self) -> Bools:
        """Return which codes each need names; shape (n_needs, n_codes)."""
        return self._asked > 0

    def marks_of_offers(self) -> Bools:
        """Return the same of the offers; shape (n_offers, n_codes)."""
        return self._named.T > 0

    @property
    def needs(self) -> list[tuple[str, ...]]:
        """The codes of every need."""
        return self._needs

    @property
    def offers(self) -> list[tuple[str, ...]]:
        """The codes of every offer."""
        return self._offers

    def codes(self, row: int, column: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the codes of the need and of the offer."""
        return self._needs[row], self._offers[column]

    def named(self, row: int, column: int) -> tuple[list[str], list[str], list[str]]:
        """Return the codes that both sides name, those of the need, and those of the offer."""
        asked, offered = list(self._needs[row]), list(self._offers[column])
        return [code for code in asked if code in offered], asked, offered
