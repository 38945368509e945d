"""The page of one section: filled in by people together, saved as a whole or, by the page's script, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.access.policy import may
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people_at_work, for_readers
from app.actor import Actor
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.checks import FaultyAnswerError
from app.assessments.models import Assessment, AssessmentState
from app.assessments.questionnaires import Item, Questionnaire, Section
from app.assessments.services import require_draft, save_answer
from app.assessments.views.forms import ShownItem, given_answer, shown_item
from app.assessments.views.pages import bp
from app.clock import now_utc
from app.edge import release_session, request_actor, request_session, request_unit_of_work
from app.errors import NotFoundError
from app.pages import current_language

SAVED: Final = "saved"
GO_ON: Final = "go_on"
SECTION: Final = "/<uuid:assessment_id>/sections/<handle:section>"


@bp.get(SECTION)
@for_readers
def show_section(assessment_id: UUID, section: str) -> ResponseReturnValue:
    """Show what a section asks and what was answered; to fill in as long as the assessment is a draft."""
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    answers = queries.answers_of(session, actor, assessment)
    _questionnaire, found = _find(session, actor, assessment, section)
    items = [shown_item(item, answers.get(item.code, EMPTY)) for item in found.items]
    return _page(assessment, section, items, is_saved=SAVED in request.args)


@bp.post(SECTION)
@for_people_at_work
def save_section(assessment_id: UUID, section: str) -> ResponseReturnValue:
    """Save the items of a section that can be, and show the others with all that was typed."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = _draft(session, actor, assessment_id)
        questionnaire, found = _find(session, actor, assessment, section)
        answers = queries.answers_of(session, actor, assessment)
        items = [_saved(session, actor, assessment, item, answers.get(item.code, EMPTY)) for item in found.items]
    if not any(item.faults or item.theirs for item in items):
        after = _next(questionnaire, found) if GO_ON in request.form else found
        return redirect(url_for("assessments.show_section", assessment_id=assessment_id, section=after.code, saved=1))
    # What was written is read back by the page.
    release_session()
    assessment = queries.get_assessment(request_session(), actor, assessment_id)
    is_faulty = any(item.faults for item in items)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_faulty else HTTPStatus.CONFLICT
    return _page(assessment, section, items), status


@bp.post("/<uuid:assessment_id>/answers/<code:item>")
@for_people_at_work
def save_item(assessment_id: UUID, item: str) -> ResponseReturnValue:
    """Save one item for the script of the page, and tell it from what the next save counts."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = _draft(session, actor, assessment_id)
        asked = queries.get_questionnaire(session, actor, assessment.release).find_item(item.upper())
        if asked is None:
            raise NotFoundError("The questionnaire of this assessment asks no such thing.")
        now = queries.answers_of(session, actor, assessment).get(asked.code, EMPTY)
        saved = _saved(session, actor, assessment, asked, now)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if saved.faults else HTTPStatus.CONFLICT if saved.theirs else HTTPStatus.OK
    told = jsonify(base=saved.base, faults=dict(saved.faults), theirs=dict(saved.theirs), at=f"{now_utc():%H:%M}")
    told.status_code = status
    return told


def _draft(session: Session, actor: Actor, assessment_id: UUID) -> Assessment:
    """Return an assessment, locked, where the actor may answer it now.

    Raises
    ------
    NotInThisStateError
        When it is no draft.
    """
    assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
    require_draft(actor, assessment)
    return assessment


def _saved(session: Session, actor: Actor, assessment: Assessment, item: Item, now: AnswerContent) -> ShownItem:
    """Return an item, which says something now, after what was typed of it was saved, or why it was not."""
    given = given_answer(request.form, item)
    if given is None:
        return shown_item(item, now)
    try:
        merged = save_answer(session, actor, assessment, given)
    except FaultyAnswerError as error:
        return shown_item(item, given.content, faults=dict(error.faults), base=given.base)
    if merged.disputed:
        return shown_item(item, merged.content, theirs=now, disputed=merged.disputed)
    return shown_item(item, merged.content)


def _find(session: Session, actor: Actor, assessment: Assessment, code: str) -> tuple[Questionnaire, Section]:
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    section = questionnaire.find_section(code)
    if section is None:
        raise NotFoundError("The questionnaire has no such section.")
    return questionnaire, section


def _next(questionnaire: Questionnaire, section: Section) -> Section:
    """Return the section after one; after the last the last."""
    place = questionnaire.sections.index(section) + 1
    return questionnaire.sections[min(place, len(questionnaire.sections) - 1)]


def _page(assessment: Assessment, code: str, items: Sequence[ShownItem], *, is_saved: bool = False) -> str:
    session, actor = request_session(), request_actor()
    questionnaire, section = _find(session, actor, assessment, code)
    before = queries.answers_before(session, actor, assessment)
    may_draft = may(actor, Permission.ASSESSMENT_DRAFT, owner_id=assessment.organization_id)
    return render_template(
        "assessments/section.html",
        title=section.titles.text(current_language()),
        assessment=assessment,
        questionnaire=questionnaire,
        section=section,
        items=items,
        before=before,
        is_open=may_draft and assessment.state is AssessmentState.DRAFT,
        is_saved=is_saved,
    )
