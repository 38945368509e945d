"""Pages of the releases of the areas: the list, one with what it changes and touches, and what becomes of a draft."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import may
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people, for_people_at_work
from app.areas import drafts
from app.areas import release_queries as releases
from app.areas.models import ReleaseState
from app.areas.release_events import NoDraftError
from app.areas.releases import Adoption, UnsoundDraftError, default_review, discard_draft
from app.areas.transitions import Action, actions_open_to
from app.clock import today_utc
from app.edge import release_session, request_actor, request_session, request_unit_of_work
from app.errors import AppError, InvalidFieldError, InvalidInputError
from app.reports.releases import adopt_release, review_release
from app.reports.views.common import page_names
from app.texts import seen_text
from matching.intake.cells import CellError, day
from matching.sentences import N_, Sentence

NO_DAY: Final = N_("Give a day, such as 2027-03-01.")
RELEASE: Final = "/<code:release>"

bp = Blueprint("releases", __name__, url_prefix="/areas/releases")


@bp.app_context_processor
def _template_values() -> dict[str, object]:
    return {"drafts_areas": may(request_actor(), Permission.AREA_RELEASE_READ)}


@bp.get("")
@for_people
def index() -> ResponseReturnValue:
    """Show all releases of the areas, and whether it is time to look at them again."""
    return _index()


@bp.post("")
@for_people_at_work
def begin() -> ResponseReturnValue:
    """Begin a draft of the next release."""
    actor = request_actor()
    try:
        with request_unit_of_work() as session:
            draft = drafts.begin_draft(session, actor)
    except AppError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        return _index(error)
    return redirect(url_for("releases.show", release=draft.release))


@bp.get(RELEASE)
@for_people
def show(release: str) -> ResponseReturnValue:
    """Show what a release has otherwise than the one before, what that touches, and what stands in its way."""
    return release_page(release)


@bp.post(RELEASE)
@for_people_at_work
def move(release: str) -> ResponseReturnValue:
    """Adopt a draft, or discard it."""
    actor, wanted = request_actor(), request.form.get("action", "")
    try:
        with request_unit_of_work() as session:
            draft = releases.get_release(session, actor, release, is_locked=True)
            if wanted == Action.DISCARD:
                discard_draft(session, actor, draft)
            elif wanted == Action.ADOPT:
                adopt_release(session, actor, draft, _adoption())
            else:
                raise InvalidInputError("There is no such step; use the buttons of the page.")
    except (InvalidFieldError, NoDraftError, UnsoundDraftError) as error:
        return release_page(release, error)
    return redirect(url_for("releases.show", release=release))


def release_page(release: str, error: AppError | None = None) -> ResponseReturnValue:
    """Return the page of a release; where something was refused, with what was typed."""
    release_session()
    session, actor = request_session(), request_actor()
    found = releases.get_release(session, actor, release)
    today = today_utc()
    html = render_template(
        "releases/show.html",
        title=gettext("Release %(release)s of the areas", release=found.release),
        names=page_names(),
        release=found,
        review=review_release(session, actor, found),
        areas=releases.areas_of(session, found),
        actions=actions_open_to(actor, found.state),
        may_draft=found.state is ReleaseState.DRAFT and may(actor, Permission.AREA_DRAFT),
        today=today,
        default_review=default_review(today),
        error=error,
    )
    return html, HTTPStatus.OK if error is None else error.status


def _index(error: AppError | None = None) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    html = render_template(
        "releases/index.html",
        title=gettext("Releases of the areas"),
        releases=releases.list_releases(session, actor),
        draft=releases.find_draft(session, actor),
        due=releases.find_review(session, actor, today=today_utc()),
        may_draft=may(actor, Permission.AREA_DRAFT),
        error=error,
    )
    return html, HTTPStatus.OK if error is None else error.status


def _adoption() -> Adoption:
    note = seen_text(request.form.get("note", ""), field="note")
    return Adoption(adopted_on=_day("adopted_on"), review_on=_day("review_on"), note=note)


def _day(field: str) -> date:
    try:
        return day(request.form.get(field, "").strip())
    except CellError as error:
        raise InvalidFieldError(field, Sentence(message=NO_DAY)) from error
