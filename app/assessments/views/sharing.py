"""The page on which a State shows parts of an assessment to others, sees what they see, and takes it back."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import SEEN_BY_ALL, SEEN_BY_ROLE, may
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people, for_people_at_work
from app.actor import Role
from app.assessments import queries, sharing
from app.assessments.counting import counting_of, let_count
from app.assessments.sharing import SHOWN_TO, NewShare
from app.assessments.views.pages import bp
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import InvalidFieldError, InvalidInputError
from matching.vocabulary import Visibility

SHARING: Final = "/<uuid:assessment_id>/sharing"
COUNTED_BY_WORD: Final = {"yes": True, "no": False}  # what the buttons send
# Whose eyes a State can borrow: the widest circle first.
READERS: Final = {
    "public": SEEN_BY_ALL,
    "members": SEEN_BY_ROLE[Role.ANALYST],
    "providers": SEEN_BY_ROLE[Role.PROVIDER],
    "secretariat": SEEN_BY_ROLE[Role.SECRETARIAT],
}


@bp.get(SHARING)
@for_people
def show_sharing(assessment_id: UUID) -> ResponseReturnValue:
    """Show what is shared and to whom, and everything that somebody of a circle sees of it."""
    return _page(assessment_id)


@bp.post(SHARING)
@for_people_at_work
def begin_share(assessment_id: UUID) -> ResponseReturnValue:
    """Show a part to a circle."""
    actor = request_actor()
    try:
        with request_unit_of_work() as session:
            assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
            sharing.share(session, actor, assessment, _wanted())
    except InvalidFieldError as error:
        return _page(assessment_id, error), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("assessments.show_sharing", assessment_id=assessment_id))


@bp.post(f"{SHARING}/<uuid:share_id>/end")
@for_people_at_work
def end_share(assessment_id: UUID, share_id: UUID) -> ResponseReturnValue:
    """Take a share back."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        sharing.end_share(session, actor, assessment, share_id)
    return redirect(url_for("assessments.show_sharing", assessment_id=assessment_id))


@bp.post(f"{SHARING}/counting")
@for_people_at_work
def change_counting(assessment_id: UUID) -> ResponseReturnValue:
    """Let the assessment be counted in anonymous statistics, or no longer."""
    actor, wanted = request_actor(), request.form.get("is_counted", "")
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        if wanted not in COUNTED_BY_WORD:
            raise InvalidInputError("There is no such choice; use the buttons of the page.")
        let_count(session, actor, assessment, is_counted=COUNTED_BY_WORD[wanted])
    return redirect(url_for("assessments.show_sharing", assessment_id=assessment_id, _anchor="counting"))


def _wanted() -> NewShare:
    """Return the share that a form asks for.

    Raises
    ------
    InvalidFieldError
        When a field holds no such thing.
    """
    level, until = request.form.get("visibility", ""), request.form.get("until_on", "").strip()
    if level not in list(Visibility):
        raise InvalidFieldError("visibility", str(gettext("Choose who is to see it.")))
    try:
        until_on = date.fromisoformat(until) if until else None
    except ValueError as error:
        raise InvalidFieldError("until_on", str(gettext("Give the day as year-month-day."))) from error
    return NewShare(scope=request.form.get("scope", ""), visibility=Visibility(level), until_on=until_on)


def _page(assessment_id: UUID, error: InvalidFieldError | None = None) -> str:
    session, actor = request_session(), request_actor()
    assessment = queries.get_assessment(session, actor, assessment_id)
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    shares = sharing.list_shares(session, actor, assessment)
    seen_as = request.args.get("as", "")
    seen = sharing.items_shown_to(session, actor, assessment, READERS.get(seen_as, frozenset()))
    return render_template(
        "assessments/sharing.html",
        title=gettext("Who sees this self-assessment"),
        assessment=assessment,
        questionnaire=questionnaire,
        shares=shares,
        counting=counting_of(session, actor, assessment),
        levels=SHOWN_TO,
        may_share=may(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id),
        readers=tuple(READERS),
        seen_as=seen_as if seen_as in READERS else "",
        seen=seen,
        answers=queries.answers_of(session, actor, assessment),
        error=error,
    )
