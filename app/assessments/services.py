"""Making an assessment: beginning one, answering it item by item, and submitting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments.answers import EMPTY, AnswerContent, open_answer, seal_answer
from app.assessments.checks import require_sound
from app.assessments.merging import Marks, Merged, marks_of, merge
from app.assessments.models import Answer, Assessment, AssessmentState
from app.assessments.queries import (
    answer_rows,
    answers_of,
    find_newest,
    get_assessment,
    get_questionnaire,
    newest_questionnaire,
)
from app.assessments.transitions import TRANSITIONS, Action
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc, today_utc
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.organizations.models import OrganizationKind
from app.organizations.services import get_by_code
from matching.sentences import N_

RECORD_TYPE: Final = "assessment"


class NotInThisStateError(ConflictError):
    """What is asked for cannot be done to an assessment as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What somebody says of an item, and the marks of what they saw there when they began; without, of nothing."""

    item: str
    content: AnswerContent
    base: Marks


def begin_assessment(
    session: Session, actor: Actor, organization_code: str, *, as_of_on: date | None = None, clock: Clock = now_utc
) -> Assessment:
    """Return a new assessment of a State, with the answers of its last one; ``as_of_on`` is the day it speaks of, by default today.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may make none for it.
    InvalidInputError
        When it is no State's.
    ConflictError
        When a draft is there already, or no questionnaire is.
    """
    organization = get_by_code(session, organization_code)
    require(actor, Permission.ASSESSMENT_DRAFT, owner_id=organization.id)
    if organization.kind is not OrganizationKind.STATE:
        raise InvalidInputError("Only a State assesses itself; choose the organization of one.")
    last = find_newest(session, actor, organization.id)
    if last is not None and last.state is AssessmentState.DRAFT:
        raise ConflictError(N_("There is a draft already; go on with that one, or withdraw it."))
    questionnaire, now = newest_questionnaire(session, actor), clock()
    begun = Assessment(
        id=uuid4(),
        organization_id=organization.id,
        release=questionnaire.release,
        previous_id=None if last is None else last.id,
        as_of_on=as_of_on or today_utc(clock),
        created_at=now,
        updated_at=now,
    )
    session.add(begun)
    session.flush()
    said = {} if last is None else answers_of(session, actor, last)
    for item in questionnaire.items:
        if item.code in said:
            row = Answer(id=uuid4(), assessment_id=begun.id, item=item.code, updated_at=now)
            seal_answer(session, row, said[item.code])
            session.add(row)
    session.flush()
    _note(session, actor, begun, "assessment.begun", before=None, clock=clock)
    return get_assessment(session, actor, begun.id)


def require_draft(actor: Actor, assessment: Assessment) -> None:
    """Do nothing where the actor may answer an assessment now.

    Raises
    ------
    ForbiddenError
        When the actor may not draft for this State.
    NotInThisStateError
        When it is no draft.
    """
    require(actor, Permission.ASSESSMENT_DRAFT, owner_id=assessment.organization_id)
    if assessment.state is not AssessmentState.DRAFT:
        raise NotInThisStateError("This assessment is no draft any more; open it again before changing an answer.")


def save_answer(
    session: Session, actor: Actor, assessment: Assessment, given: GivenAnswer, *, clock: Clock = now_utc
) -> Merged:
    """Store what somebody says of an item beside what others changed in it meanwhile; where they disagree, store nothing.

    The assessment has to be locked.

    Raises
    ------
    ForbiddenError
        When the actor may not draft for this State.
    NotInThisStateError
        When it is no draft.
    NotFoundError
        When the questionnaire has no such item.
    FaultyAnswerError
        When the content cannot answer the item.
    """
    require_draft(actor, assessment)
    questionnaire = get_questionnaire(session, actor, assessment.release)
    item = questionnaire.find_item(given.item)
    if item is None:
        raise NotFoundError("The questionnaire of this assessment asks no such thing.")
    require_sound(questionnaire, item, given.content)
    row = answer_rows(session, actor, assessment).get(item.code)
    before = EMPTY if row is None else open_answer(session, row)
    merged = merge(given.base or marks_of(EMPTY), theirs=before, mine=given.content)
    if merged.disputed or merged.content == before:
        return merged
    now = clock()
    if row is None:
        row = Answer(id=uuid4(), assessment_id=assessment.id, item=item.code)
        session.add(row)
    seal_answer(session, row, merged.content)
    row.updated_at, row.updated_by, assessment.updated_at = now, actor.user_id, now
    change = Change(
        action="assessment.answered",
        record_type=RECORD_TYPE,
        record_id=str(assessment.id),
        before=_told(item.code, before),
        after=_told(item.code, merged.content),
    )
    record(session, actor, [change], clock=clock)
    session.flush()
    return merged


def move_assessment(
    session: Session, actor: Actor, assessment: Assessment, action: Action, *, clock: Clock = now_utc
) -> Assessment:
    """Submit an assessment, open it again or withdraw it, and return it; it has to be locked.

    Raises
    ------
    ForbiddenError
        When the actor may not.
    NotInThisStateError
        When that cannot be done in its state.
    """
    transition = TRANSITIONS[action]
    require(actor, transition.permission, owner_id=assessment.organization_id)
    if assessment.state not in transition.sources:
        raise NotInThisStateError(f"An assessment that is {assessment.state} cannot be made {transition.target}.")
    before, now = _described(assessment), clock()
    assessment.state, assessment.updated_at = transition.target, now
    if transition.target is AssessmentState.SUBMITTED:
        assessment.submitted_at = now
    session.flush()
    _note(session, actor, assessment, transition.event, before=before, clock=clock)
    return assessment


def _note(
    session: Session, actor: Actor, assessment: Assessment, action: str, *, before: Document | None, clock: Clock
) -> None:
    change = Change(
        action=action,
        record_type=RECORD_TYPE,
        record_id=str(assessment.id),
        before=before,
        after=_described(assessment),
    )
    record(session, actor, [change], clock=clock)


def _described(assessment: Assessment) -> Document:
    return {
        "organization_id": str(assessment.organization_id),
        "release": assessment.release,
        "previous_id": None if assessment.previous_id is None else str(assessment.previous_id),
        "state": assessment.state.value,
        "as_of_on": assessment.as_of_on.isoformat(),
    }


def _told(item: str, content: AnswerContent) -> Document:
    return {"item": item, **content.document()}
