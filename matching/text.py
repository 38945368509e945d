"""Text as numbers: vectors weighted by a frozen background.

A text becomes two views of the same words. The *word* view counts stems. The *fragment* view breaks every stem into
overlapping runs of letters, so that CSIRT meets CIRT, and cybersécurité meets cybersecurity. Both are weighted by how
rare a token is in the background corpus and never by the pool: a new record changes nobody else's vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Matrix, Rows
from matching.reference import Background
from matching.words import Tokenizer, TokenMemory

FULL_LIKENESS: Final = 0.6
"""A cosine from which two texts count as alike: two people who write of one thing seldom reach it."""

_FRAGMENT_LENGTHS: Final = (3, 4, 5)


def fragments(token: str) -> list[str]:
    """Return the overlapping runs of 3 to 5 letters of a token, its edges marked.

    Examples
    --------
    >>> fragments("cert")
    [' ce', 'cer', 'ert', 'rt ', ' cer', 'cert', 'ert ', ' cert', 'cert ']
    """
    framed = f" {token} "
    return [framed[at : at + n] for n in _FRAGMENT_LENGTHS for at in range(len(framed) - n + 1)]


@dataclass(frozen=True, slots=True)
class TextVectors:
    """Texts as rows of unit length: ``words`` over stems, ``fragments`` over runs of letters."""

    words: Matrix
    fragments: Matrix

    def take(self, rows: Rows) -> TextVectors:
        """Return the vectors of some of the texts."""
        return TextVectors(words=self.words[rows], fragments=self.fragments[rows])

    @property
    def is_empty(self) -> Bools:
        """Whether a text has no token; shape (n_texts,)."""
        is_empty: Bools = np.diff(self.words.indptr) == 0
        return is_empty


@dataclass(frozen=True, slots=True)
class TextSpace:
    """Groups of texts over one vocabulary of stems, which is in code-point order."""

    vocabulary: tuple[str, ...]
    groups: tuple[TextVectors, ...]


def likeness(one: TextVectors, other: TextVectors) -> Floats:
    """Return how alike the texts of two groups are.

    The mean cosine of the two views, stretched so that ``FULL_LIKENESS`` counts 1; the square root spreads the low
    values that real texts have.

    Returns
    -------
    shape (n_texts of one, n_texts of the other)
        In [0, 1].
    """
    words = (one.words @ other.words.T).toarray()
    pieces = (one.fragments @ other.fragments.T).toarray()
    stretched: Floats = np.sqrt(np.clip((words + pieces) / (2.0 * FULL_LIKENESS), 0.0, 1.0))
    return stretched


class Vectorizer:
    """Weights tokens by the background corpus and turns texts into rows of unit length."""

    def __init__(self, background: Background, memory: TokenMemory | None = None) -> None:
        self.tokenizer = Tokenizer(background.stop_words, memory)
        self._background = background

    def idf(self, tokens: Sequence[str]) -> Floats:
        """Return the smoothed inverse document frequency of each token.

        Parameters
        ----------
        tokens : shape (n,)

        Returns
        -------
        shape (n,)
            At least 1; highest for a token that the background never saw.
        """
        frequency = self._background.document_frequency
        counts = np.array([frequency.get(token, 0) for token in tokens], dtype=np.float64)
        return np.log((1.0 + self._background.n_texts) / (1.0 + counts)) + 1.0

    def space(self, *groups: Sequence[str]) -> TextSpace:
        """Return the vectors of several groups of texts over one shared vocabulary.

        Parameters
        ----------
        groups
            For example the needs' texts and the offers' texts.

        Returns
        -------
        TextSpace
            With a group of vectors for each group of texts. A text without a token is a row of zeros.
        """
        documents = [[self.tokenizer.tokens(text) for text in group] for group in groups]
        vocabulary = sorted({token for group in documents for tokens in group for token in tokens})
        column = {token: at for at, token in enumerate(vocabulary)}
        idf = self.idf(vocabulary)
        breaking = _fragment_matrix(vocabulary)
        words = [_weighted_counts(group, column, idf) for group in documents]
        vectors = [
            TextVectors(words=normalized_rows(matrix), fragments=normalized_rows(sp.csr_matrix(matrix @ breaking)))
            for matrix in words
        ]
        return TextSpace(vocabulary=tuple(vocabulary), groups=tuple(vectors))


def normalized_rows(matrix: Matrix) -> Matrix:
    """Return the matrix with every row scaled to unit length; rows of zeros stay as they are."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    result = sp.csr_matrix(sp.diags_array(scale) @ matrix)
    result.sort_indices()
    return result


def _weighted_counts(documents: Sequence[Sequence[str]], column: dict[str, int], idf: Floats) -> Matrix:
    """Return (1 + ln count) x idf for each token of each document."""
    indices: list[int] = []
    counts: list[int] = []
    starts = [0]
    for tokens in documents:
        seen: dict[int, int] = {}
        for token in tokens:
            at = column[token]
            seen[at] = seen.get(at, 0) + 1
        indices.extend(sorted(seen))
        counts.extend(seen[at] for at in sorted(seen))
        starts.append(len(indices))
    where = np.array(indices, dtype=np.int32)
    values = (1.0 + np.log(np.array(counts, dtype=np.float64))) * idf[where] if indices else np.zeros(0)
    return sp.csr_matrix((values, where, np.array(starts)), shape=(len(documents), len(column)))


def _fragment_matrix(vocabulary: Sequence[str]) -> Matrix:
    """Return which fragments each token breaks into, rows of unit length; the token's weight comes with the text."""
    broken = [sorted(set(fragments(token))) for token in vocabulary]
    names = sorted({fragment for row in broken for fragment in row})
    column = {name: at for at, name in enumerate(names)}
    indices = np.array([column[name] for row in broken for name in row], dtype=np.int32)
    starts = np.concatenate(([0], np.cumsum([len(row) for row in broken]))) if broken else np.zeros(1)
    matrix = sp.csr_matrix((np.ones(len(indices)), indices, starts.astype(np.int32)), (len(vocabulary), len(names)))
    return normalized_rows(matrix)
