"""What every comparison has: the number for a block of pairs or for single ones, and the sentence beside it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Protocol

from matching.arrays import Floats, Rows
from matching.sentences import Sentence
from matching.vocabulary import Component


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
