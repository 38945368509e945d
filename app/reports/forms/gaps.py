"""The form of a need that begins with a gap of a self-assessment: all that was said there is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext

from app.assessments.answers import AnswerContent
from app.assessments.gaps import MIDDLE_PRIORITY
from app.assessments.models import Assessment
from app.assessments.questionnaires import Choice, Item, Questionnaire
from app.reports.forms.texts import Texts
from matching.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedGap:
    """What an assessment says of one item, and what the one before said."""

    assessment: Assessment
    questionnaire: Questionnaire
    item: Item
    content: AnswerContent
    last: AnswerContent


def texts_of_gap(found: AssessedGap, *, language: str) -> Texts:
    """Return the fields of a need that asks for help with a gap, in the reader's language; it is private until shared."""
    item, content, organization = found.item, found.content, found.assessment.organization
    texts = {
        "title": item.titles.text(language),
        "areas": item.area_code,
        "states": organization.state_code,
        "organization": organization.code,
        "description": "\n\n".join(_paragraphs(found, language)),
        "underway": content.in_place,
        "gap": None if content.gap is None else str(content.gap),
        "priority": str(content.priority or MIDDLE_PRIORITY),
        "visibility": Visibility.PRIVATE.value,
    }
    return {name: (text,) for name, text in texts.items() if text}


def _paragraphs(found: AssessedGap, language: str) -> Iterator[str]:
    content = found.content
    if content.gaps:
        yield content.gaps
    if content.obstacles:
        yield f"{gettext('What stands in the way')}: {content.obstacles}"
    challenges = [one.titles.text(language) for one in found.questionnaire.challenges if one.code in content.challenges]
    if challenges:
        yield f"{gettext('Challenges')}: {', '.join(challenges)}."
    stages = list(_stages(found, language))
    if stages:
        yield f"{gettext('Self-assessment')}: {'; '.join(stages)}."


def _stages(found: AssessedGap, language: str) -> Iterator[str]:
    for label, number in (
        (gettext("last time"), found.last.current),
        (gettext("now"), found.content.current),
        (gettext("aim"), found.content.target),
    ):
        if number is not None:
            yield f"{label} {number} ({_stage(found.questionnaire, number).titles.text(language)})"


def _stage(questionnaire: Questionnaire, number: int) -> Choice:
    return next(stage for stage in questionnaire.stages if stage.number == number)
