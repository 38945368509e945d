"""An area as a release has it, as one value: in force, drafted, or kept with a release of former days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.areas.models import Area
from app.datafiles import LANGUAGES

FIELD_NAMES: Final = (
    *("parent", "titles", "scope", "is_adjacent", "terms", "links"),
    *("is_retired", "successor", "reason"),
)
SEPARATOR: Final = "."  # in a code, between that of the area and the number of its topic


def parent_in(code: str) -> str | None:
    """Return the area under which a code says that it stands; none for an area at the top.

    Examples
    --------
    >>> parent_in("GOV.7"), parent_in("GOV")
    ('GOV', None)
    """
    return code.rpartition(SEPARATOR)[0] or None


Term = tuple[str, str]
"""A language and a word or phrase in it."""

Link = tuple[str, str]
"""A scheme of others and a code of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedArea:
    """What a release says of an area; a retired one has a successor, or the reason why there is none."""

    parent: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    is_adjacent: bool = False
    terms: tuple[Term, ...] = ()
    links: tuple[Link, ...] = ()
    is_retired: bool = False
    successor: str | None = None
    reason: str = ""

    def title(self, language: str = "en") -> str:
        """Return the title in a language, in English where there is none."""
        return self.titles.get(language) or self.titles.get("en", "")

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "parent": self.parent,
            "titles": {language: self.titles.get(language, "") for language in LANGUAGES},
            "scope": self.scope,
            "is_adjacent": self.is_adjacent,
            "terms": [list(term) for term in self.terms],
            "links": [list(link) for link in sorted(self.links)],
            "is_retired": self.is_retired,
            "successor": self.successor,
            "reason": self.reason,
        }


ReleasedAreas = Mapping[str, ReleasedArea]
"""The areas of a release by code, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDifference:
    """An area that a release has otherwise than the one before; ``before`` is absent for a new one."""

    code: str
    before: ReleasedArea | None
    after: ReleasedArea

    @property
    def kind(self) -> str:
        """What happens to it: added, retired or changed."""
        if self.before is None:
            return "added"
        return "retired" if self.after.is_retired and not self.before.is_retired else "changed"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that say something else."""
        before, after = (self.before or ReleasedArea()).document(), self.after.document()
        return tuple(name for name in FIELD_NAMES if before[name] != after[name])


def area_of(document: Mapping[str, Any]) -> ReleasedArea:
    """Return an area from its JSON values."""
    return ReleasedArea(
        parent=document["parent"],
        titles=dict(document["titles"]),
        scope=document["scope"],
        is_adjacent=document["is_adjacent"],
        terms=tuple((language, term) for language, term in document["terms"]),
        links=tuple((scheme, code) for scheme, code in document["links"]),
        is_retired=document["is_retired"],
        successor=document["successor"],
        reason=document["reason"],
    )


def area_in_force(row: Area) -> ReleasedArea:
    """Return an area as the release in force has it; its terms and links have to be loaded."""
    return ReleasedArea(
        parent=row.parent_code,
        titles={language: getattr(row, f"title_{language}") for language in LANGUAGES},
        scope=row.scope_en,
        is_adjacent=row.is_adjacent,
        terms=tuple((term.language, term.term) for term in row.terms),
        links=tuple(sorted((link.scheme, link.code) for link in row.links)),
        is_retired=row.retired_in is not None,
        successor=row.successor_code,
        reason=row.retired_because or "",
    )


def columns_of(code: str, area: ReleasedArea, **given_by_release: Any) -> dict[str, Any]:  # noqa: ANN401 – of columns
    """Return an area as the columns that ``app.areas.services`` stores."""
    return {
        "code": code,
        "parent_code": area.parent,
        **{f"title_{language}": area.titles.get(language, "") for language in LANGUAGES},
        "scope_en": area.scope,
        "is_adjacent": area.is_adjacent,
        "successor_code": area.successor,
        "retired_because": area.reason or None,
        "terms": sorted([language, place, term] for place, (language, term) in enumerate(area.terms)),
        "links": [list(link) for link in sorted(area.links)],
        **given_by_release,
    }


def differences(before: ReleasedAreas, after: ReleasedAreas) -> tuple[AreaDifference, ...]:
    """Return what one release has otherwise than another, in its order."""
    found = (AreaDifference(code=code, before=before.get(code), after=after[code]) for code in after)
    return tuple(one for one in found if one.fields)


def content_of(areas: ReleasedAreas) -> dict[str, Any]:
    """Return a release as the document that is kept of it; a list, as the order of names in JSON is nobody's promise."""
    return {"areas": [area.document() | {"code": code} for code, area in areas.items()]}


def areas_of_content(content: Mapping[str, Any]) -> ReleasedAreas:
    """Return the areas of a document that was kept."""
    return {document["code"]: area_of(document) for document in content["areas"]}


def successor_in_force(areas: ReleasedAreas, code: str) -> str | None:
    """Return where a code leads: to itself while it is in force, else through its successors; None where it leads nowhere."""
    seen: set[str] = set()
    current: str | None = code
    while current is not None and current in areas and current not in seen:
        if not areas[current].is_retired:
            return current
        seen.add(current)
        current = areas[current].successor
    return None


def in_language_order(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Return terms each once, those of one language together and in their order, as they are stored."""
    return tuple(sorted(dict.fromkeys(terms), key=lambda term: term[0]))


def next_code(areas: Iterable[str], parent: str) -> str:
    """Return the code for the next topic of an area: one that never was."""
    prefix = f"{parent}{SEPARATOR}"
    used = [
        int(number) for code in areas if code.startswith(prefix) and (number := code.removeprefix(prefix)).isdigit()
    ]
    return f"{prefix}{max(used, default=0) + 1}"


def in_order(areas: ReleasedAreas) -> ReleasedAreas:
    """Return areas each with its topics behind it, these by number; the order of the top-level areas stays."""
    rank = {code: place for place, code in enumerate(code for code in areas if SEPARATOR not in code)}

    def place(code: str) -> tuple[int, str, int]:
        top, _, number = code.partition(SEPARATOR)
        return rank.get(top, len(rank)), top, int(number) if number.isdigit() else 0

    return {code: areas[code] for code in sorted(areas, key=place)}
