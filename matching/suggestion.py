"""Reading areas and modes out of free text, in any of the six languages, by the search terms of the taxonomy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Matrix, counted
from matching.text import Vectorizer
from matching.words import joined_texts

WeightedAreas = Mapping[str, float]
"""Area codes, each with how much it counts, above 0 up to 1; empty where a record says nothing of its areas."""

OUTSIDE: Final = ""
"""Stands for a code where a record lies outside all areas, in a neighbouring field: that is not silence."""

PARTIAL_CONTAINMENT: Final = 0.7  # a long term of which most of the weight stands in the text still counts a little
PARTIAL_SHARE: Final = 0.3
TITLE_SHARE: Final = 0.5  # how much a term counts again when it stands in the title as well


class TermIndex:
    """Finds which labels a text speaks of, by the weight of each label's terms that stands in the text.

    A term counts by how rare its words are in the background corpus, or all terms count alike. A term of several words
    counts in full where all of them stand in the text, in any order, which inflected languages need, and a little
    where most of them do.
    """

    def __init__(
        self, terms_by_label: Mapping[str, Iterable[str]], vectorizer: Vectorizer, *, do_rare_words_count_more: bool
    ) -> None:
        self.labels = tuple(sorted(terms_by_label))
        self._vectorizer = vectorizer
        entries = {
            (at, tuple(sorted(set(vectorizer.tokenizer.tokens(term)))))
            for at, label in enumerate(self.labels)
            for term in terms_by_label[label]
        }
        ordered = sorted(entry for entry in entries if entry[1])
        self._label_of_term = np.array([at for at, _ in ordered], dtype=np.int64)
        self._vocabulary = sorted({token for _, tokens in ordered for token in tokens})
        self._numbers = vectorizer.tokenizer.stem_numbers.numbers(self._vocabulary)
        column = {token: at for at, token in enumerate(self._vocabulary)}
        idf = vectorizer.idf(self._vocabulary)
        rows = [[column[token] for token in tokens] for _, tokens in ordered]
        mass = np.array([idf[row].sum() for row in rows])
        strength = mass / (idf.max() if len(idf) else 1.0) if do_rare_words_count_more else np.ones(len(mass))
        self._shares = _csr([idf[row] / total for row, total in zip(rows, mass, strict=True)], rows, len(idf))
        self._labels_of_terms = _csr(
            [np.array([value]) for value in strength],
            [[at] for at in self._label_of_term],
            len(self.labels),
        )

    def evidence(self, titles: Sequence[str], bodies: Sequence[str]) -> Floats:
        """Return how strongly each text speaks of each label.

        Parameters
        ----------
        titles, bodies : shape (n_texts,)
            Words of a title count more than those of the body.

        Returns
        -------
        shape (n_texts, n_labels)
            At least 0; about 1 for one clear term.
        """
        whole = [f"{title}\n{body}" for title, body in zip(titles, bodies, strict=True)]
        return self._counted(whole) + TITLE_SHARE * self._counted(titles)

    def _counted(self, texts: Sequence[str]) -> Floats:
        present = self._present(texts)
        contained = sp.csr_matrix(present @ sp.csr_matrix(self._shares.T))
        is_full = contained.data > 1.0 - 1e-9
        is_partial = contained.data >= PARTIAL_CONTAINMENT
        contained.data = np.where(is_full, 1.0, np.where(is_partial, PARTIAL_SHARE * contained.data, 0.0))
        contained.eliminate_zeros()
        squared = contained.multiply(contained) @ self._labels_of_terms.multiply(self._labels_of_terms)
        return np.asarray(np.sqrt(squared.toarray()))

    def _present(self, texts: Sequence[str]) -> Matrix:
        """Return which words of the terms stand in each text, as ones; shape (n_texts, n_words of the terms)."""
        tokenizer, n_words = self._vectorizer.tokenizer, len(self._vocabulary)
        joined = joined_texts([tokenizer.numbers(text) for text in texts])
        column_by_number = np.full(len(tokenizer.stem_numbers.stems), -1, dtype=np.int64)
        column_by_number[self._numbers] = np.arange(n_words)
        text, column = counted(joined.lengths)[0], column_by_number[joined.numbers]
        found = np.unique((text * n_words + column)[column >= 0])
        return sp.csr_matrix((np.ones(len(found)), np.divmod(found, max(n_words, 1))), shape=(len(texts), n_words))


def _csr(values: Sequence[Floats], columns: Sequence[Sequence[int]], n_columns: int) -> Matrix:
    starts = np.concatenate(([0], np.cumsum([len(row) for row in columns]))).astype(np.int64)
    data = np.concatenate([*values, np.zeros(0)])
    flat = np.array([at for row in columns for at in row], dtype=np.int64)
    return sp.csr_matrix((data, flat, starts), shape=(len(columns), n_columns))
