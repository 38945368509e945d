"""What States, groups and areas are called in the reader's language, read once for a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from babel.lists import format_list
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from app.actor import Actor
from app.areas import queries as areas
from app.areas.succession import successors
from app.states import queries as states
from app.states.models import GroupScheme
from matching.reference import EVERYBODY

Choices = list[tuple[str, str]]
ChoiceGroups = list[tuple[str, Choices]]

_N_NAMED_IN_SHORT: Final = 3  # as many names fit one line of a table
_SCHEME_ORDER: Final = (GroupScheme.UN_REGIONAL_GROUP, GroupScheme.REGION, GroupScheme.STATUS, GroupScheme.BLOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Since which release an area is retired, and the code in force that succeeds it, if any does."""

    release: str
    successor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names by code, in one language; a code without a name stands for itself."""

    language: str
    state_by_code: Mapping[str, str]
    area_by_code: Mapping[str, str]
    retirement_by_area: Mapping[str, Retirement]
    group_by_code: Mapping[str, str]
    scheme_by_group: Mapping[str, GroupScheme]

    def state(self, code: str) -> str:
        """Return the name of a State."""
        return self.state_by_code.get(code, code)

    def states(self, codes: Iterable[str]) -> str:
        """Return the names of States as a list in words."""
        return self.listed(self.state(code) for code in codes)

    def area(self, code: str) -> str:
        """Return the title of an area."""
        return self.area_by_code.get(code, code)

    def retirement(self, code: str) -> Retirement | None:
        """Return since when an area is retired; None while it is in force."""
        return self.retirement_by_area.get(code)

    def area_now(self, code: str) -> str | None:
        """Return the code in force for a code that may be retired; None where nothing succeeds it."""
        retirement = self.retirement(code)
        return code if retirement is None else retirement.successor

    def areas_now(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return the codes in force for codes that may be retired, each once; one that nothing succeeds stays."""
        return tuple(dict.fromkeys(self.area_now(code) or code for code in codes))

    def token(self, code: str) -> str:
        """Return the name of a State or the title of a group that an offer names."""
        if code == EVERYBODY:
            return str(gettext("all States"))
        return self.state_by_code.get(code) or self.group_by_code.get(code, code)

    def eligible(self, tokens: Iterable[str]) -> str:
        """Return everybody whom an offer is open to, groups before States, as a list in words."""
        return self.listed(self._tokens_in_order(tokens))

    def eligible_in_short(self, tokens: Iterable[str]) -> str:
        """Return the first few of those whom an offer is open to, and how many more there are."""
        named = self._tokens_in_order(tokens)
        n_more = len(named) - _N_NAMED_IN_SHORT
        if n_more <= 1:
            return self.listed(named)
        more = ngettext("%(num)s more", "%(num)s more", n_more)
        return self.listed([*named[:_N_NAMED_IN_SHORT], str(more)])

    def listed(self, words: Iterable[str]) -> str:
        """Return the words as the language lists them: one, two and three."""
        return str(format_list(list(words), locale=self.language))

    def _tokens_in_order(self, tokens: Iterable[str]) -> list[str]:
        # A group's code is never the code of a State, so the kind of a token is told by its name's table.
        ordered = sorted(tokens, key=lambda code: (code in self.state_by_code, sort_key(self.token(code))))
        return [self.token(code) for code in ordered]

    def state_choices(self) -> ChoiceGroups:
        """Return every State for a filter, by name."""
        return [("", in_order(self.state_by_code))]

    def area_choices(self) -> ChoiceGroups:
        """Return every area in force to choose from: each top-level area heads its subtopics."""
        tops = [code for code in self._areas_in_force() if "." not in code]
        return [(self.area(top), self._within(top)) for top in tops]

    def _within(self, top: str) -> Choices:
        whole = (top, str(gettext("%(area)s – all of it", area=self.area(top))))
        return [whole, *((code, self.area(code)) for code in self._areas_in_force() if code.startswith(f"{top}."))]

    def _areas_in_force(self) -> list[str]:
        return [code for code in self.area_by_code if code not in self.retirement_by_area]

    def group_choices(self, labels: Mapping[str, str]) -> ChoiceGroups:
        """Return every group for a filter, under the name of its kind."""
        return [
            (str(gettext(labels[scheme])), in_order(self._groups_of(scheme)))
            for scheme in _SCHEME_ORDER
            if self._groups_of(scheme)
        ]

    def _groups_of(self, scheme: GroupScheme) -> Mapping[str, str]:
        return {code: title for code, title in self.group_by_code.items() if self.scheme_by_group[code] is scheme}


def load_names(session: Session, actor: Actor, language: str) -> Names:
    """Return the names in a language; three queries, whatever the page shows, and one more where areas are retired."""
    groups, listed = states.list_groups(session, actor), areas.list_areas(session, actor)
    retired = [area for area in listed if area.retired_in is not None]
    leads_to = successors(session) if retired else {}
    return Names(
        language=language,
        state_by_code={state.code: state.name(language) for state in states.list_states(session, actor)},
        area_by_code={area.code: area.title(language) for area in listed},
        retirement_by_area={
            area.code: Retirement(release=area.retired_in or "", successor=leads_to.get(area.code)) for area in retired
        },
        group_by_code={group.code: group.title(language) for group in groups},
        scheme_by_group={group.code: group.scheme for group in groups},
    )


def in_order(name_by_code: Mapping[str, str]) -> Choices:
    """Return codes and names, by name, without regard to accents and case."""
    return sorted(name_by_code.items(), key=lambda pair: (sort_key(pair[1]), pair[0]))


def sort_key(name: str) -> str:
    """Return what a name is sorted by: É stands where E stands."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
