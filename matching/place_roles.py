"""What a place is in a text, told by the words around its name: whom the text is for, who gives, or part of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from matching.place_words import is_chinese
from matching.reference import TermsByLanguage
from matching.words import words_in

_WINDOW: Final = 60  # characters before and after a name that are looked at
_CHINESE_WINDOW: Final = 12
_MOST_WORDS: Final = 5  # of a cue
_END: Final = re.compile(r"[;!?\n。;!?]|\.(?=\s)")
_BETWEEN: Final = re.compile(r"[\s,、,()'’]*")


class Role(StrEnum):
    """What a place is in a text."""

    MEANT = "meant"  # the text is for it
    NAMED = "named"  # nothing tells
    GIVER = "giver"
    PART = "part"  # of the name of an institution


class RoleReader:
    """Tells the role of a name from what stands before and after it."""

    def __init__(self, cues: Mapping[str, TermsByLanguage]) -> None:
        before = ((Role.PART, "part_before"), (Role.GIVER, "giver_before"), (Role.MEANT, "for"))
        self._before = {role: _before(cues, name) for role, name in before}
        self._words_before = {role: _phrases(cues, name, is_plain=role is not Role.PART) for role, name in before}
        self._fillers = _phrases(cues, "filler", is_plain=True)
        self._after = {
            role: (_after(cues, name, is_in_chinese=False), _after(cues, name, is_in_chinese=True))
            for role, name in ((Role.PART, "part_after"), (Role.GIVER, "giver_after"), (Role.MEANT, "for_after"))
        }
        joining = sorted(_words(cues, "joining", is_in_chinese=None) | _words(cues, "filler", is_in_chinese=None))
        self._joining = re.compile(rf"(?:\W|(?:{_any_of(joining)})(?!\w)|[、和与及])*")

    def role(self, text: str, start: int, end: int) -> Role:
        """Return what the place is whose name stands there in a text."""
        script = int(is_chinese(text[start]))
        window = _CHINESE_WINDOW if script else _WINDOW
        before = _END.split(text[max(0, start - window) : start])[-1]
        after = _END.split(text[end : end + window], maxsplit=1)[0]
        is_before = self._chinese_roles(before) if script else self._roles_of(words_in(before))
        is_meant = Role.MEANT in is_before
        for role in (Role.PART, Role.GIVER):
            # Chinese puts what is given behind whom it is given to: for Mali provide.
            is_told_after = self._after[role][script].match(after) and not (script and is_meant)
            if is_told_after or role in is_before:
                return role
        return Role.MEANT if is_meant or self._after[Role.MEANT][script].match(after) else Role.NAMED

    def _chinese_roles(self, before: str) -> set[Role]:
        return {role for role, pattern in self._before.items() if pattern.search(before)}

    def _roles_of(self, words: list[str]) -> set[Role]:
        """Return the roles whose words end some words, others left out that may stand before a name."""
        plain = [word.casefold() for word in words]
        found: set[Role] = set()
        for end in range(len(words), 0, -1):
            for start in range(end - 1, max(end - 1 - _MOST_WORDS, -1), -1):
                phrase, written = " ".join(plain[start:end]), " ".join(words[start:end])
                found.update(
                    role
                    for role, phrases in self._words_before.items()
                    if (written if role is Role.PART else phrase) in phrases
                )
            if plain[end - 1] not in self._fillers:
                break
        return found

    def is_joined(self, text: str, end: int, start: int) -> bool:
        """Return whether nothing but signs, articles and words for ``and`` stands between two names."""
        between = text[end:start]
        return len(between) <= _WINDOW and not _END.search(between) and self._joining.fullmatch(between) is not None


def _words(cues: Mapping[str, TermsByLanguage], name: str, *, is_in_chinese: bool | None) -> set[str]:
    """Return the words of a role, all of them or those in Chinese or in no Chinese."""
    by_language = cues.get(name, {})
    return {
        word
        for language, words in by_language.items()
        if is_in_chinese is None or (language == "zh") is is_in_chinese
        for word in words
    }


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)"


def _phrases(cues: Mapping[str, TermsByLanguage], name: str, *, is_plain: bool) -> frozenset[str]:
    """Return the words of a role that stand before a name, with one space between them, in small letters if plain."""
    phrases = (" ".join(words_in(cue)) for cue in _words(cues, name, is_in_chinese=False))
    return frozenset(phrase.casefold() if is_plain else phrase for phrase in phrases)


def _before(cues: Mapping[str, TermsByLanguage], name: str) -> re.Pattern[str]:
    """Return the pattern of a role's words before a Chinese name."""
    words = _any_of(_words(cues, name, is_in_chinese=True))
    fillers = _any_of(_words(cues, "filler", is_in_chinese=True))
    return re.compile(rf"(?:{words})(?:{fillers})*\W*$")


def _after(cues: Mapping[str, TermsByLanguage], name: str, *, is_in_chinese: bool) -> re.Pattern[str]:
    words = _any_of(_words(cues, name, is_in_chinese=is_in_chinese))
    if is_in_chinese:
        return re.compile(rf"\W*(?:政府|国家|的)*(?:{words})")
    if name == "part_after":  # with other words of the name between, as in Japan International Cooperation Agency
        return re.compile(rf"(?:['’]s)?\s+(?:[A-Z][\w-]*\s+(?:(?:of|and|for)\s+)?){{0,3}}(?:{words})(?!\w)")
    return re.compile(rf"(?:['’]s?)?[\s-]+(?:(?:government|gouvernement|gobierno|правительство)\s+)?(?:{words})(?!\w)")
