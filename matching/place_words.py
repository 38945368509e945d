"""The words of names of places as they are looked up, whatever their accents, cases, articles and endings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from matching.stems import Snowball, plain_latin
from matching.words import words_in

_REMARK: Final = re.compile(r" \(.*")  # Bolivia (Plurinational State of)
_ARABIC_SIGNS: Final = {ord("\u0640"): None, **dict.fromkeys(range(0x64B, 0x660)), 0x670: None}
_ARABIC_LETTERS: Final = {**str.maketrans("أإآى", "اااي"), **_ARABIC_SIGNS}
_ARABIC_BEGINNINGS: Final = ("ال", "لل", "ل", "ب", "ك", "بال", "كال")
_ARABIC_ARTICLE: Final = "ال"
_NISBA_ENDINGS: Final = ("ة", "ين", "ون", "ات")  # of an adjective that ends in ي
_LEAST_ARABIC: Final = 2
_LEAST_LATIN: Final = 5  # letters of a name that no ending is taken from
_STEM: Final = "~"  # before a key that stands for all endings of a word
_RUSSIAN_ENDINGS: Final = (
    ("ия", ("ия", "ии", "ию", "ией")),
    ("а", ("а", "ы", "и", "е", "у", "ой")),
    ("я", ("я", "и", "е", "ю", "ей")),
    ("ь", ("ь", "я", "и", "ю", "ем", "е", "ью")),
    ("й", ("й", "я", "ю", "ем", "е")),
    ("ы", ("ы", "", "ам", "ами", "ах", "ов")),
)
_ENGLISH_PEOPLES: Final = ("an", "i", "er")  # of whom there may be several: Kenyans, Iraqis
_UNDECLINED: Final = frozenset("иоуэюе")


class KeyedWord(NamedTuple):
    """A word of a name: its keys, any of which may stand, and how it is written (0 in any way, 1 with a capital, 2 all)."""

    keys: frozenset[str]
    capitals: int


def keyed_name(name: str) -> tuple[KeyedWord, ...]:
    """Return the words of a name as they are looked up; a remark in brackets behind it is left out.

    A name in Chinese is one word. A name that is written with a capital has to be so in a text, an abbreviation in
    capitals.

    Examples
    --------
    >>> [sorted(word.keys) for word in keyed_name("Guinée équatoriale")]
    [['guinee'], ['~equatorial']]
    """
    words = words_in(_REMARK.sub("", name) or name)
    is_single = len(words) == 1
    return tuple(KeyedWord(frozenset(_keys_of_name(word, is_single=is_single)), capitals(word)) for word in words)


def capitals(word: str) -> int:
    """Return how a word is written: 2 in capitals, 1 with a capital first, 0 in small letters or without letter case.

    Examples
    --------
    >>> capitals("Chad"), capitals("SIDS"), capitals("chad"), capitals("乍得")
    (1, 2, 0, 0)
    """
    if not word[0].isupper():
        return 0
    return 2 if len(word) > 1 and word.isupper() else 1


def is_chinese(word: str) -> bool:
    """Return whether a word, as ``words_in`` finds it, is a run of Chinese characters."""
    return "㐀" <= word[0] <= "鿿"


def keys_in_text(word: str) -> tuple[str, ...]:
    """Return the keys under which a word of a text is looked up.

    Parameters
    ----------
    word
        Not Chinese, in any case and form.

    Examples
    --------
    >>> keys_in_text("kényanes"), keys_in_text("Кении")
    (('kenyanes', '~kenyan'), ('кении', '~кен'))
    """
    lowered = word.casefold()
    if "\u0400" <= lowered[0] <= "\u04ff":
        plain = lowered.replace("ё", "е")
        return plain, _STEM + _RUSSIAN.stem(plain)
    if "\u0600" <= lowered[0] <= "\u06ff":
        return tuple(dict.fromkeys(_arabic_readings(lowered.translate(_ARABIC_LETTERS))))
    plain = plain_latin(lowered)
    return plain, _STEM + _latin_stem(plain)


def has_preposition(word: str, keys: frozenset[str]) -> bool:
    """Return whether an Arabic word begins with a preposition that is no part of the name; never for other scripts."""
    if not "\u0600" <= word[0] <= "\u06ff":
        return False
    plain = word.translate(_ARABIC_LETTERS)
    plain = plain if plain in keys else plain.removeprefix("و")
    return plain not in keys and plain[0] in "لب"


def _keys_of_name(word: str, *, is_single: bool) -> Iterator[str]:
    lowered = word.casefold()
    if "\u0400" <= lowered[0] <= "\u04ff":
        plain = lowered.replace("ё", "е")
        # A single name is matched by its cases: stems are too short for that, Mali would be any little thing.
        yield from _declined(plain) if is_single and word[0].isupper() else (_STEM + _RUSSIAN.stem(plain),)
    elif "\u0600" <= lowered[0] <= "\u06ff":
        bare = lowered.translate(_ARABIC_LETTERS).removeprefix(_ARABIC_ARTICLE)
        yield bare
        if is_single and bare.endswith("ي"):
            yield from (bare + ending for ending in _NISBA_ENDINGS)
    elif is_chinese(word) or word[0].isupper():
        yield plain_latin(lowered)
        if lowered.endswith(_ENGLISH_PEOPLES):
            yield plain_latin(lowered) + "s"
    else:
        yield _STEM + _latin_stem(plain_latin(lowered))


def _declined(name: str) -> Iterator[str]:
    if name[-1] in _UNDECLINED or name[-2:] in ("ао", "ау"):
        yield name
        return
    for ending, cases in _RUSSIAN_ENDINGS:
        if name.endswith(ending):
            yield from (name.removesuffix(ending) + case for case in cases)
            return
    yield from (name + case for case in ("", "а", "у", "ом", "е"))


def _arabic_readings(word: str) -> Iterator[str]:
    for rest in (word, word.removeprefix("و"), word.removeprefix("ف")):
        yield rest
        for beginning in _ARABIC_BEGINNINGS:
            if rest.startswith(beginning) and len(rest) - len(beginning) >= _LEAST_ARABIC:
                yield rest.removeprefix(beginning)


def _latin_stem(key: str) -> str:
    """Return an adjective without the endings of gender and number."""
    while len(key) > _LEAST_LATIN and key[-1] in "aeos":
        key = key[:-1]
    return key[:-1] if len(key) > _LEAST_LATIN and key[-1] == key[-2] else key


_RUSSIAN: Final = Snowball("russian")
