"""Reading places out of free text, in any of the six languages: which States, regions and groups it is meant for.

A name counts where its words stand together, the longest first, so that Guinea-Bissau is not Guinea. The words around
it tell whether the text is for that place, or whether it gives, or is part of an institution's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from matching.folding import folded
from matching.place_roles import Role, RoleReader
from matching.place_words import KeyedWord, capitals, has_preposition, is_chinese, keyed_name, keys_in_text
from matching.reference import EVERYBODY, Gazetteer, Geography
from matching.words import WORD, words_in

Name = tuple[tuple[KeyedWord, ...], str, bool]
"""The words of a name, the code that it stands for (empty for what is no place), and whether an organization has it."""

_GAP: Final = re.compile(r"[\s\-‐-―'’.,()/·]{0,3}")  # between the words of one name
_NO_NAMES: Final[tuple[Name, ...]] = ()
_MOST_WORDS: Final = 12  # of a name

CONFIDENCE: Final[Mapping[Role, float]] = {Role.MEANT: 0.96, Role.NAMED: 0.92, Role.GIVER: 0.1, Role.PART: 0.2}
"""How often a State or a region in this role is whom a text is for; ``python -m benchmarks.languages`` measures it."""

ORGANIZATION_CONFIDENCE: Final[Mapping[Role, float]] = {**CONFIDENCE, Role.MEANT: 0.8, Role.NAMED: 0.45}
"""The same of an organization, which is named as often for what it does itself."""

LEAST_CONFIDENCE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place that a text names: its code, where the name stands in the folded text, and what the place is there."""

    code: str
    is_organization: bool
    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlace:
    """A place that a text is for; ``confidence`` is in [0, 1]."""

    code: str
    confidence: float


def states_by_place(geography: Geography, gazetteer: Gazetteer) -> dict[str, frozenset[str]]:
    """Return the States of every place that a text may be for: States, groups, and places that an offer cannot name."""
    found = {code: states for code, states in geography.members_by_token.items() if code != EVERYBODY and states}
    for place in gazetteer.places:
        if known := place.states & geography.state_by_code.keys():
            found[place.code] = known
    return found


class PlaceReader:
    """Finds the places that texts are for."""

    def __init__(self, geography: Geography, gazetteer: Gazetteer) -> None:
        self._places = states_by_place(geography, gazetteer)
        self._states = geography.state_by_code
        self._names, self._roles = _prepared(gazetteer)
        self._names_by_word: dict[str, tuple[Name, ...]] = {}
        self._names_by_words: dict[tuple[str, str], tuple[Name, ...]] = {}
        self._keys_by_word: dict[str, tuple[str, ...]] = {}
        self._first_words: set[str] = set()
        self._states_by_giver: dict[str, frozenset[str]] = {}

    def read(self, title: str, body: str, *, giver: str = "") -> tuple[ReadPlace, ...]:
        """Return the places that a text is for, the surest first.

        Parameters
        ----------
        title, body
            Of any of the six languages.
        giver
            The name of who gives: States in it are not whom the text is for, unless it says so.

        Returns
        -------
        tuple of ReadPlace
            Those with a confidence of at least ``LEAST_CONFIDENCE``, equals in code order.
        """
        best: dict[str, float] = {}
        mentions = self.mentions(f"{title}\n{body}")
        if not mentions:
            return ()
        own = self.states_in(giver)
        for mention in mentions:
            is_own = mention.code in own and mention.role is Role.NAMED
            by_role = ORGANIZATION_CONFIDENCE if mention.is_organization else CONFIDENCE
            confidence = by_role[Role.GIVER if is_own else mention.role]
            best[mention.code] = max(best.get(mention.code, 0.0), confidence)
        found = [ReadPlace(code=code, confidence=value) for code, value in best.items() if value >= LEAST_CONFIDENCE]
        return tuple(sorted(found, key=lambda place: (-place.confidence, place.code)))

    def states_in(self, giver: str) -> frozenset[str]:
        """Return the States in the name of who gives; kept, since many offers are of one provider."""
        found = self._states_by_giver.get(giver)
        if found is None:
            found = frozenset(mention.code for mention in self.mentions(giver) if mention.code in self._states)
            self._states_by_giver[giver] = found
        return found

    def mentions(self, text: str) -> list[Mention]:
        """Return the places that a text names, in the order of the text."""
        plain = folded(text)
        starts = self._starts(words_in(plain))
        if not starts:
            return []
        found = list(self._spans(plain, list(WORD.finditer(plain)), starts))
        roles = [self._role(plain, span) for span in found]
        joined = [self._roles.is_joined(plain, one.end, other.start) for one, other in pairwise(found)]
        _share_roles(roles, joined)
        return [replace(span, role=role) for span, role in zip(found, roles, strict=True) if span.code in self._places]

    def _role(self, text: str, span: Mention) -> Role:
        role = self._roles.role(text, span.start, span.end)
        word = WORD.match(text, span.start)
        if role is not Role.NAMED or word is None:
            return role
        keys = frozenset(key for words, _, _ in self._named_from(word[0]) for key in words[0].keys)
        return Role.MEANT if has_preposition(word[0], keys) else role

    def _starts(self, words: Sequence[str]) -> list[int]:
        """Return at which words of a text a name may begin, so far as each and the one behind it tell."""
        first, followers = self._first_of(words), (*words[1:], "")
        starts = [at for at, word in enumerate(words) if word in first]
        return [at for at in starts if is_chinese(words[at]) or self._beginning(words[at], followers[at])]

    def _first_of(self, words: Sequence[str]) -> set[str]:
        """Return those of some words that a name may begin with, or lie in where they are Chinese."""
        different = set(words)
        # Of Chinese words, which are many and seldom the same, nothing is kept: they are new every time.
        new = {word for word in different.difference(self._names_by_word) if self._named_from(word)}
        self._first_words |= {word for word in new if not is_chinese(word)}
        return (different & self._first_words) | new

    def _spans(self, text: str, words: Sequence[re.Match[str]], starts: Sequence[int]) -> Iterator[Mention]:
        """Yield each name that begins in one of some words, also those that are no place; none overlaps another."""
        after = 0
        for at in starts:
            if words[at].end() <= after:
                continue
            for span in self._spans_from(text, words[at : at + _MOST_WORDS], max(after, words[at].start())):
                yield span
                after = span.end

    def _spans_from(self, text: str, words: Sequence[re.Match[str]], at: int) -> Iterator[Mention]:
        """Yield the names that begin in the first of some words; in a run of Chinese there may be several."""
        first = words[0]
        if not is_chinese(first[0]):
            for name in self._beginning(first[0], words[1][0] if len(words) > 1 else ""):
                if self._fits(text, words, name[0]):
                    yield _mention(name, at, words[len(name[0]) - 1].end())
                    return
            return
        while at < first.end():
            span = next(self._chinese_spans(text, words, at), None)
            if span is not None:
                yield span
            at = span.end if span is not None else at + 1

    def _chinese_spans(self, text: str, words: Sequence[re.Match[str]], at: int) -> Iterator[Mention]:
        """Yield the names that begin at a character, the longest first."""
        for name in self._names.get(text[at : at + 2], _NO_NAMES):
            (key,), rest = name[0][0].keys, name[0][1:]
            end = at + len(key)
            if text.startswith(key, at) and end <= words[0].end():
                if not rest:
                    yield _mention(name, at, end)
                elif end == words[0].end() and self._fits(text, words[1:], rest):
                    yield _mention(name, at, words[len(rest)].end())

    def _fits(self, text: str, words: Sequence[re.Match[str]], name: Sequence[KeyedWord]) -> bool:
        """Return whether a name stands at the beginning of some words of a text, one behind the other."""
        if len(words) < len(name):
            return False
        last = None
        for word, wanted in zip(words, name, strict=False):
            if last is not None and _GAP.fullmatch(text, last.end(), word.start()) is None:
                return False
            # Only abbreviations and the first word of a name tell it by capitals: Arab states, republic of Korea.
            least = wanted.capitals if last is None or wanted.capitals > 1 else 0
            if capitals(word[0]) < least or wanted.keys.isdisjoint(self._keys_of(word[0])):
                return False
            last = word
        return True

    def _beginning(self, word: str, follower: str) -> tuple[Name, ...]:
        """Return the names that may begin with a word, so far as the one behind it tells."""
        found = self._names_by_words.get((word, follower))
        if found is None:
            keys = self._keys_of(follower) if follower else ()
            found = tuple(
                name
                for name in self._named_from(word)
                if capitals(word) >= name[0][0].capitals and (len(name[0]) == 1 or not name[0][1].keys.isdisjoint(keys))
            )
            self._names_by_words[word, follower] = found
        return found

    def _keys_of(self, word: str) -> tuple[str, ...]:
        """Return the keys of a word of a text; those of a Chinese one, which are many and seldom the same, are not kept."""
        if is_chinese(word):
            return (word,)
        found = self._keys_by_word.get(word)
        if found is None:
            found = self._keys_by_word[word] = keys_in_text(word)
        return found

    def _named_from(self, word: str) -> tuple[Name, ...]:
        """Return the names that a word of a text may begin; of a run of Chinese, those that it may hold."""
        found = self._names_by_word.get(word)
        if found is None:
            keys = {word[at : at + 2] for at in range(len(word))} if is_chinese(word) else self._keys_of(word)
            names = {name for key in keys for name in self._names.get(key, _NO_NAMES)}
            found = tuple(sorted(names, key=_longest_first))
            if not is_chinese(word):
                self._names_by_word[word] = found
        return found


@lru_cache(maxsize=4)
def _prepared(gazetteer: Gazetteer) -> tuple[dict[str, tuple[Name, ...]], RoleReader]:
    """Return the names and cues of a gazetteer as they are looked up; made once, since a draft is read at every key."""
    names = [
        (keyed_name(name), place.code, place.is_organization)
        for place in gazetteer.places
        for listed in place.names.values()
        for name in listed
    ]
    return _by_first_key(names), RoleReader(gazetteer.cues)


def _mention(name: Name, start: int, end: int) -> Mention:
    return Mention(code=name[1], is_organization=name[2], start=start, end=end, role=Role.NAMED)


def _by_first_key(names: Iterable[Name]) -> dict[str, tuple[Name, ...]]:
    """Return names by each key of their first word, in Chinese by its first two characters; the longest first."""
    found: dict[str, set[Name]] = {}
    for name in names:
        for key in name[0][0].keys:
            found.setdefault(key[:2] if is_chinese(key) else key, set()).add(name)
    return {key: tuple(sorted(some, key=_longest_first)) for key, some in found.items()}


def _longest_first(name: Name) -> tuple[int, int, bool, str, bool, list[list[str]]]:
    """Return what puts longer names first, of equals what is no place, then a State before a region."""
    words, code, is_organization = name
    length = max(map(len, words[0].keys)) if is_chinese(min(words[0].keys)) else 0
    return -len(words), -length, code.isdigit(), code, is_organization, [sorted(word.keys) for word in words]


def _share_roles(roles: list[Role], joined: Sequence[bool]) -> None:
    """Give the names of a list the role of its first, or where nothing tells that one, of whom the others give away."""
    for at, is_joined in enumerate(joined):
        if is_joined and (roles[at + 1] is Role.NAMED or (roles[at] is Role.MEANT and roles[at + 1] is Role.GIVER)):
            roles[at + 1] = roles[at] if roles[at] is not Role.PART else Role.NAMED
    for at in reversed(range(len(joined))):
        if joined[at] and roles[at] is Role.NAMED and roles[at + 1] is Role.GIVER:
            roles[at] = Role.GIVER
