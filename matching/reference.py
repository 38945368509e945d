"""Reference data as values: States and their groups, areas and their terms, support modes, background statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from matching.vocabulary import Audience, Mode

LANGUAGES: Final = ("en", "fr", "es", "ru", "zh", "ar")
"""The six official languages of the United Nations, in the order of the data files."""

EVERYBODY: Final = "*"

TermsByLanguage = Mapping[str, tuple[str, ...]]
"""Words and phrases by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A State in a group over a period; ``None`` is open-ended, both ends included."""

    state: str
    scheme: str
    code: str
    valid_from_on: date | None = None
    valid_until_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the membership is in force on that day."""
        is_started = self.valid_from_on is None or self.valid_from_on <= day
        return is_started and (self.valid_until_on is None or day <= self.valid_until_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A State with its names by language and the languages it works in (BCP 47)."""

    code: str
    names: Mapping[str, str]
    languages: tuple[str, ...] = ()
    is_un_member: bool = True

    def name(self, language: str = "en") -> str:
        """Return the State's short name, in English where the language is not known."""
        return self.names.get(language) or self.names.get("en") or self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Geography:
    """States and the groups they belong to on one day.

    ``members_by_token`` maps every token that an offer may name, ``*`` included, to the States it admits;
    ``title_by_token`` gives the English title of a group.
    """

    state_by_code: Mapping[str, State]
    members_by_token: Mapping[str, frozenset[str]]
    group_by_state: Mapping[str, str]
    title_by_token: Mapping[str, str] = field(default_factory=dict)

    def has_state(self, code: str) -> bool:
        """Return whether the code is one of the States of the file."""
        return code in self.state_by_code

    def admits(self, token: str, state: str) -> bool:
        """Return whether an offer that names the token is open to the State."""
        return state in self.members_by_token.get(token, frozenset())

    def name(self, code: str) -> str:
        """Return the English short name of a State or the title of a group."""
        if code in self.state_by_code:
            return self.state_by_code[code].name()
        return "all States" if code == EVERYBODY else self.title_by_token.get(code, code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area of capacity-building; ``terms`` holds search terms by language."""

    code: str
    parent: str | None
    titles: Mapping[str, str]
    scope: str = ""
    terms: TermsByLanguage = field(default_factory=dict)
    links: frozenset[tuple[str, str]] = frozenset()
    is_adjacent: bool = False
    successor: str | None = None

    def title(self, language: str = "en") -> str:
        """Return the title, in English where the language has none."""
        return self.titles.get(language) or self.titles.get("en") or self.code

    @property
    def top_code(self) -> str:
        """The code of the top-level area above this one, or its own."""
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Taxonomy:
    """One release of the areas, of the support modes and of the audiences with their terms, and the cues of the coach.

    ``outside_terms`` are the words of neighbouring fields by language: what they stand for lies outside all areas.
    """

    release: str
    area_by_code: Mapping[str, Area]
    mode_terms: Mapping[Mode, TermsByLanguage] = field(default_factory=dict)
    outside_terms: TermsByLanguage = field(default_factory=dict)
    audience_terms: Mapping[Audience, TermsByLanguage] = field(default_factory=dict)
    cue_terms: Mapping[str, TermsByLanguage] = field(default_factory=dict)

    def resolve(self, code: str) -> str | None:
        """Return the code in force for a code that may be retired, or None where it never was."""
        seen: set[str] = set()
        while code in self.area_by_code and code not in seen:
            seen.add(code)
            successor = self.area_by_code[code].successor
            if successor is None:
                return code
            code = successor
        return None

    @cached_property
    def current_codes(self) -> tuple[str, ...]:
        """The codes in force, in code order."""
        return tuple(sorted(code for code, area in self.area_by_code.items() if area.successor is None))

    @cached_property
    def top_codes(self) -> tuple[str, ...]:
        """The top-level codes in the order of the release."""
        return tuple(code for code, area in self.area_by_code.items() if area.parent is None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Background:
    """How many texts of a frozen corpus hold each token: the only text statistics that the matcher uses.

    ``n_texts`` is at least 1; ``document_frequency`` maps a token to 1..n_texts; ``stop_words`` are the function words
    of the six languages, which carry no subject. ``glossary`` holds words of one meaning by language, several to a
    language where it has several, none in English where they carry no subject. Two are never equal, so that what is made
    of one is kept for it.
    """

    name: str
    n_texts: int
    document_frequency: Mapping[str, int]
    stop_words: frozenset[str] = frozenset()
    stop_words_by_language: Mapping[str, frozenset[str]] = field(default_factory=dict)
    glossary: tuple[TermsByLanguage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Names that a text may give a State, a region, a bloc or a status, and the States that it stands for.

    ``code`` is that of a State or a group, or one of its own where an offer cannot name it, such as the Sahel; empty for
    names that are no place although they hold one, such as Georgia Tech. ``states`` are given for a code of its own.
    An organization acts itself as well: its name need not stand for its members.
    """

    code: str
    names: TermsByLanguage
    states: frozenset[str] = frozenset()
    is_organization: bool = False

    def title(self) -> str:
        """Return the first English name, or the code where there is none."""
        return next(iter(self.names.get("en", ())), self.code)


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class Gazetteer:
    """Names of places in six languages, those of the States among them, and the words that tell what a place is in a text.

    ``cues`` holds by role words that stand before or after a name; see ``data/reference/place_cues.csv``. Two are never
    equal, so that what is made of one is kept for it.
    """

    places: tuple[Place, ...] = ()
    cues: Mapping[str, TermsByLanguage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All that a run needs to know beside the pool and the profile."""

    geography: Geography
    taxonomy: Taxonomy
    background: Background
    gazetteer: Gazetteer = field(default_factory=Gazetteer)

    def place_title(self, code: str) -> str:
        """Return the English name of a State, a group, or another place that a text may be for."""
        if code in self.geography.state_by_code or code in self.geography.title_by_token:
            return self.geography.name(code)
        return next((place.title() for place in self.gazetteer.places if place.code == code), code)
