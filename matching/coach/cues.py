"""Cues: words that show whether a text says how many, for whom, by whom, by when; in any of the six languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from matching.reference import TermsByLanguage
from matching.stems import plain_latin
from matching.vocabulary import Cue

HORIZON_YEARS: Final = 15
"""How far ahead a year may lie to be read as a day of need; a later one belongs to something else."""

_HAN: Final = "一-鿿㐀-䶿"
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_ARABIC_PREFIX: Final = "[وف]?(?:ال|لل|بال|كال|[بلك])?"
_HAN_EDGE: Final = re.compile(f"(?<=[{_HAN}])(?=[^\\W{_HAN}])|(?<=[^\\W{_HAN}])(?=[{_HAN}])")
_SENTENCE_END: Final = re.compile(r"[.!?;。！？；؟؛](?:\s|$)|[。！？；\n]")
_REACH: Final = re.compile(r"(?<![A-Za-z0-9.+_-])[A-Za-z0-9.+_-]{1,64}@[\w-]+\.\w|\+\d[\d\s()./-]{6,30}\d")
_ACRONYM: Final = re.compile(r"(?<!\w)[A-ZА-Я]{2,}(?!\w)")
_PERCENT: Final = re.compile(r"\d\s?[%٪]")
_YEAR: Final = re.compile(r"(?<![\d/.])(20\d\d)(?![\d/])")
_BEFORE_A_YEAR: Final = 24  # letters: "before the end of June 2027"
_AFTER_A_YEAR: Final = 8  # letters: in Chinese what says "before" stands behind the date
_NUMBER: Final = r"(?<![\w./:-])\d{1,3}(?:[ .,]\d{3}){0,3}(?![\d/:%٪]|[.,]\d)"
# 1540 is a resolution more often than a number of people.
_BARE_NUMBER: Final = r"(?<![\w./:-])\d{4,5}(?![\d/:%٪]|[.,]\d)"
_YEAR_LIKE: Final = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_MAX_WORDS_BETWEEN: Final = 3  # "20 network security analysts"


def plain(text: str) -> str:
    """Return a text as cues are looked for in it: small letters, no accents, Chinese apart from other letters.

    Examples
    --------
    >>> plain("D’ici à 2027, 20名分析员")
    "d'ici a 2027, 20 名分析员"
    """
    joined = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("\u0640", "")
    return _HAN_EDGE.sub(" ", plain_latin(joined.casefold()))


class CueReader:
    """Finds cues in texts. A text is read in all languages at once: a record often mixes two."""

    def __init__(self, terms_by_cue: Mapping[str, TermsByLanguage]) -> None:
        self._patterns = {cue: _pattern(_flat(terms_by_cue.get(cue, {}))) for cue in Cue}
        number, noun = self._patterns[Cue.NUMBER].pattern, _either(self._patterns, (Cue.AUDIENCE, Cue.UNIT))
        reference = self._patterns[Cue.REFERENCE].pattern
        between = (
            rf"(?:\s+(?!{self._patterns[Cue.MONTH].pattern})[^\W\d_]+(?:-[^\W\d_]+)?){{0,{_MAX_WORDS_BETWEEN}}}?\s+"
        )
        # What follows "article" or "resolution" counts nothing, nor does a year or the day of a month.
        self._counted = re.compile(
            f"(?P<reference>{reference}[.\\s]+)?(?:(?:{_NUMBER}|{number}){between}|(?!{_YEAR_LIKE}){_BARE_NUMBER}\\s+){noun}"
            f"|(?<!第){number}{noun}"
        )

    def has(self, text: str, *cues: Cue) -> bool:
        """Return whether a text holds one of the cues."""
        return any(self._patterns[cue].search(plain(text)) for cue in cues)

    def has_together(self, text: str, one: Cue, other: Cue) -> bool:
        """Return whether one sentence of a text holds both cues."""
        return any(
            self._patterns[one].search(sentence) and self._patterns[other].search(sentence)
            for sentence in _SENTENCE_END.split(plain(text))
        )

    def has_quantity(self, text: str) -> bool:
        """Return whether a text says how many people, places, days or things, in figures or in words.

        A year, a number of a law or a resolution, a ratio and a version count nothing.
        """
        read = plain(text)
        is_counted = any(not found["reference"] for found in self._counted.finditer(read))
        return is_counted or bool(self._patterns[Cue.QUANTITY].search(read))

    def has_indicator(self, text: str) -> bool:
        """Return whether a text says how success is seen: a measure, a share or a number of something."""
        return self.has(text, Cue.INDICATOR) or bool(_PERCENT.search(text)) or self.has_quantity(text)

    def has_actor(self, text: str) -> bool:
        """Return whether a text names an organization, by its kind or by an acronym."""
        return self.has(text, Cue.BODY) or bool(_ACRONYM.search(text))

    def has_reach(self, text: str) -> bool:
        """Return whether a text gives an address at which somebody can be reached."""
        return bool(_REACH.search(text))

    def year_of_need(self, text: str, *, from_year: int) -> int | None:
        """Return the first year from the given one on that a text names as a deadline, or None."""
        read, deadline = plain(text), self._patterns[Cue.DEADLINE]
        for found in _YEAR.finditer(read):
            year, (start, end) = int(found[1]), found.span()
            around = read[max(0, start - _BEFORE_A_YEAR) : end + _AFTER_A_YEAR]
            if from_year <= year <= from_year + HORIZON_YEARS and deadline.search(around):
                return year
        return None


def _flat(terms: TermsByLanguage) -> list[str]:
    return [term for language in terms.values() for term in language]


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of the terms, the longest first; a pattern that finds nothing where there is no term."""
    ordered = sorted({plain(term) for term in terms}, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_term_pattern, ordered)).join(("(?:", ")")) if ordered else r"(?!)")


def _term_pattern(term: str) -> str:
    """Return what finds one term: as whole words, ``*`` for any ending; Chinese anywhere; Arabic behind prefixes."""
    words = re.escape(term).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    if re.match(f"[{_HAN}]", term):
        return words
    prefix = _ARABIC_PREFIX if _ARABIC.match(term) else ""
    edge = r"(?!\w)" if term[-1].isalnum() else ""
    return rf"(?<!\w){prefix}{words}{edge}"


def _either(patterns: Mapping[Cue, re.Pattern[str]], cues: Sequence[Cue]) -> str:
    return f"(?:{'|'.join(patterns[cue].pattern for cue in cues)})"
