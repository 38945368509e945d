"""Words: a text of any of the six languages cut into the stems that are compared."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from matching.arrays import Integers
from matching.folding import folded
from matching.stems import Stems, plain_latin

WORD: Final = re.compile(r"[一-鿿㐀-䶿]+|[^\W_一-鿿㐀-䶿]+", re.UNICODE)
"""A run of letters and digits; one of Chinese characters is a word of its own."""

_GAPS: Final = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_HAN: Final = re.compile(r"[一-鿿㐀-䶿]")
_CYBER: Final = re.compile(r"\b(cyber)[\s-]+(?=([^\W\d_]+))", re.IGNORECASE)  # cyber security is cybersecurity
_SHORT: Final = re.compile(
    r"\b(e|co|cyber)-(?=[a-z])", re.IGNORECASE
)  # e-evidence is no evidence, co-operation one word
_ARABIC_SIGNS: Final = re.compile("[\u0640\u064b-\u065f\u0670]")  # vowel signs and stretched lines split no word
_MAX_TOKEN_LENGTH: Final = 40  # longer runs are addresses and keys, not words

TokenMemory = MutableMapping[str, list[str]]
"""The stems of texts seen before, in their order, by ``text_key``: no text, and yet enough to tell what it is about."""


def text_key(text: str) -> str:
    """Return the key under which the stems of a text are remembered."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def words_in(text: str) -> list[str]:
    """Return all that ``WORD`` finds in a text, in its order.

    Examples
    --------
    >>> words_in("Law_makers, 2 CSIRTs"), words_in("培训CSIRT")
    (['Law', 'makers', '2', 'CSIRTs'], ['培训', 'CSIRT'])
    """
    # Most texts have no letter beyond ASCII, and to put blanks between words is quicker than to search for them.
    return text.translate(_GAPS).split() if text.isascii() else WORD.findall(text)


@dataclass(frozen=True, slots=True)
class NumberedTexts:
    """Texts as the numbers of their stems, one text behind the other.

    ``numbers`` has shape (n_stems of all,), ``lengths`` shape (n_texts,).
    """

    numbers: Integers
    lengths: Integers


class StemNumbers(dict[str, int]):
    """Numbers stems in the order in which they are first asked for; ``stems`` holds them by number."""

    def __init__(self) -> None:
        super().__init__()
        self.stems: list[str] = []

    def __missing__(self, stem: str) -> int:
        number = self[stem] = len(self.stems)
        self.stems.append(stem)
        return number

    def numbers(self, stems: Sequence[str]) -> Integers:
        """Return the numbers of some stems; shape (n_stems,)."""
        return np.fromiter(map(self.__getitem__, stems), dtype=np.int64, count=len(stems))


class _StemsByWord(dict[str, tuple[str, ...]]):
    """The stems of words, cut when they are first asked for: words are few beside their uses."""

    def __init__(self, cut: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._cut = cut

    def __missing__(self, word: str) -> tuple[str, ...]:
        # Some letters fold into several, between which a word may end.
        stems = self[word] = tuple(stem for piece in words_in(word.casefold()) for stem in self._cut(piece))
        return stems


class _PairsByWord(dict[str, tuple[tuple[str, str], ...]]):
    """Each stem of words with what it is written as: the word, or the stem where it is one of several."""

    def __init__(self, stems_by_word: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self._stems_by_word = stems_by_word

    def __missing__(self, word: str) -> tuple[tuple[str, str], ...]:
        stems = self._stems_by_word[word]
        pairs = self[word] = tuple((stem, word if len(stems) == 1 else stem) for stem in stems)
        return pairs


def joined_texts(texts: Sequence[Integers]) -> NumberedTexts:
    """Return texts, each as its numbers, one behind the other."""
    numbers = np.concatenate([np.zeros(0, dtype=np.int64), *texts])
    return NumberedTexts(numbers, np.array([len(text) for text in texts], dtype=np.int64))


class Tokenizer:
    """Turns a text into stems.

    Latin words lose their accents, Chinese is cut into overlapping pairs of characters, because it is written without
    spaces. Stop words of all languages are left out of every text.
    """

    def __init__(self, stop_words: Iterable[str] = (), memory: TokenMemory | None = None) -> None:
        self._stop_words = frozenset(stop_words)
        self._memory = memory
        self._stems = Stems()
        self._stems_by_word = _StemsByWord(self._cut)
        self._pairs_by_word = _PairsByWord(self._stems_by_word)
        self._numbers_by_text: dict[str, Integers] = {}
        self.stem_numbers = StemNumbers()

    def numbers(self, text: str) -> Integers:
        """Return the stems of a text by their numbers in ``stem_numbers``; kept, since every reader asks for each text."""
        found = self._numbers_by_text.get(text)
        if found is None:
            found = self._numbers_by_text[text] = self.stem_numbers.numbers(self._remembered(text))
        return found

    def tokens(self, text: str) -> list[str]:
        """Return the stems of a text in their order, stop words left out.

        Examples
        --------
        >>> Tokenizer({"the"}).tokens("The CSIRTs, trained")
        ['csirt', 'train']
        """
        return [self.stem_numbers.stems[number] for number in self.numbers(text).tolist()]

    def forget_texts(self) -> None:
        """Let go of the texts seen so far; the words are kept, which are few."""
        self._numbers_by_text.clear()

    def _remembered(self, text: str) -> list[str]:
        if self._memory is None:
            return self._tokens(text)
        key = text_key(text)
        if key not in self._memory:
            self._memory[key] = self._tokens(text)
        return self._memory[key]

    def _tokens(self, text: str) -> list[str]:
        return list(chain.from_iterable(map(self._stems_by_word.__getitem__, self.words(text))))

    def words_by_stem(self, text: str) -> dict[str, str]:
        """Return for each stem of a text the first word that it stands for.

        Examples
        --------
        >>> Tokenizer().words_by_stem("Training, trained")
        {'train': 'Training'}
        """
        # Backwards, so that of several words the first one stays.
        return dict(chain.from_iterable(map(self._pairs_by_word.__getitem__, reversed(self.words(text)))))

    def words(self, text: str) -> list[str]:
        """Return the words of a text in their order as they are written, stop words among them."""
        return words_in(self._joined(text))

    def stems_of(self, word: str) -> tuple[str, ...]:
        """Return the stems of a word as it is written."""
        return self._stems_by_word[word]

    def _joined(self, text: str) -> str:
        """Return the text with one spelling for what is written in two: cyber security, e-evidence, co-operation."""
        plain = text if text.isascii() else _ARABIC_SIGNS.sub("", folded(text))
        if "-" in plain:
            plain = _SHORT.sub(r"\1", plain)
        return _CYBER.sub(self._cyber_joined, plain) if "cyber" in plain.lower() else plain

    def _cyber_joined(self, found: re.Match[str]) -> str:
        is_followed_by_a_word_of_its_own = found[2].casefold() not in self._stop_words
        return found[1] if is_followed_by_a_word_of_its_own else found[0]

    def _cut(self, word: str) -> tuple[str, ...]:
        if word in self._stop_words or len(word) > _MAX_TOKEN_LENGTH:
            return ()
        if _HAN.match(word):
            return tuple(word[at : at + 2] for at in range(len(word) - 1)) or (word,)
        return () if plain_latin(word) in self._stop_words else (self._stems.stem(word),)
