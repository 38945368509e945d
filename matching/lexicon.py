"""The stems of the offers' texts, over which the vector of a new text is made without those of the offers being made anew."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Integers, Matrix
from matching.kinship import akin_to, fragments, kinship
from matching.text import TextSpace, Vectorizer, weighted_counts
from matching.vectors import ReadySpread, TextVectors, vectors_of
from matching.words import joined_texts

_TEXTS_AT_ONCE: Final = 4096
_BEYOND: Final = ""  # stands for every stem that no offer has


class Lexicon:
    """The stems of offers, and how akin any stem is to them.

    A stem that no offer has meets an offer only through those that it is akin to. All such stems share one column
    behind the others, in which no offer has anything.

    Parameters
    ----------
    documents : shape (n_offers,)
        The stems of each text in their order.
    vectorizer
        Weights the stems.
    """

    def __init__(self, documents: Sequence[Sequence[str]], vectorizer: Vectorizer) -> None:
        self._vectorizer = vectorizer
        self._stems = sorted({stem for document in documents for stem in document})
        self._column = {stem: at for at, stem in enumerate(self._stems)}
        self._akin = kinship(self._stems)
        broken = _broken(self._stems)
        self._fragment = {name: at for at, name in enumerate(dict.fromkeys(name for row in broken for name in row))}
        self._broken = sp.csr_matrix(self._fragments(broken).T)

    def offers(self, documents: Sequence[Sequence[str]]) -> TextSpace:
        """Return the space of the offers' texts, beside no needs.

        Only the weights of their own stems are kept: what they amount to for akin ones is needed of one side.
        """
        column, width = self._column, len(self._stems) + 1
        stems = tuple(np.array([column[stem] for stem in one], dtype=np.int64) for one in documents)
        idf = self._vectorizer.idf(self._stems)
        blocks = [
            vectors_of(weighted_counts(joined_texts(stems[start : start + _TEXTS_AT_ONCE]), idf), self._akin).words
            for start in range(0, len(stems), _TEXTS_AT_ONCE)
        ]
        words = sp.csr_matrix(sp.vstack(blocks)) if blocks else sp.csr_matrix((0, width))
        words = sp.csr_matrix((words.data, words.indices, words.indptr), shape=(len(stems), width))
        nothing = sp.csr_matrix((0, width))
        return TextSpace(
            vocabulary=(*self._stems, _BEYOND),
            groups=(
                TextVectors(words=nothing, spread=ReadySpread(nothing)),
                TextVectors(words=words, spread=ReadySpread(sp.csr_matrix((len(stems), width)))),
            ),
            stems=((), stems),
        )

    def vectors(self, documents: Sequence[Sequence[str]]) -> tuple[TextVectors, tuple[Integers, ...]]:
        """Return the vectors of new texts over the stems of the offers, and their stems by position.

        Parameters
        ----------
        documents : shape (n_texts,)
            The stems of each text in their order.

        Returns
        -------
        tuple
            To the bit as if they had been made together with those of the offers.
        """
        own = sorted({stem for document in documents for stem in document})
        merged = _Merged.of(own, self._stems, np.array([stem not in self._column for stem in own], dtype=np.bool_))
        idf = np.zeros(len(merged.back))
        idf[merged.places] = self._vectorizer.idf(own)
        place = dict(zip(own, merged.places.tolist(), strict=True))
        stems = [np.array([place[stem] for stem in document], dtype=np.int64) for document in documents]
        vectors = vectors_of(weighted_counts(joined_texts(stems), idf), self._akin_to(own, merged))
        back, width = merged.back, len(self._stems) + 1
        words, spread = _moved(vectors.words, back, width), _moved(vectors.spread.matrix(), back, width)
        # Nothing of an offer stands in the last column.
        spread.data[spread.indices == width - 1] = 0.0
        spread.eliminate_zeros()
        return TextVectors(words=words, spread=ReadySpread(spread)), tuple(back[some] for some in stems)

    def _akin_to(self, own: Sequence[str], merged: _Merged) -> Matrix:
        """Return how akin the stems of the new texts are to all stems; the rows of the others are empty."""
        new = [stem for stem, is_new in zip(own, merged.is_new, strict=True) if is_new]
        at_known, at_new = merged.places[~merged.is_new], merged.places[merged.is_new]
        known_columns = merged.back[at_known]
        known, among = self._akin[known_columns].tocoo(), kinship(new).tocoo()
        across = akin_to(self._fragments(_broken(new)), self._broken).tocoo()
        row_of_known = np.full(len(self._stems) + 1, -1, dtype=np.int64)
        row_of_known[known_columns] = at_known
        is_own = row_of_known[across.col] >= 0
        parts = [
            (at_known[known.row], merged.forth[known.col], known.data),
            (at_new[across.row], merged.forth[across.col], across.data),
            (row_of_known[across.col[is_own]], at_new[across.row[is_own]], across.data[is_own]),
            (at_new[among.row], at_new[among.col], among.data),
        ]
        rows, columns, values = (np.concatenate(each) for each in zip(*parts, strict=True))
        n_stems = len(merged.back)
        akin = sp.csr_matrix((values, (rows, columns)), shape=(n_stems, n_stems))
        akin.sort_indices()
        return akin

    def _fragments(self, broken: Sequence[Sequence[str]]) -> Matrix:
        """Return which fragments of the offers' stems each of some stems breaks into, as ``kinship`` weighs them."""
        columns = [[self._fragment[name] for name in names if name in self._fragment] for names in broken]
        lengths = np.array([len(row) for row in columns], dtype=np.int64)
        weights = 1.0 / np.sqrt([float(len(names)) for names in broken])
        flat = np.array([at for row in columns for at in row], dtype=np.int32)
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        return sp.csr_matrix((np.repeat(weights, lengths), flat, starts), shape=(len(broken), len(self._fragment)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merged:
    """The stems of the offers and those of new texts in one order, in which sums are made as for a whole pool.

    ``places`` says where each stem of the new texts stands, and ``is_new`` whether no offer has it. ``forth`` leads from
    each stem of the offers into the order, ``back`` from the order to the columns, the last for all that is new.
    """

    places: Integers
    is_new: Bools
    forth: Integers
    back: Integers

    @classmethod
    def of(cls, own: Sequence[str], stems: Sequence[str], is_new: Bools) -> _Merged:
        before = np.array([bisect_left(stems, stem) for stem in own], dtype=np.int64)
        inserted = before[is_new]
        at_new = inserted + np.arange(len(inserted))
        known = np.arange(len(stems))
        forth = known + np.searchsorted(inserted, known, side="right")
        places = before.copy()
        places[is_new], places[~is_new] = at_new, forth[before[~is_new]]
        back = np.full(len(stems) + len(inserted), len(stems), dtype=np.int64)
        back[forth] = known
        return cls(places=places, is_new=is_new, forth=forth, back=back)


def _broken(stems: Sequence[str]) -> list[list[str]]:
    return [list(dict.fromkeys(fragments(stem))) for stem in stems]


def _moved(matrix: Matrix, columns: Integers, n_columns: int) -> Matrix:
    """Return a matrix with its columns moved, those that come together added up."""
    parts = matrix.data, columns[matrix.indices], matrix.indptr
    moved = sp.csr_matrix(parts, shape=(matrix.shape[0], n_columns), copy=True)  # adding up changes them in their place
    moved.sum_duplicates()
    return moved
