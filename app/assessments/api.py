"""Questionnaires, assessments and their answers in the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from app.accounts.idempotency import KeyedRequest, do_once
from app.actor import Actor
from app.assessments import queries, sharing
from app.assessments.answers import EMPTY, AnswerContent, content_of, open_answer
from app.assessments.gaps import GapProfile, gap_profile
from app.assessments.merging import marks_of
from app.assessments.models import Assessment, AssessmentShare, QuestionnaireRelease
from app.assessments.paper import printing, workbooks
from app.assessments.paper.copies import Copy, FormFormat, blank_form, form, gap_profile_page, report
from app.assessments.paper.papers import Paper, paper_of
from app.assessments.questionnaires import Questionnaire
from app.assessments.schemas import (
    AnswerEdit,
    AnswerSchema,
    AssessmentEdit,
    AssessmentSchema,
    GapProfileSchema,
    NewAssessment,
    NewShareSchema,
    PaperQuery,
    QuestionnaireReleaseSchema,
    QuestionnaireSchema,
    ShareSchema,
)
from app.assessments.services import GivenAnswer, begin_assessment, move_assessment, save_answer
from app.assessments.sharing import NewShare
from app.assessments.transitions import action_to
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import NotFoundError
from app.fields import page_request
from app.http import attachment
from app.openapi import ApiBlueprint
from app.paging import Page

QUESTIONNAIRE: Final = "/questionnaires/<code:release>"
ASSESSMENT: Final = "/assessments/<uuid:assessment_id>"
ANSWER: Final = f"{ASSESSMENT}/answers/<code:item>"

questionnaires_blueprint = ApiBlueprint("questionnaires", __name__, description="What a self-assessment asks")
blueprint = ApiBlueprint("assessments", __name__, description="What States say of their own capacity")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """An answer with its item; ``updated_at`` is absent where nothing was said yet."""

    item: str
    content: AnswerContent
    updated_at: datetime | None


@questionnaires_blueprint.reads_page("/questionnaires", QuestionnaireReleaseSchema)
def list_questionnaires(query: dict[str, Any]) -> Page[QuestionnaireRelease]:
    """Return a page of the releases of the questionnaire by name."""
    return queries.list_questionnaires(request_session(), request_actor(), page_request(query))


@questionnaires_blueprint.reads_one(QUESTIONNAIRE, QuestionnaireSchema)
def get_questionnaire(release: str) -> Questionnaire:
    """Return what a release of the questionnaire asks."""
    return queries.get_questionnaire(request_session(), request_actor(), release)


@questionnaires_blueprint.reads_file(f"{QUESTIONNAIRE}/form.pdf", printing.MEDIA_TYPE, query=PaperQuery)
def get_blank_form(release: str, language: str) -> Response:
    """Return the form of a release of the questionnaire, to print and to fill in by hand."""
    return _blank(release, FormFormat.PDF, language)


@questionnaires_blueprint.reads_file(f"{QUESTIONNAIRE}/form.xlsx", workbooks.MEDIA_TYPE, query=PaperQuery)
def get_blank_workbook(release: str, language: str) -> Response:
    """Return the form of a release of the questionnaire as a workbook, to fill in and to import."""
    return _blank(release, FormFormat.XLSX, language)


@blueprint.reads_page("/assessments", AssessmentSchema)
def list_assessments(query: dict[str, Any]) -> Page[Assessment]:
    """Return a page of the assessments that the caller sees, the newest first."""
    return queries.list_page(request_session(), request_actor(), page_request(query))


@blueprint.reads_one(ASSESSMENT, AssessmentSchema)
def get_assessment(assessment_id: UUID) -> Assessment:
    """Return one assessment without its answers."""
    return queries.get_assessment(request_session(), request_actor(), assessment_id)


@blueprint.creates("/assessments", AssessmentSchema, given=NewAssessment)
def create_assessment(given: dict[str, Any], *, idempotency_key: str | None = None) -> Assessment:
    """Begin an assessment of a State with the answers of its last one, and return it."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, Assessment]:
        begun = begin_assessment(session, actor, given["organization"], as_of_on=given.get("as_of_on"))
        return begun.id, begun

    return do_once(
        request_unit_of_work,
        actor,
        KeyedRequest(key=idempotency_key, operation="assessment:create", body=given),
        create=create,
        read=lambda session, assessment_id: queries.get_assessment(session, actor, assessment_id),
    )


@blueprint.changes(ASSESSMENT, AssessmentSchema, given=AssessmentEdit)
def change_assessment(given: dict[str, Any], assessment_id: UUID) -> Assessment:
    """Submit an assessment, make it a draft again or withdraw it, and return it."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        blueprint.check_etag(assessment, AssessmentSchema)
        return move_assessment(session, actor, assessment, action_to(given["state"]))


@blueprint.reads_one(f"{ASSESSMENT}/gaps", GapProfileSchema)
def get_gap_profile(assessment_id: UUID) -> GapProfile:
    """Return where the State stands in each area, and its gaps, those to close first first."""
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    return gap_profile(
        queries.get_questionnaire(session, actor, assessment.release),
        queries.answers_of(session, actor, assessment),
        last=queries.answers_before(session, actor, assessment),
    )


@blueprint.reads_file(f"{ASSESSMENT}/form.pdf", printing.MEDIA_TYPE, query=PaperQuery)
def get_form(assessment_id: UUID, language: str) -> Response:
    """Return the form with what was answered so far, to print, to correct by hand and to clear."""
    return _sent(form(_paper(assessment_id, language), FormFormat.PDF))


@blueprint.reads_file(f"{ASSESSMENT}/form.xlsx", workbooks.MEDIA_TYPE, query=PaperQuery)
def get_workbook(assessment_id: UUID, language: str) -> Response:
    """Return the form with what was answered so far as a workbook, to go on with and to import."""
    return _sent(form(_paper(assessment_id, language), FormFormat.XLSX))


@blueprint.reads_file(f"{ASSESSMENT}/report.pdf", printing.MEDIA_TYPE, query=PaperQuery)
def get_report(assessment_id: UUID, language: str) -> Response:
    """Return what was answered as the national implementation report."""
    return _sent(report(_paper(assessment_id, language)))


@blueprint.reads_file(f"{ASSESSMENT}/gaps.pdf", printing.MEDIA_TYPE, query=PaperQuery)
def get_printed_gap_profile(assessment_id: UUID, language: str) -> Response:
    """Return the gap profile on one page to print."""
    return _sent(gap_profile_page(_paper(assessment_id, language)))


@blueprint.reads_one(ANSWER, AnswerSchema)
def get_answer(assessment_id: UUID, item: str) -> ShownAnswer:
    """Return what an assessment says of one item; all of it is empty where nothing was said."""
    session, actor = request_session(), request_actor()
    return _shown(session, actor, queries.get_assessment(session, actor, assessment_id), item)


@blueprint.changes(ANSWER, AnswerSchema, given=AnswerEdit)
def change_answer(given: dict[str, Any], assessment_id: UUID, item: str) -> ShownAnswer:
    """Say something else of one item of a draft, and return the answer."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        shown = _shown(session, actor, assessment, item)
        blueprint.check_etag(shown, AnswerSchema)
        content = content_of({**shown.content.document(), **given})
        given_answer = GivenAnswer(item=shown.item, content=content, base=marks_of(shown.content))
        save_answer(session, actor, assessment, given_answer)
        return _shown(session, actor, assessment, item)


@blueprint.reads_page(f"{ASSESSMENT}/shares", ShareSchema, is_within_record=True, is_public=False)
def list_shares(query: dict[str, Any], assessment_id: UUID) -> Page[AssessmentShare]:
    """Return the shares of an assessment that are in force, to those of its State alone."""
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    return sharing.list_page(session, actor, assessment, page_request(query))


@blueprint.creates(f"{ASSESSMENT}/shares", ShareSchema, given=NewShareSchema, is_within_record=True)
def create_share(given: dict[str, Any], assessment_id: UUID, *, idempotency_key: str | None = None) -> AssessmentShare:
    """Show a part of an assessment to a circle, and return the share."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, AssessmentShare]:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        made = sharing.share(session, actor, assessment, NewShare(**given))
        return made.id, made

    def read(session: Session, share_id: UUID) -> AssessmentShare:
        assessment = queries.get_assessment(session, actor, assessment_id)
        return sharing.get_share(session, actor, assessment, share_id)

    request = KeyedRequest(key=idempotency_key, operation=f"assessment:share {assessment_id}", body=given)
    return do_once(request_unit_of_work, actor, request, create=create, read=read)


@blueprint.ends(f"{ASSESSMENT}/shares/<uuid:share_id>")
def end_share(assessment_id: UUID, share_id: UUID) -> None:
    """Take a share back; it counts at the next request."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        sharing.end_share(session, actor, assessment, share_id)


def _shown(session: Session, actor: Actor, assessment: Assessment, code: str) -> ShownAnswer:
    item = queries.get_questionnaire(session, actor, assessment.release).find_item(code.upper())
    if item is None:
        raise NotFoundError("The questionnaire of this assessment asks no such thing.")
    if item.code not in queries.seen_items(session, actor, assessment):
        raise NotFoundError("The questionnaire of this assessment asks no such thing.")
    row = queries.answer_rows(session, actor, assessment).get(item.code)
    if row is None:
        return ShownAnswer(item=item.code, content=EMPTY, updated_at=None)
    return ShownAnswer(item=item.code, content=open_answer(session, row), updated_at=row.updated_at)


def _blank(release: str, wanted: FormFormat, language: str) -> Response:
    questionnaire = queries.get_questionnaire(request_session(), request_actor(), release)
    return _sent(blank_form(questionnaire, wanted, language=language))


def _paper(assessment_id: UUID, language: str) -> Paper:
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    return paper_of(session, actor, assessment, language=language)


def _sent(copy: Copy) -> Response:
    return attachment(copy.content, media_type=copy.media_type, name=copy.name)
