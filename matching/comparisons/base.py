"""What every comparison has: the number for a block of pairs or for single ones, and the sentence beside it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Final, Protocol

import numpy as np

from matching.arrays import Floats, Rows, rounded
from matching.packed import Places, Table, contiguous
from matching.sentences import Sentence
from matching.vocabulary import Component

_KINDS_AT_ONCE: Final = 256
_MOST_CELLS: Final = 40_000_000  # some 500 MB in both precisions


class TooManyKindsError(Exception):
    """Records say too many different things for a table of kinds."""


def kinds(keys: Sequence[Hashable]) -> tuple[Places, Rows]:
    """Return the kind of each record, and where the first of each kind stands.

    Examples
    --------
    >>> kind, first = kinds(["a", "b", "a"])
    >>> kind.tolist(), first.tolist()
    ([0, 1, 0], [0, 1])
    """
    number: dict[Hashable, int] = {}
    kind = [number.setdefault(key, len(number)) for key in keys]
    first = np.unique(np.array(kind, dtype=np.int64), return_index=True)[1]
    return contiguous(kind, np.int32), first.astype(np.int64)


def _starts(rows: Rows) -> range:
    return range(0, len(rows), _KINDS_AT_ONCE)


class Comparison(Protocol):
    """Compares needs with offers in one respect."""

    component: ClassVar[Component]

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

    def as_table(self, needs: Sequence[Hashable], offers: Sequence[Hashable]) -> Table:
        """Return the comparison as a table of kinds.

        Parameters
        ----------
        needs : shape (n_needs,)
            What the values of each need depend on: two needs with equal entries have equal values.
        offers : shape (n_offers,)
            The same of each offer.

        Raises
        ------
        TooManyKindsError
            When the table would not fit into memory.
        """
        need_kind, first_needs = kinds(needs)
        offer_kind, first_offers = kinds(offers)
        if len(first_needs) * len(first_offers) > _MOST_CELLS:
            raise TooManyKindsError(f"{len(first_needs)} kinds of needs with {len(first_offers)} of offers")
        blocks = [self.values(first_needs[at : at + _KINDS_AT_ONCE])[:, first_offers] for at in _starts(first_needs)]
        empty = np.zeros((0, len(first_offers)))
        return Table(need_kind=need_kind, offer_kind=offer_kind, values=rounded(np.concatenate([empty, *blocks])))

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return why the pair has its value; ``value`` is ``None`` where a side says nothing."""
        ...

    def sentence_key(self, row: int, column: int, value: float | None) -> Hashable:
        """Return what the sentence of a pair depends on: pairs with equal keys have equal sentences."""
        return row, column, value

    def sentences_at(self, rows: Rows, columns: Rows, values: Sequence[float | None]) -> list[Sentence]:
        """Return the sentences of some pairs; each is made once for all pairs that share it.

        Parameters
        ----------
        rows, columns, values : shape (n_pairs,)
        """
        made: dict[Hashable, Sentence] = {}
        sentences: list[Sentence] = []
        for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True):
            key = self.sentence_key(row, column, value)
            sentence = made.get(key)
            if sentence is None:
                sentence = made[key] = self.sentence(row, column, value)
            sentences.append(sentence)
        return sentences
