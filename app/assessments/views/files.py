"""Pages on which an assessment leaves as a file and comes back: what the file would change is shown first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.accounts.views.common import for_people_at_work, for_readers
from app.assessments import queries
from app.assessments.files import (
    FileAnswer,
    answer_table,
    changes_of,
    file_answer_table,
    read_answers,
    save_answers,
)
from app.assessments.models import Assessment
from app.assessments.paper.copies import Copy, FormFormat, blank_form, form, report
from app.assessments.paper.papers import paper_of
from app.assessments.services import require_draft
from app.assessments.views.pages import bp
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import InvalidInputError
from app.http import attachment
from app.organizations.importing import FileImport, ReadFile
from app.pages import current_language
from app.tables import CsvVariant, csv_chunks

FILE: Final = "/<uuid:assessment_id>/file"
UPLOADED: Final = "file"
ACCEPTED: Final = "accepted"  # the field with the answers of a file that were looked at


@bp.get(FILE)
@for_readers
def download(assessment_id: UUID) -> ResponseReturnValue:
    """Give an assessment as a file, to fill in away from the line or to pass round for clearance."""
    wanted = request.args.get("format", CsvVariant.EXCEL)
    if wanted not in (*CsvVariant, *FormFormat):
        raise InvalidInputError(f"There is no format '{wanted}'; there are {', '.join((*CsvVariant, *FormFormat))}.")
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    if wanted in list(FormFormat):
        paper = paper_of(session, actor, assessment, language=current_language())
        return _sent(form(paper, FormFormat(wanted)))
    table = answer_table(session, actor, assessment, language=current_language())
    content = b"".join(csv_chunks(table, CsvVariant(wanted)))
    return attachment(
        content, media_type="text/csv; charset=utf-8", name=f"tandem-assessment-{assessment.as_of_on}.csv"
    )


@bp.get("/<uuid:assessment_id>/report")
@for_readers
def download_report(assessment_id: UUID) -> ResponseReturnValue:
    """Give what was answered as a report to print."""
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    return _sent(report(paper_of(session, actor, assessment, language=current_language())))


@bp.get("/forms/<code:release>")
def download_blank(release: str) -> ResponseReturnValue:
    """Give the blank form of a questionnaire to anybody: what is asked is no secret."""
    wanted = request.args.get("format", FormFormat.PDF)
    if wanted not in list(FormFormat):
        raise InvalidInputError(f"There is no format '{wanted}'; there are {', '.join(FormFormat)}.")
    questionnaire = queries.get_questionnaire(request_session(), request_actor(), release)
    return _sent(blank_form(questionnaire, FormFormat(wanted), language=current_language()))


@bp.post(FILE)
@for_people_at_work
def upload(assessment_id: UUID) -> ResponseReturnValue:
    """Show what the answers of a file would change, or what is wrong with it; once that was accepted, store them."""
    if ACCEPTED in request.form:
        return _accepted(assessment_id)
    session, actor = request_session(), request_actor()
    assessment = _draft(queries.get_assessment(session, actor, assessment_id))
    sent = request.files.get(UPLOADED)
    content = b"" if sent is None else sent.read()
    name = "" if sent is None else (sent.filename or "")
    found = _read(session, assessment, content, name)
    if found.intake.faults:
        return _page(assessment, found), HTTPStatus.UNPROCESSABLE_ENTITY
    return _page(assessment, found)


def _sent(copy: Copy) -> Response:
    return attachment(copy.content, media_type=copy.media_type, name=copy.name)


def _accepted(assessment_id: UUID) -> ResponseReturnValue:
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = _draft(queries.get_assessment(session, actor, assessment_id, is_locked=True))
        content = request.form[ACCEPTED].encode()
        found = _read(session, assessment, content, "answers.csv")
        if found.intake.faults:
            raise InvalidInputError("The answers are not those that were shown; send the file again.")
        save_answers(session, actor, assessment, found)
    return redirect(url_for("assessments.show", assessment_id=assessment_id))


def _draft(assessment: Assessment) -> Assessment:
    """Return the assessment where a file can be taken in.

    Raises
    ------
    NotInThisStateError
        When it is no draft.
    """
    require_draft(request_actor(), assessment)
    return assessment


def _read(session: Session, assessment: Assessment, content: bytes, name: str) -> ReadFile[FileAnswer]:
    order = FileImport(content=content, name=name or "answers", organization_code=assessment.organization.code)
    return read_answers(queries.get_questionnaire(session, request_actor(), assessment.release), order)


def _page(assessment: Assessment, found: ReadFile[FileAnswer]) -> str:
    session, actor = request_session(), request_actor()
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    return render_template(
        "assessments/file.html",
        title=gettext("Answers of a file"),
        assessment=assessment,
        faults=found.intake.faults,
        warnings=found.intake.warnings,
        changes=changes_of(session, actor, assessment, found),
        item_by_code={item.code: item for item in questionnaire.items},
        content=b"".join(csv_chunks(file_answer_table(found))).decode(),
    )
