"""What a paper is made of: a questionnaire, and of an assessment what the reader sees, or nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.actor import Actor
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.models import Assessment
from app.assessments.questionnaires import Item, Questionnaire, Section
from app.states.queries import get_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A questionnaire and what was answered, for one reader and in one language.

    ``assessment`` is absent where the form is blank. ``sections`` are those of the questionnaire or, where a State shows
    only a part and ``is_whole`` is false, as much of them as it shows: nothing of the paper tells of the rest.
    """

    questionnaire: Questionnaire
    sections: Sequence[Section]
    language: str
    assessment: Assessment | None = None
    state_name: str = ""
    answers: Mapping[str, AnswerContent]
    before: Mapping[str, AnswerContent]
    is_whole: bool = True

    def said_of(self, item: str) -> AnswerContent:
        """Return what was answered to an item; nothing where nothing was."""
        return self.answers.get(item, EMPTY)

    @property
    def items(self) -> Sequence[Item]:
        """All that stands on the paper, in order."""
        return [item for section in self.sections for item in section.items]

    @property
    def n_unanswered(self) -> int:
        """How many items of those that stand here are left blank."""
        return sum(self.said_of(item.code).is_empty for item in self.items)


def blank_paper(questionnaire: Questionnaire, *, language: str) -> Paper:
    """Return a questionnaire that nobody has filled in."""
    sections = questionnaire.sections
    return Paper(questionnaire=questionnaire, sections=sections, language=language, answers={}, before={})


def paper_of(session: Session, actor: Actor, assessment: Assessment, *, language: str) -> Paper:
    """Return an assessment, read with its organization, as far as the actor sees it."""
    seen = queries.seen_items(session, actor, assessment)
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    is_whole = queries.is_own(actor, assessment)
    sections = questionnaire.sections if is_whole else _within(questionnaire.sections, seen)
    return Paper(
        questionnaire=questionnaire,
        sections=sections,
        language=language,
        assessment=assessment,
        state_name=_state_name(session, actor, assessment, language),
        answers=queries.answers_of(session, actor, assessment),
        before=queries.answers_before(session, actor, assessment),
        is_whole=is_whole,
    )


def _within(sections: Sequence[Section], seen: Container[str]) -> Sequence[Section]:
    parts = [replace(section, items=tuple(one for one in section.items if one.code in seen)) for section in sections]
    return [part for part in parts if part.items]


def _state_name(session: Session, actor: Actor, assessment: Assessment, language: str) -> str:
    """Return the name of the State, which an organization has that was registered with one, else of the organization."""
    code = assessment.organization.state_code
    return get_state(session, actor, code).name(language) if code else assessment.organization.name
