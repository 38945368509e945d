"""The form of a section: what was typed of each item, with what stood there before, and what it is shown from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import MultiDict

from app.assessments.answers import EMPTY, FIELD_NAMES, AnswerContent
from app.assessments.merging import MARK_LENGTH, Marks, marks_of
from app.assessments.questionnaires import Item
from app.assessments.services import GivenAnswer

BASE: Final = "base"
UNREADABLE: Final = -1  # in the place of a number that none is: no scale has it, so the checks tell of it
_NUMBERS: Final = ("current", "target", "priority", "status")

Form = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """An item on a page: what stands in its fields, what is wrong there, and what somebody else wrote meanwhile."""

    item: Item
    content: AnswerContent
    base: str
    faults: Mapping[str, str]
    theirs: Mapping[str, object]

    @property
    def is_open(self) -> bool:
        """Whether its fields are shown at once."""
        return not self.item.is_topic or not self.content.is_empty or bool(self.faults or self.theirs)


def shown_item(
    item: Item,
    content: AnswerContent,
    *,
    faults: Mapping[str, str] | None = None,
    theirs: AnswerContent | None = None,
    disputed: frozenset[str] = frozenset(),
    base: Marks | None = None,
) -> ShownItem:
    """Return an item with its fields filled in; where it is disputed, the next save counts from what they wrote."""
    found = content if theirs is None else theirs
    others = found.document()
    return ShownItem(
        item=item,
        content=content,
        base=json.dumps(dict(base or marks_of(found)), separators=(",", ":")),
        faults=faults or {},
        theirs={name: others[name] for name in FIELD_NAMES if name in disputed},
    )


def given_answer(form: Form, item: Item) -> GivenAnswer | None:
    """Return what a form says of an item; None where it does not speak of it."""
    base = form.get(f"{item.code}.{BASE}")
    if base is None:
        return None
    return GivenAnswer(item=item.code, content=_content(form, item.code), base=_marks(base))


def _content(form: Form, code: str) -> AnswerContent:
    numbers = {name: _number(form.get(f"{code}.{name}", "")) for name in _NUMBERS}
    return AnswerContent(
        in_place=_text(form.get(f"{code}.in_place", "")),
        obstacles=_text(form.get(f"{code}.obstacles", "")),
        gaps=_text(form.get(f"{code}.gaps", "")),
        challenges=tuple(form.getlist(f"{code}.challenges")),
        evidence=tuple(_lines(form.get(f"{code}.evidence", ""))),
        **numbers,
    )


def _number(text: str) -> int | None:
    stripped = text.strip()
    if not stripped:
        return None
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) == 1 else UNREADABLE


def _text(text: str) -> str:
    # A browser sends line breaks as CR LF.
    return text.replace("\r\n", "\n").strip()


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _marks(text: str) -> Marks:
    """Return the marks of a form; of one that cannot be read, those of an answer that says nothing: no field is lost."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(
        isinstance(mark, str) and len(mark) == MARK_LENGTH for mark in found.values()
    ):
        return marks_of(EMPTY)
    return {name: mark for name, mark in found.items() if name in FIELD_NAMES}
