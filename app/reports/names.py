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
from app.states import queries as states
from app.states.models import GroupScheme
from matching.reference import EVERYBODY

Choices = list[tuple[str, str]]
ChoiceGroups = list[tuple[str, Choices]]

_N_NAMED_IN_SHORT: Final = 3  # as many names fit one line of a table
_SCHEME_ORDER: Final = (GroupScheme.UN_REGIONAL_GROUP, GroupScheme.REGION, GroupScheme.STATUS, GroupScheme.BLOC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names by code, in one language; a code without a name stands for itself."""

    language: str
    state_by_code: Mapping[str, str]
    area_by_code: Mapping[str, str]
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
        """Return every area for a filter: each top-level area heads its subtopics."""
        tops = [code for code in self.area_by_code if "." not in code]
        return [(self.area(top), self._within(top)) for top in tops]

    def _within(self, top: str) -> Choices:
        whole = (top, str(gettext("%(area)s – all of it", area=self.area(top))))
        return [whole, *((code, self.area(code)) for code in self.area_by_code if code.startswith(f"{top}."))]

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
    """Return the names in a language; three queries, whatever the page shows."""
    groups = states.list_groups(session, actor)
    return Names(
        language=language,
        state_by_code={state.code: state.name(language) for state in states.list_states(session, actor)},
        area_by_code={area.code: area.title(language) for area in areas.list_areas(session, actor)},
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
