"""What a form is made of: sections of fields, each with its label and what helps to fill it in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from matching.sentences import N_


class Kind(StrEnum):
    """How a field is shown and what it holds."""

    LINE = "line"
    PROSE = "prose"
    LINES = "lines"  # a text, one item a line
    DAY = "day"
    SELECT = "select"
    SELECTS = "selects"  # a few lists, one choice each, the most important first
    MANY = "many"  # one list, several choices
    BOXES = "boxes"
    LEVELS = "levels"  # one choice, each with a sentence


LISTS: Final = frozenset({Kind.LINES, Kind.SELECTS, Kind.MANY, Kind.BOXES})
GROUPS: Final = frozenset({Kind.SELECTS, Kind.BOXES, Kind.LEVELS})
UNORDERED: Final = frozenset({Kind.MANY, Kind.BOXES})
N_SELECTS: Final = 2  # lists to choose from; one more where all of them are taken


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field; ``empty`` is what it says where nothing was typed, ``wrong`` what it takes, told where it holds something else."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    wrong: str = N_("Choose one of those that are listed.")
    empty: Any = ""
    is_required: bool = False
    is_number: bool = False
    max_length: int = 0

    @property
    def is_list(self) -> bool:
        """Whether it holds several values."""
        return self.kind in LISTS

    @property
    def is_group(self) -> bool:
        """Whether it is several controls under one heading."""
        return self.kind in GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that belong together; those that few people need are folded away until somebody opens them."""

    name: str
    title: str
    fields: tuple[FormField, ...]
    is_folded: bool = False


Sections = tuple[Section, ...]


def fields_of(sections: Iterable[Section], *, without: Iterable[str] = ()) -> Iterator[FormField]:
    """Yield the fields of a form in their order."""
    left_out = set(without)
    for section in sections:
        yield from (field for field in section.fields if field.name not in left_out)
