"""Text as numbers: vectors weighted by a frozen background.

A text becomes the stems of its words, each weighted by how rare it is in the background corpus and never by the pool: a
new record changes nobody else's vector. Stems that share most of their runs of letters count as akin, so that organise
meets organisation and cybersécurité meets cybersecurity: the likeness of two texts is the cosine of their weights where
akin stems are not at right angles to each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Integers, Matrix, counted
from matching.bridge import Bridge
from matching.kinship import Kinships, kinship
from matching.reference import Background
from matching.shelf import Shelf
from matching.vectors import TextVectors, vectors_of
from matching.words import NumberedTexts, Tokenizer, TokenMemory, joined_texts

MOST_COUNTED: Final = 4
"""How often a stem counts in one text: written more often, it tells nothing more."""

MOST_GENERAL: Final = 0.33
"""How general a text may be before it is like everything; 97 of 100 statements of the sample are below."""

FALL: Final = 8


@dataclass(frozen=True, slots=True)
class TextSpace:
    """Groups of texts over one vocabulary of stems, which is in code-point order.

    ``stems`` holds for each text of each group its stems in the order of the text, by position in the vocabulary.
    """

    vocabulary: tuple[str, ...]
    groups: tuple[TextVectors, ...]
    stems: tuple[tuple[Integers, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTexts:
    """What of vectors is known from earlier runs: the stems of texts by ``text_key``, and how akin stems are.

    No text, and yet enough to tell what it is about.
    """

    stems: Shelf[Sequence[str]] = field(default_factory=Shelf)
    kinships: Kinships = field(default_factory=Kinships)


class Vectorizer:
    """Weights tokens by the background corpus and turns texts into rows of unit length."""

    def __init__(
        self, background: Background, memory: TokenMemory | None = None, *, known: KnownTexts | None = None
    ) -> None:
        self.tokenizer = Tokenizer(background.stop_words, memory)
        self.bridge = Bridge(background, self.tokenizer, known=None if known is None else known.stems)
        self._background = background
        self._kinships = None if known is None else known.kinships

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
        documents = [joined_texts([self.bridge.numbers(text) for text in group]) for group in groups]
        vocabulary, position = self._vocabulary(documents)
        idf = self.idf(vocabulary)
        akin = kinship(vocabulary) if self._kinships is None else self._kinships.of(vocabulary)
        placed = [NumberedTexts(position[group.numbers], group.lengths) for group in documents]
        vectors = tuple(vectors_of(weighted_counts(group, idf), akin) for group in placed)
        return TextSpace(vocabulary=vocabulary, groups=vectors, stems=tuple(map(_apart, placed)))

    def _vocabulary(self, documents: Sequence[NumberedTexts]) -> tuple[tuple[str, ...], Integers]:
        """Return the stems of some texts in code-point order, and the position among them by number."""
        known = self.tokenizer.stem_numbers
        numbers = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(group.numbers for group in documents)]))
        ordered = sorted(numbers.tolist(), key=known.stems.__getitem__)
        position = np.full(len(known.stems), -1, dtype=np.int64)
        position[ordered] = np.arange(len(ordered))
        return tuple(known.stems[number] for number in ordered), position

    def generality(self, vocabulary: Sequence[str], vectors: TextVectors) -> Floats:
        """Return how near each text is to what all texts of the background have in common.

        Parameters
        ----------
        vocabulary
            That of the vectors.
        vectors
            Of n texts.

        Returns
        -------
        shape (n,)
            The cosine with the sum of all texts of the background, in [0, 1]; a statement of one subject reaches 0.2, the
            commonest words of a field half.
        """
        frequency, n_texts = self._background.document_frequency, self._background.n_texts
        known = np.array(list(frequency.values()), dtype=np.float64) / n_texts * self.idf(tuple(frequency))
        length = math.sqrt(math.fsum(known * known))
        share = np.array([frequency.get(token, 0) for token in vocabulary], dtype=np.float64) / n_texts
        common = share * self.idf(vocabulary)
        own = np.sqrt(np.asarray(vectors.words.multiply(vectors.words).sum(axis=1)).ravel())
        generality: Floats = np.divide(
            vectors.words @ common, own * length, out=np.zeros_like(own), where=own * length > 0
        )
        return generality

    def focused(self, vocabulary: Sequence[str], vectors: TextVectors) -> TextVectors:
        """Return the vectors of offers, those of texts that speak of everything shortened.

        A text made of the words that all needs share would be a little like each of them. Beyond ``MOST_GENERAL`` its
        likeness falls with the eighth power of its generality.
        """
        generality = self.generality(vocabulary, vectors)
        scale = (MOST_GENERAL / np.maximum(generality, MOST_GENERAL)) ** FALL
        words = sp.csr_matrix(sp.diags_array(scale) @ vectors.words)
        words.sort_indices()
        return TextVectors(words=words, spread=vectors.spread)


def _apart(texts: NumberedTexts) -> tuple[Integers, ...]:
    """Return each text by itself."""
    ends = np.cumsum(texts.lengths)
    return tuple(texts.numbers[end - n : end] for end, n in zip(ends.tolist(), texts.lengths.tolist(), strict=True))


def weighted_counts(texts: NumberedTexts, idf: Floats) -> Matrix:
    """Return (1 + ln count) x idf for each stem of each text; one more than ``MOST_COUNTED`` times adds nothing."""
    n_texts, n_stems = len(texts.lengths), len(idf)
    found, counts = np.unique(counted(texts.lengths)[0] * n_stems + texts.numbers, return_counts=True)
    text, stem = np.divmod(found, max(n_stems, 1))
    values = (1.0 + np.log(np.minimum(counts, MOST_COUNTED).astype(np.float64))) * idf[stem]
    starts = np.concatenate(([0], np.cumsum(np.bincount(text, minlength=n_texts))))
    return sp.csr_matrix((values, stem.astype(np.int32), starts.astype(np.int32)), shape=(n_texts, n_stems))
