"""The gap profile: where a State stands in each area, where it wants to be, and which gaps to close first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final

from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.questionnaires import AREAS_PART, Item, Questionnaire, Section

MIDDLE_PRIORITY: Final = 3  # what counts where none was said, as for a need

Answers = Mapping[str, AnswerContent]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLine:
    """One area of a profile: its stages now, aimed at and last time; ``n_topics`` tells from how many topics, 0 as said."""

    item: Item
    current: int | None
    target: int | None
    last: int | None
    n_topics: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A gap that was assessed: of an area or of a topic, with what was said of it."""

    item: Item
    content: AnswerContent
    size: int
    priority: int

    @property
    def weight(self) -> int:
        """What it is ordered by: its size times its priority."""
        return self.size * self.priority


@dataclass(frozen=True, slots=True, kw_only=True)
class GapProfile:
    """All areas in order, and the gaps, those to close first first."""

    lines: Sequence[AreaLine]
    gaps: Sequence[Gap]
    n_assessed: int


def gap_profile(questionnaire: Questionnaire, answers: Answers, *, last: Answers) -> GapProfile:
    """Return the profile of one assessment beside the one before, which may be empty.

    Of an area that was not assessed as a whole stand the lower medians of its topics: half of them are there or further.
    """
    sections = [section for section in questionnaire.sections if _is_area(section)]
    lines = [_line(section, answers, last) for section in sections]
    gaps = [gap for section in sections for item in section.items if (gap := _gap(item, answers)) is not None]
    # Those of one weight stay in the order of the areas.
    gaps.sort(key=lambda gap: (-gap.weight, -gap.size))
    n_assessed = sum(line.current is not None for line in lines)
    return GapProfile(lines=tuple(lines), gaps=tuple(gaps), n_assessed=n_assessed)


def _is_area(section: Section) -> bool:
    return all(item.part == AREAS_PART for item in section.items)


def _line(section: Section, answers: Answers, last: Answers) -> AreaLine:
    whole, *topics = section.items
    said = answers.get(whole.code, EMPTY)
    is_said = said.current is not None or said.target is not None
    currents = [answers[topic.code].current for topic in topics if topic.code in answers]
    return AreaLine(
        item=whole,
        current=_stage(section, answers, "current"),
        target=_stage(section, answers, "target"),
        last=_stage(section, last, "current"),
        n_topics=0 if is_said else sum(current is not None for current in currents),
    )


def _stage(section: Section, answers: Answers, name: str) -> int | None:
    whole, *topics = section.items
    own = answers.get(whole.code, EMPTY)
    if own.current is not None or own.target is not None:
        stage: int | None = getattr(own, name)
        return stage
    stages = [getattr(answers[topic.code], name) for topic in topics if topic.code in answers]
    said = [stage for stage in stages if stage is not None]
    return median_low(said) if said else None


def _gap(item: Item, answers: Answers) -> Gap | None:
    content = answers.get(item.code, EMPTY)
    if not content.gap:
        return None
    return Gap(item=item, content=content, size=content.gap, priority=content.priority or MIDDLE_PRIORITY)
