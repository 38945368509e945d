"""A questionnaire as values: its parts, what it asks in each, and the words of its scales.

A release is one document, kept whole: an assessment that was made with it reads for ever as it did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

AREAS_PART: Final = "AREAS"
TOPIC_SEPARATOR: Final = "."  # between the code of an area and that of its topic
LOWEST_STAGE: Final = 1
HIGHEST_STAGE: Final = 5
HIGHEST_STATUS: Final = 4
ENGLISH: Final = "en"
WHOLE: Final = "*"  # all that a questionnaire asks


class ItemKind(StrEnum):
    """How an item is answered."""

    MATURITY = "maturity"  # by a stage of five, now and aimed at
    PRACTICE = "practice"  # by how far something has been put into practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One text in the languages in which there is one; English always is."""

    by_language: Mapping[str, str]

    def language(self, wanted: str) -> str:
        """Return the language in which a reader of another gets it: their own, else English."""
        return wanted if wanted in self.by_language else ENGLISH

    def text(self, wanted: str = ENGLISH) -> str:
        """Return it in a language, else in English."""
        return self.by_language.get(wanted) or self.by_language.get(ENGLISH, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A word of a scale or a list: a stage, a status, a challenge; ``number`` is its place on a scale."""

    number: int
    code: str
    titles: Texts
    meanings: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that is asked; of a maturity, ``descriptions`` say what each stage looks like, the lowest first."""

    code: str
    part: str
    kind: ItemKind
    area_code: str | None
    titles: Texts
    questions: Texts
    helps: Texts
    reference: str
    source: str
    descriptions: Sequence[Texts]

    @property
    def is_topic(self) -> bool:
        """Whether it is about a part of an area."""
        return self.kind is ItemKind.MATURITY and TOPIC_SEPARATOR in self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands on one page: an area with its topics, or one of the other parts."""

    code: str
    titles: Texts
    introductions: Texts
    items: Sequence[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """One release: what it asks, in order, and with which words it is answered."""

    release: str
    adopted_on: date | None
    sections: Sequence[Section]
    stages: Sequence[Choice]
    statuses: Sequence[Choice]
    challenges: Sequence[Choice]

    @property
    def items(self) -> Sequence[Item]:
        """All that is asked, in order."""
        return [item for section in self.sections for item in section.items]

    def find_item(self, code: str) -> Item | None:
        """Return the item of a code, None where there is none."""
        return next((item for item in self.items if item.code == code), None)

    def items_within(self, scope: str) -> frozenset[str]:
        """Return the codes of the items that a scope covers: a section, an item, or all there is."""
        if scope == WHOLE:
            return frozenset(item.code for item in self.items)
        section = self.find_section(scope)
        # The code of an area names the area with its topics.
        found = () if section is None else section.items
        return frozenset(item.code for item in found) or frozenset({scope} if self.find_item(scope) else ())

    def find_section(self, code: str) -> Section | None:
        """Return the section of a code, in any case; None where there is none."""
        return next((section for section in self.sections if section.code == code.upper()), None)


@lru_cache(maxsize=8)
def read_questionnaire(content: str) -> Questionnaire:
    """Return the questionnaire that a document of ``app.assessments.services`` holds."""
    document: Mapping[str, Any] = json.loads(content)
    items = [_item(row) for row in document["items"]]
    adopted_on = document["adopted_on"]
    return Questionnaire(
        release=document["release"],
        adopted_on=date.fromisoformat(adopted_on) if adopted_on else None,
        sections=tuple(section for part in document["parts"] for section in _sections(part, items)),
        stages=_choices(document["stages"]),
        statuses=_choices(document["statuses"]),
        challenges=_choices(document["challenges"]),
    )


def _sections(part: Mapping[str, Any], items: Sequence[Item]) -> Sequence[Section]:
    asked = [item for item in items if item.part == part["code"]]
    introductions = _texts(part["introductions"])
    if part["code"] != AREAS_PART:
        titles = _texts(part["titles"])
        return [Section(code=part["code"], titles=titles, introductions=introductions, items=tuple(asked))]
    return [
        Section(
            code=area.code,
            titles=area.titles,
            introductions=introductions,
            items=tuple(one for one in asked if one.code.partition(TOPIC_SEPARATOR)[0] == area.code),
        )
        for area in asked
        if not area.is_topic
    ]


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        code=row["code"],
        part=row["part"],
        kind=ItemKind(row["kind"]),
        area_code=row["area"],
        titles=_texts(row["titles"]),
        questions=_texts(row["questions"]),
        helps=_texts(row["helps"]),
        reference=row["reference"],
        source=row["source"],
        descriptions=tuple(_texts(texts) for texts in row["descriptions"]),
    )


def _choices(rows: Sequence[Mapping[str, Any]]) -> Sequence[Choice]:
    return tuple(
        Choice(
            number=row["number"],
            code=row["code"],
            titles=_texts(row["titles"]),
            meanings=_texts(row.get("meanings", {})),
        )
        for row in rows
    )


def _texts(by_language: Mapping[str, str]) -> Texts:
    return Texts(by_language=by_language)
