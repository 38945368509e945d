"""Stems: what is left of a word when its endings, accents and spelling habits are taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import Stemmer

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i"})
_AMERICAN: Final[Mapping[str, str]] = {
    "behaviour": "behavior",
    "behavioural": "behavioral",
    "centre": "center",
    "centres": "centers",
    "defence": "defense",
    "defences": "defenses",
    "licence": "license",
    "licences": "licenses",
    "offence": "offense",
    "offences": "offenses",
    "programme": "program",
    "programmes": "programs",
}
"""British spellings that the stemmer keeps apart from the American ones; both stand in statements of States."""

_ISE: Final = re.compile(r"is(?=(?:e|ed|es|er|ers|ing|ation|ations)\Z)")  # organisation and organization

_ARABIC_LETTERS: Final = str.maketrans("أإآى", "اااي")
_ARABIC_BEGINNINGS: Final = ("وال", "بال", "كال", "فال", "لل", "ال", "و")
_ARABIC_ENDINGS: Final = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")
_LEAST_LEFT: Final = 2  # letters; three where only the conjunction goes, which many words begin with by themselves


def plain_latin(word: str) -> str:
    """Return a word without accents and ligatures.

    Examples
    --------
    >>> plain_latin("œuvre"), plain_latin("sécurité")
    ('oeuvre', 'securite')
    """
    if word.isascii():
        return word
    spread = unicodedata.normalize("NFD", word.translate(_LIGATURES))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def arabic_stem(word: str) -> str:
    """Return an Arabic word without article, conjunction and the commonest endings.

    Light stemming: a root-finding or rule-based stemmer takes the same word apart in several ways, according to whether
    it has the article, so that the definite and the indefinite form do not meet.

    References
    ----------
    Larkey, Ballesteros & Connell (2007), Light stemming for Arabic information retrieval, in: Arabic Computational
    Morphology, 221-243.

    Examples
    --------
    >>> arabic_stem("السيبراني") == arabic_stem("سيبرانية")
    True
    """
    stem = word.translate(_ARABIC_LETTERS)
    for beginning in _ARABIC_BEGINNINGS:
        n_least = _LEAST_LEFT + (beginning == "و")
        if stem.startswith(beginning) and len(stem) - len(beginning) >= n_least:
            stem = stem.removeprefix(beginning)
            break
    for ending in _ARABIC_ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= _LEAST_LEFT:
            stem = stem.removesuffix(ending)
    return stem


class Snowball:
    """A Snowball stemmer that can be sent to another process, which makes one of its own."""

    def __init__(self, language: str) -> None:
        self._language, self._stemmer = language, Stemmer.Stemmer(language)

    def __reduce__(self) -> tuple[type[Snowball], tuple[str]]:
        return Snowball, (self._language,)

    def stem(self, word: str) -> str:
        """Return the stem of a word in lower case.

        Examples
        --------
        >>> Snowball("french").stem("renforcement")
        'renforc'
        """
        return str(self._stemmer.stemWord(word))


class Stems:
    """Cuts words to their stems, by script; holds the stemmers, which are costly to make.

    Latin words are stemmed as English, whatever their language: a need and an offer are only ever compared after the
    same treatment.
    """

    def __init__(self) -> None:
        self._latin, self._cyrillic = Snowball("english"), Snowball("russian")

    def stem(self, word: str) -> str:
        """Return the stem of a word in lower case.

        Examples
        --------
        >>> Stems().stem("programmes"), Stems().stem("организации")
        ('program', 'организац')
        """
        if "\u0400" <= word[0] <= "\u04ff":
            return self._cyrillic.stem(word)
        if "\u0600" <= word[0] <= "\u06ff":
            return arabic_stem(word)
        plain = plain_latin(word)
        return self._latin.stem(_ISE.sub("iz", _AMERICAN.get(plain, plain)))
