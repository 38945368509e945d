"""What a State answers to one item: as a value, as a document, and sealed in a row of the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments.models import Answer
from app.audit.services import Document, canonical_json
from app.db import keyring_of
from app.resealing import count_sealed, reseal
from app.sealing import padded

PADDED_TO: Final = 256  # bytes: how long a sealed answer is tells little of what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContent:
    """What is said of an item; nothing of it has to be.

    ``current`` and ``target`` are stages from 1 to 5, ``priority`` goes from 1 to 5 (5 most urgent), ``status`` from 0 to 4.
    """

    current: int | None = None
    target: int | None = None
    priority: int | None = None
    status: int | None = None
    in_place: str = ""
    challenges: tuple[str, ...] = ()
    obstacles: str = ""
    gaps: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self == EMPTY

    @property
    def gap(self) -> int | None:
        """The stages from now to the one aimed at, 0 where it is reached; None where one of them is not said."""
        if self.current is None or self.target is None:
            return None
        return max(0, self.target - self.current)

    def document(self) -> Document:
        """Return it as JSON values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((field.name, getattr(self, field.name)) for field in fields(self))
        }


EMPTY: Final = AnswerContent()
FIELD_NAMES: Final = tuple(field.name for field in fields(AnswerContent))


def content_of(document: Mapping[str, Any]) -> AnswerContent:
    """Return what a document says; what it does not name is not said."""
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in document.items()
        if name in FIELD_NAMES
    }
    return AnswerContent(**said)


def seal_answer(session: Session, answer: Answer, content: AnswerContent) -> None:
    """Keep the content in the row, sealed.

    Raises
    ------
    InvalidSettingError
        When the database was opened without keys.
    """
    # JSON may end in blanks.
    text = padded(canonical_json(content.document()), to_bytes=PADDED_TO)
    answer.content = keyring_of(session).seal(text, place=_place(answer.id))


def open_answers(session: Session, answers: Iterable[Answer]) -> dict[str, AnswerContent]:
    """Return what answers say, by item.

    Raises
    ------
    UnsealingError
        When one was altered, or its key is not there.
    """
    return {answer.item: open_answer(session, answer) for answer in answers}


def open_answer(session: Session, answer: Answer) -> AnswerContent:
    """Return what an answer says; raises as ``open_answers``."""
    return content_of(json.loads(keyring_of(session).open(answer.content, place=_place(answer.id))))


def count_sealed_answers(session: Session, key_name: str) -> int:
    """Return how many answers are sealed with a key."""
    return count_sealed(session, Answer.content, key_name)


def reseal_answers(session: Session) -> int:
    """Seal with the key in use what is sealed with another one; return how many answers that were."""

    def seal_anew(answer: Answer) -> None:
        seal_answer(session, answer, open_answer(session, answer))

    return reseal(session, select(Answer), Answer.content, seal_anew)


def _place(answer_id: UUID) -> str:
    return f"answers.content:{answer_id}"
