"""Text as numbers: tokens in any of the six languages' scripts, and vectors weighted by a frozen background.

A text becomes two views of the same words. The *word* view counts stems. The *fragment* view breaks every stem into
overlapping runs of letters, so that CSIRT meets CIRT, and cybersécurité meets cybersecurity. Both are weighted by how
rare a token is in the background corpus and never by the pool: a new record changes nobody else's vector.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
import Stemmer

from matching.arrays import Bools, Floats, Matrix, Rows
from matching.reference import Background

FULL_LIKENESS: Final = 0.6
"""A cosine from which two texts count as alike: two people who write of one thing seldom reach it."""

_WORD: Final = re.compile(r"[一-鿿㐀-䶿]+|[^\W_一-鿿㐀-䶿]+", re.UNICODE)
_APART: Final = re.compile(r"\b(cyber)[\s-]+(?=[a-z])", re.IGNORECASE)  # cyber security and cybersecurity are one word
_ARABIC_SIGNS: Final = re.compile("[\u0640\u064b-\u065f\u0670]")  # vowel signs and stretched lines split no word
_HAN: Final = re.compile(r"[一-鿿㐀-䶿]")
_FRAGMENT_LENGTHS: Final = (3, 4, 5)
_MAX_TOKEN_LENGTH: Final = 40  # longer runs are addresses and keys, not words


TokenMemory = MutableMapping[str, list[str]]
"""The stems of texts seen before, by ``text_key``: what may be kept between runs without keeping the texts."""


def text_key(text: str) -> str:
    """Return the key under which the stems of a text are remembered."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Tokenizer:
    """Turns a text into stems; holds the stemmers, which are costly to make.

    Latin words lose their accents and are stemmed as English, whatever their language: a need and an offer are only
    ever compared after the same treatment. Cyrillic and Arabic words have stemmers of their own. Chinese is cut into
    overlapping pairs of characters, because it is written without spaces.
    """

    def __init__(self, stop_words: Iterable[str] = (), memory: TokenMemory | None = None) -> None:
        self._stop_words = frozenset(stop_words)
        self._memory = memory
        self._latin = Stemmer.Stemmer("english")
        self._cyrillic = Stemmer.Stemmer("russian")
        self._arabic = Stemmer.Stemmer("arabic")
        self._stem_by_word: dict[str, tuple[str, ...]] = {}

    def tokens(self, text: str) -> list[str]:
        """Return the stems of a text in their order, stop words left out.

        Examples
        --------
        >>> Tokenizer({"the"}).tokens("The CSIRTs, trained")
        ['csirt', 'train']
        """
        if self._memory is None:
            return self._tokens(text)
        key = text_key(text)
        if key not in self._memory:
            self._memory[key] = self._tokens(text)
        return self._memory[key]

    def _tokens(self, text: str) -> list[str]:
        stems: list[str] = []
        for word in _WORD.findall(_joined(text).casefold()):
            found = self._stem_by_word.get(word)
            if found is None:
                found = self._stem_by_word[word] = self._stems(word)
            stems.extend(found)
        return stems

    def words_by_stem(self, text: str) -> dict[str, str]:
        """Return for each stem of a text the first word that it stands for.

        Examples
        --------
        >>> Tokenizer().words_by_stem("Training, trained")
        {'train': 'Training'}
        """
        found: dict[str, str] = {}
        for word in _WORD.findall(_joined(text)):
            stems = self.tokens(word)
            for stem in stems:
                found.setdefault(stem, word if len(stems) == 1 else stem)
        return found

    def _stems(self, word: str) -> tuple[str, ...]:
        if word in self._stop_words or len(word) > _MAX_TOKEN_LENGTH:
            return ()
        if _HAN.match(word):
            return tuple(word[at : at + 2] for at in range(len(word) - 1)) or (word,)
        if "\u0400" <= word[0] <= "\u04ff":
            return (self._cyrillic.stemWord(word),)
        if "\u0600" <= word[0] <= "\u06ff":
            return (self._arabic.stemWord(word),)
        plain = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
        return () if plain in self._stop_words else (self._latin.stemWord(plain),)


def _joined(text: str) -> str:
    return _APART.sub(r"\1", _ARABIC_SIGNS.sub("", unicodedata.normalize("NFKC", text)))


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
