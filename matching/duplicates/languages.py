"""In which of the six languages a text is written, by its letters and its commonest words."""

from __future__ import annotations

import re
from typing import Final

from matching.stems import plain_latin

_SCRIPTS: Final = (
    ("", re.compile("[A-Za-zÀ-ɏ]")),
    ("zh", re.compile("[一-鿿㐀-䶿]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("ru", re.compile("[Ѐ-ӿ]")),
)
_HAN_WEIGHT: Final = 3  # letters of another script that one Chinese character stands for
_WORD: Final = re.compile(r"[^\W\d_]+")
_COMMON_WORDS: Final = {
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "in",
            "for",
            "is",
            "are",
            "with",
            "that",
            "on",
            "by",
            "from",
            "as",
            "our",
            "we",
            "which",
            "its",
            "be",
            "will",
            "this",
            "at",
            "or",
        ]
    ),
    "fr": frozenset(
        [
            "le",
            "la",
            "les",
            "des",
            "du",
            "et",
            "pour",
            "dans",
            "est",
            "une",
            "un",
            "sur",
            "par",
            "avec",
            "qui",
            "au",
            "aux",
            "que",
            "nous",
            "l",
            "d",
            "n",
            "sont",
            "ne",
            "se",
        ]
    ),
    "es": frozenset(
        [
            "el",
            "la",
            "los",
            "las",
            "del",
            "y",
            "para",
            "en",
            "es",
            "una",
            "un",
            "con",
            "por",
            "que",
            "al",
            "su",
            "sus",
            "se",
            "lo",
            "de",
            "como",
            "son",
            "nos",
            "e",
            "o",
        ]
    ),
}


def written_in(text: str) -> str:
    """Return the code of the language of a text, empty where it holds too little to tell.

    Examples
    --------
    >>> [written_in(text) for text in ("Training for the team", "Formation pour les équipes", "为团队提供培训", "CSIRT")]
    ['en', 'fr', 'zh', '']
    """
    counts = {code: len(pattern.findall(text)) for code, pattern in _SCRIPTS}
    counts["zh"] *= _HAN_WEIGHT
    script = max(counts, key=lambda code: counts[code])
    return script or _latin_language(text)


def _latin_language(text: str) -> str:
    words = [plain_latin(word) for word in _WORD.findall(text.casefold())]
    counts = {code: sum(word in common for word in words) for code, common in _COMMON_WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else ""
