"""The glossary as it is looked up: the English stems that each word of each other language stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from matching.reference import Background
from matching.stems import Snowball, arabic_stem, plain_latin
from matching.words import Tokenizer

ENGLISH: Final = "en"

COMMON_ENOUGH: Final = 0.5
"""How common a meaning of a word has to be in the background corpus beside its commonest one to be read as well."""

_SNOWBALL: Final = {"fr": "french", "es": "spanish", "ru": "russian"}
_NOTHING: Final[Mapping[str, tuple[str, ...]]] = {}


class Keys:
    """Turns words into what the glossary holds; with stemmers of its own, which no two threads may share."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._stemmers = {language: Snowball(name) for language, name in _SNOWBALL.items()}

    def key(self, language: str, word: str) -> str:
        """Return a word without the endings of its own language; empty for an English one that carries no subject."""
        folded = word.casefold()
        if language == "ar":
            return arabic_stem(folded)
        if language == ENGLISH:
            return "".join(self._tokenizer.stems_of(folded))
        if language in self._stemmers:
            return plain_latin(self._stemmers[language].stem(folded))
        return folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """English stems by language and key, the keys of its English words, and the length of its longest Chinese word."""

    stems_by_language: Mapping[str, Mapping[str, tuple[str, ...]]]
    english: frozenset[str]
    longest_han: int

    def stems_of(self, language: str) -> Mapping[str, tuple[str, ...]]:
        """Return the English stems of the words of a language, by key."""
        return self.stems_by_language.get(language, _NOTHING)


@lru_cache(maxsize=4)
def read_glossary(background: Background) -> Glossary:
    """Return the glossary of a background; made once, since a draft is read at every key."""
    tokenizer = Tokenizer(background.stop_words)
    keys = Keys(tokenizer)
    meanings: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for words_by_language in background.glossary:
        english = [stem for word in words_by_language.get(ENGLISH, ()) for stem in tokenizer.tokens(word)]
        for language, words in words_by_language.items():
            if language != ENGLISH:
                found = meanings.setdefault(language, {})
                for key in {keys.key(language, word) for word in words}:
                    found.setdefault(key, []).append(tuple(english))
    stems_by_language = {
        language: {key: _commonest(some, background.document_frequency) for key, some in found.items()}
        for language, found in meanings.items()
    }
    named = {keys.key(ENGLISH, word) for each in background.glossary for word in each.get(ENGLISH, ())}
    return Glossary(
        stems_by_language=stems_by_language,
        english=frozenset(named - {""}),
        longest_han=max(map(len, stems_by_language.get("zh", {})), default=0),
    )


def _commonest(meanings: Sequence[tuple[str, ...]], frequency: Mapping[str, int]) -> tuple[str, ...]:
    """Return the stems of those meanings that are common enough beside the commonest: rare ones are seldom meant."""
    common = [1 + min((_uses(stem, frequency) for stem in english), default=0) for english in meanings]
    least = COMMON_ENOUGH * max(common)
    kept = [english for english, number in zip(meanings, common, strict=True) if number >= least]
    return tuple(dict.fromkeys(stem for english in kept for stem in english))


def _uses(stem: str, frequency: Mapping[str, int]) -> int:
    """Return in how many texts of the background a stem stands, by itself or joined to cyber."""
    return frequency.get(stem, 0) + frequency.get(f"cyber{stem}", 0)
