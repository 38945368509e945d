"""Two people fill in one item at once: what each of them changed, and where they disagree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.assessments.answers import AnswerContent, content_of

MARK_LENGTH: Final = 12  # hexadecimal digits: enough to tell a text from those that stood there before it

Marks = Mapping[str, str]
"""By field, a mark of what stood in it when a form was filled from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """An item after a save: what it says, and the fields in which somebody else said something else meanwhile."""

    content: AnswerContent
    disputed: frozenset[str]


def marks_of(content: AnswerContent) -> Marks:
    """Return a mark of each field, for a form to carry along.

    >>> marks_of(AnswerContent(gaps="no law")) == marks_of(AnswerContent(gaps="no law"))
    True
    """
    return {name: _mark(value) for name, value in content.document().items()}


def merge(base: Marks, *, theirs: AnswerContent, mine: AnswerContent) -> Merged:
    """Return what an item says after I saved a form that was filled when the item had the marks of ``base``.

    A field that I left as it was takes what stands there now; where we both changed one, and not to the same, it is disputed,
    and the content holds mine.
    """
    said: dict[str, object] = {}
    disputed = set()
    now, wanted = theirs.document(), mine.document()
    for name, value in wanted.items():
        is_mine, is_theirs = _mark(value) != base.get(name), _mark(now[name]) != base.get(name)
        said[name] = value if is_mine else now[name]
        if is_mine and is_theirs and value != now[name]:
            disputed.add(name)
    return Merged(content=content_of(said), disputed=frozenset(disputed))


def _mark(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:MARK_LENGTH]
