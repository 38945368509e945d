"""What an answer has to hold to be one: checked here whether it comes from a page, the API or a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from app.assessments.answers import AnswerContent
from app.assessments.questionnaires import (
    HIGHEST_STAGE,
    HIGHEST_STATUS,
    LOWEST_STAGE,
    Item,
    ItemKind,
    Questionnaire,
)
from app.errors import InvalidInputError
from app.texts import holds_controls
from matching.intake.cells import CellError, free_text

MAX_ANSWER_LENGTH: Final = 10_000  # characters of one text
MAX_EVIDENCE: Final = 20
MAX_ADDRESS_LENGTH: Final = 2_000
HIGHEST_PRIORITY: Final = 5
_TEXTS: Final = ("in_place", "obstacles", "gaps")

Fault = tuple[str, str]
"""The name of a field, and what is wrong in it."""


class FaultyAnswerError(InvalidInputError):
    """An answer does not hold what it has to; ``faults`` says where and what."""

    def __init__(self, item: str, faults: list[Fault]) -> None:
        super().__init__(f"{item}: {faults[0][1]}")
        self.item = item
        self.faults = faults
        self.errors = [{"pointer": f"/json/{field}", "detail": sentence} for field, sentence in faults]


def require_sound(questionnaire: Questionnaire, item: Item, content: AnswerContent) -> None:
    """Do nothing where the content can answer the item.

    Raises
    ------
    FaultyAnswerError
        When something in it cannot be.
    """
    faults = [*_faults_of_numbers(item, content), *_faults_of_texts(content), *_faults_of_lists(questionnaire, content)]
    if faults:
        raise FaultyAnswerError(item.code, faults)


def _faults_of_numbers(item: Item, content: AnswerContent) -> Iterator[Fault]:
    is_maturity = item.kind is ItemKind.MATURITY
    stages = (LOWEST_STAGE, HIGHEST_STAGE) if is_maturity else None
    limits = {
        "current": stages,
        "target": stages,
        "status": None if is_maturity else (0, HIGHEST_STATUS),
        "priority": (1, HIGHEST_PRIORITY),
    }
    for name, range_ in limits.items():
        value = getattr(content, name)
        if value is None:
            continue
        if range_ is None:
            yield name, "This item is not answered that way; leave it empty."
        elif not range_[0] <= value <= range_[1]:
            yield name, f"Give a number from {range_[0]} to {range_[1]}."


def _faults_of_texts(content: AnswerContent) -> Iterator[Fault]:
    for name in _TEXTS:
        if len(getattr(content, name)) > MAX_ANSWER_LENGTH:
            yield name, f"This is longer than {MAX_ANSWER_LENGTH} characters; put the rest into a document and link it."
        if holds_controls(getattr(content, name)):
            yield name, "A control character cannot be used here; remove it."
            continue
        try:
            free_text(getattr(content, name))
        except CellError as error:
            yield name, str(error)


def _faults_of_lists(questionnaire: Questionnaire, content: AnswerContent) -> Iterator[Fault]:
    known = {challenge.code for challenge in questionnaire.challenges}
    if not known.issuperset(content.challenges):
        yield "challenges", "There is no such challenge in the list of this questionnaire."
    if len(set(content.challenges)) < len(content.challenges):
        yield "challenges", "A challenge stands here twice."
    if len(content.evidence) > MAX_EVIDENCE:
        yield "evidence", f"Give at most {MAX_EVIDENCE} addresses."
    if not all(map(_is_address, content.evidence)):
        yield "evidence", "Give whole addresses, each on a line of its own, beginning with https:// or http://."


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and len(text) <= MAX_ADDRESS_LENGTH
        and not any(sign.isspace() or not sign.isprintable() for sign in text)
    )
