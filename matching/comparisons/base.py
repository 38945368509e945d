"""What every comparison has: the number for a block of pairs, and the sentence for one of them."""

from __future__ import annotations

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
