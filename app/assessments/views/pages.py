"""Pages of self-assessments: the list, one with its sections, and the gap profile that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import holds, may
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people_at_work, for_readers
from app.actor import Actor
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.gaps import gap_profile
from app.assessments.models import Assessment
from app.assessments.paper.copies import FormFormat, gap_profile_page
from app.assessments.paper.papers import paper_of
from app.assessments.questionnaires import Section
from app.assessments.services import begin_assessment, move_assessment
from app.assessments.sharing import list_shares
from app.assessments.statistic_queries import find_comparison
from app.assessments.transitions import Action, actions_open_to
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, InvalidInputError
from app.http import attachment
from app.pages import current_language
from app.paging import PageRequest

N_SHOWN: Final = 50  # assessments of one's own organizations; a State makes one a year

bp = Blueprint("assessments", __name__, url_prefix="/assessments")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionProgress:
    """A section of an assessment, and how much of it was answered."""

    section: Section
    n_answered: int


@bp.app_context_processor
def _template_values() -> dict[str, object]:
    return {"assesses": holds(request_actor(), Permission.ASSESSMENT_READ)}


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the assessments of one's State, and those of others that one sees a part of."""
    return _index()


@bp.post("")
@for_people_at_work
def begin() -> ResponseReturnValue:
    """Begin an assessment with the answers of the last one."""
    actor = request_actor()
    try:
        with request_unit_of_work() as session:
            begun = begin_assessment(session, actor, request.form.get("organization", ""))
    except (InvalidInputError, ConflictError) as error:
        return _index(error)
    return redirect(url_for("assessments.show", assessment_id=begun.id))


@bp.get("/<uuid:assessment_id>")
@for_readers
def show(assessment_id: UUID) -> ResponseReturnValue:
    """Show an assessment: its sections, how far each is, and what can be done with the whole."""
    return _whole(assessment_id)


@bp.post("/<uuid:assessment_id>")
@for_people_at_work
def move(assessment_id: UUID) -> ResponseReturnValue:
    """Submit an assessment, open it again or withdraw it."""
    actor, wanted = request_actor(), request.form.get("action", "")
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        if wanted not in list(Action):
            raise InvalidInputError("There is no such step; use the buttons of the page.")
        move_assessment(session, actor, assessment, Action(wanted))
    return redirect(url_for("assessments.show", assessment_id=assessment_id))


@bp.get("/<uuid:assessment_id>/gaps")
@for_readers
def show_gaps(assessment_id: UUID) -> ResponseReturnValue:
    """Show where the State stands in each area, and which gaps to close first: one page to print, or as PDF."""
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    if "format" in request.args:
        return _printed_gaps(assessment, request.args["format"])
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    before = queries.answers_before(session, actor, assessment)
    profile = gap_profile(questionnaire, queries.answers_of(session, actor, assessment), last=before)
    comparison = find_comparison(session, actor, assessment, group_code=request.args.get("group"))
    return render_template(
        "assessments/gaps.html",
        title=gettext("Gap profile"),
        assessment=assessment,
        questionnaire=questionnaire,
        profile=profile,
        has_last=bool(before),
        is_own=queries.is_own(actor, assessment),
        comparison=comparison,
    )


def _printed_gaps(assessment: Assessment, wanted: str) -> ResponseReturnValue:
    if wanted != FormFormat.PDF:
        raise InvalidInputError(f"There is no format '{wanted}'; there is {FormFormat.PDF}.")
    paper = paper_of(request_session(), request_actor(), assessment, language=current_language())
    copy = gap_profile_page(paper)
    return attachment(copy.content, media_type=copy.media_type, name=copy.name)


def _index(error: AppError | None = None) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    page = queries.list_page(session, actor, PageRequest(limit=N_SHOWN))
    html = render_template(
        "assessments/index.html",
        title=gettext("Self-assessments"),
        assessments=page.items,
        organizations=queries.assessing_organizations(session, actor),
        questionnaire=queries.find_questionnaire(session, actor),
        error=error,
    )
    return html, 200 if error is None else error.status


def _whole(assessment_id: UUID) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    progress = _progress(questionnaire.sections, queries.answers_of(session, actor, assessment))
    is_own = queries.is_own(actor, assessment)
    return render_template(
        "assessments/show.html",
        title=assessment.organization.name,
        assessment=assessment,
        sections=[row for row in progress if is_own or row.n_answered],
        is_own=is_own,
        may_draft=may(actor, Permission.ASSESSMENT_DRAFT, owner_id=assessment.organization_id),
        n_shares=len(list_shares(session, actor, assessment)) if is_own else 0,
        actions=actions_open_to(assessment.state, may_submit=_may_submit(actor, assessment)),
    )


def _may_submit(actor: Actor, assessment: Assessment) -> bool:
    return may(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id)


def _progress(sections: Sequence[Section], answers: Mapping[str, AnswerContent]) -> Sequence[SectionProgress]:
    return [
        SectionProgress(
            section=section, n_answered=sum(not answers.get(item.code, EMPTY).is_empty for item in section.items)
        )
        for section in sections
    ]
