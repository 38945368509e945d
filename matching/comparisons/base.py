"""What every comparison has: the number for a block of pairs or for single ones, and the sentence beside it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final, Protocol

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.packed import Places, Table, contiguous
from matching.sentences import Sentence, SentenceColumn
from matching.vocabulary import Component

_KINDS_AT_ONCE: Final = 256
_MOST_CELLS: Final = 40_000_000  # some 500 MB in both precisions


class TooManyKindsError(Exception):
    """Records say too many different things for a table of kinds."""


Kinds = tuple[Places, Rows]
"""The kind of each record, and where the first of each kind stands."""


def kinds(keys: Sequence[Hashable]) -> Kinds:
    """Return the kind of each record, and where the first of each kind stands.

    Examples
    --------
    >>> kind, first = kinds(["a", "b", "a"])
    >>> kind.tolist(), first.tolist()
    ([0, 1, 0], [0, 1])
    """
    kind = numbered(keys)
    first = np.unique(kind, return_index=True)[1]
    return contiguous(kind, np.int32), first.astype(np.int64)


def kinds_of_marks(marks: Bools) -> Kinds:
    """Return the same of records that are told apart by some marks.

    Parameters
    ----------
    marks : shape (n_records, n_marks)

    Examples
    --------
    >>> kind, first = kinds_of_marks(np.array([[True, False], [False, False], [True, False]]))
    >>> kind.tolist(), first.tolist()
    ([1, 0, 1], [1, 0])
    """
    if marks.size == 0:
        return np.zeros(len(marks), dtype=np.int32), np.arange(min(len(marks), 1))
    packed = np.packbits(marks, axis=1)
    as_one = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, kind = np.unique(as_one, return_index=True, return_inverse=True)
    return contiguous(kind, np.int32), first.astype(np.int64)


def numbered(keys: Sequence[Hashable]) -> Integers:
    """Return a number for each of some keys, equal where they are.

    Examples
    --------
    >>> numbered(["a", "b", "a"]).tolist()
    [0, 1, 0]
    """
    number: dict[Hashable, int] = {}
    return np.array([number.setdefault(key, len(number)) for key in keys], dtype=np.int64)


class Compared(Protocol):
    """Gives every pair of a need and an offer a value."""

    def values(self, rows: Rows) -> Floats:
        """Return the similarity of the given needs with all offers.

        Parameters
        ----------
        rows : shape (n_rows,)
            Positions of needs.

        Returns
        -------
        shape (n_rows, n_offers)
            In [0, 1]; NaN where a side says nothing.
        """
        ...

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the similarity of some pairs, to the bit as ``values`` has it.

        Parameters
        ----------
        rows, columns : shape (n_pairs,)
            The position of the need and of the offer of each pair.

        Returns
        -------
        shape (n_pairs,)
            In [0, 1]; NaN where a side says nothing.
        """
        ...


def table_of(compared: Compared, needs: Kinds, offers: Kinds) -> Table:
    """Return the values of all pairs as a table of kinds.

    Parameters
    ----------
    compared
        Compares one need with one offer of each kind, in their order.
    needs, offers
        Kinds by what the values depend on: two pairs of the same kinds have the same value.

    Raises
    ------
    TooManyKindsError
        When the table would not fit into memory.
    """
    (need_kind, first_needs), (offer_kind, first_offers) = needs, offers
    if len(first_needs) * len(first_offers) > _MOST_CELLS:
        raise TooManyKindsError(f"{len(first_needs)} kinds of needs with {len(first_offers)} of offers")
    values = np.empty((len(first_needs), len(first_offers)))
    for at in range(0, len(first_needs), _KINDS_AT_ONCE):
        rows = np.arange(at, min(at + _KINDS_AT_ONCE, len(first_needs)))
        values[rows] = compared.values(rows)
    return Table(need_kind=need_kind, offer_kind=offer_kind, values=values)


class Comparison(Compared, Protocol):
    """Compares needs with offers in one respect."""

    component: ClassVar[Component]

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return why the pair has its value; ``value`` is ``None`` where a side says nothing."""
        ...

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return what the sentences of some pairs depend on, as numbers: pairs with equal ones have equal sentences.

        Parameters
        ----------
        rows, columns, values : shape (n_pairs,)
            NaN where a side says nothing.

        Returns
        -------
        shape (n_pairs,)
        """
        return np.arange(len(rows))

    def sentences_at(self, rows: Rows, columns: Rows, values: Floats) -> SentenceColumn:
        """Return the sentences of some pairs; each is made once for all pairs that share it.

        Parameters
        ----------
        rows, columns, values : shape (n_pairs,)
            NaN where a side says nothing.
        """
        _, first, at = np.unique(self.sentence_keys(rows, columns, values), return_index=True, return_inverse=True)
        return SentenceColumn(self.sentences_of(rows[first], columns[first], values[first]), at)

    def sentences_of(self, rows: Rows, columns: Rows, values: Floats) -> list[Sentence]:
        """Return the sentence of each of some pairs, made one by one."""
        pairs = zip(rows.tolist(), columns.tolist(), said(values), strict=True)
        return [self.sentence(row, column, value) for row, column, value in pairs]


def said(values: Floats) -> list[float | None]:
    """Return values as numbers, ``None`` where a side says nothing."""
    return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 – NaN alone differs


def paired(one: Integers, other: Integers) -> Integers:
    """Return a number for each two numbers that stand together, equal where both are.

    Examples
    --------
    >>> paired(np.array([0, 1, 0]), np.array([5, 5, 5])).tolist()
    [5, 11, 5]
    """
    return np.asarray(one, dtype=np.int64) * (int(other.max(initial=0)) + 1) + other
