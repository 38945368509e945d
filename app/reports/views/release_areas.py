"""Pages of one area in a draft of a release: changed, added, moved, retired, or left as it was."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import may
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people, for_people_at_work
from app.areas import drafts
from app.areas import release_queries as releases
from app.areas.checks import LASTING
from app.areas.models import AreaRelease, ReleaseState
from app.areas.release_events import require_draft
from app.areas.released import ReleasedArea, ReleasedAreas, parent_in
from app.edge import release_session, request_actor, request_session, request_unit_of_work
from app.errors import ConflictError, InvalidFieldError
from app.pages import current_language
from app.reports.forms.areas import AreaTexts, area_of_texts, mark_of, texts_of_area, typed_texts
from app.reports.forms.texts import ANY_VERSION
from app.reports.touched import NOTHING, touched_by_code
from app.reports.views.releases import RELEASE, bp, release_page
from matching.sentences import N_, Sentence

AREA: Final = f"{RELEASE}/areas/<code:code>"
VERSION: Final = "version"
OVERTAKEN: Final = N_(
    "Somebody else changed this area meanwhile. What you typed stands here, what they wrote below each field; save again to let yours stand."
)


class OvertakenError(ConflictError):
    """The area is not what the form was filled from any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """What a page shows of an area: what stands in its fields, what they were filled from, and what was refused."""

    code: str
    area: ReleasedArea | None
    texts: AreaTexts
    mark: str = ""
    error: InvalidFieldError | ConflictError | None = None


@bp.get(AREA)
@for_people
def show_area(release: str, code: str) -> ResponseReturnValue:
    """Show an area of a release; in a draft, to be changed."""
    found = releases.get_release(request_session(), request_actor(), release)
    area = releases.get_area_of(request_session(), found, code)
    return _page(found, _Sheet(code=code.upper(), area=area, texts=texts_of_area(area), mark=mark_of(area)))


@bp.post(AREA)
@for_people_at_work
def change_area(release: str, code: str) -> ResponseReturnValue:
    """Store what was changed of an area of a draft, or show what is wrong."""
    actor, texts = request_actor(), typed_texts(request.form)
    mark = request.form.get(VERSION, "")
    try:
        with request_unit_of_work() as session:
            draft = releases.get_release(session, actor, release, is_locked=True)
            present = releases.get_area_of(session, draft, code)
            _require_mark(mark, present)
            drafts.change_areas(session, actor, draft, {code.upper(): area_of_texts(texts, present)})
    except (InvalidFieldError, OvertakenError) as error:
        return _refused(release, code.upper(), texts, mark, error)
    return redirect(url_for("releases.show", release=release, _anchor=code.upper()))


@bp.get(f"{RELEASE}/new")
@for_people
def new_area(release: str) -> ResponseReturnValue:
    """Show the form of an area that a draft is to add."""
    found = releases.get_release(request_session(), request_actor(), release)
    require_draft(request_actor(), found)
    return _page(found, _Sheet(code="", area=None, texts=texts_of_area(ReleasedArea())))


@bp.post(f"{RELEASE}/new")
@for_people_at_work
def add_area(release: str) -> ResponseReturnValue:
    """Add an area to a draft, or show what is wrong."""
    actor, texts = request_actor(), typed_texts(request.form)
    code = request.form.get("code", "").strip().upper()
    try:
        with request_unit_of_work() as session:
            draft = releases.get_release(session, actor, release, is_locked=True)
            area = area_of_texts({**texts, "is_retired": ""}, ReleasedArea(parent=parent_in(code)))
            drafts.add_area(session, actor, draft, code, area)
    except InvalidFieldError as error:
        release_session()
        found = releases.get_release(request_session(), actor, release)
        return _page(found, _Sheet(code=code, area=None, texts=texts, error=error))
    return redirect(url_for("releases.show", release=release, _anchor=code))


@bp.post(f"{AREA}/move")
@for_people_at_work
def move_area(release: str, code: str) -> ResponseReturnValue:
    """Give an area a new code under another area, and retire the old one for it."""
    actor, parent = request_actor(), request.form.get("parent", "").upper()
    try:
        with request_unit_of_work() as session:
            draft = releases.get_release(session, actor, release, is_locked=True)
            new = drafts.move_area(session, actor, draft, code.upper(), parent)
    except InvalidFieldError as error:
        return _refused(release, code.upper(), None, "", error)
    return redirect(url_for("releases.show_area", release=release, code=new))


@bp.post(f"{AREA}/take-back")
@for_people_at_work
def take_back(release: str, code: str) -> ResponseReturnValue:
    """Leave an area as it is in the release before."""
    actor = request_actor()
    try:
        with request_unit_of_work() as session:
            draft = releases.get_release(session, actor, release, is_locked=True)
            drafts.take_back(session, actor, draft, code.upper())
    except ConflictError as error:
        return release_page(release, error)
    return redirect(url_for("releases.show", release=release))


def _require_mark(mark: str, present: ReleasedArea) -> None:
    """Do nothing where a form was filled from an area as it is now."""
    if mark not in (mark_of(present), ANY_VERSION):
        raise OvertakenError(Sentence(message=OVERTAKEN))


def _refused(
    release: str, code: str, texts: AreaTexts | None, mark: str, error: InvalidFieldError | ConflictError
) -> ResponseReturnValue:
    release_session()
    found = releases.get_release(request_session(), request_actor(), release)
    area = releases.get_area_of(request_session(), found, code)
    # Having seen what they wrote, mine can stand.
    shown = mark_of(area) if texts is None or isinstance(error, OvertakenError) else mark
    return _page(found, _Sheet(code=code, area=area, texts=texts or texts_of_area(area), mark=shown, error=error))


def _page(release: AreaRelease, sheet: _Sheet) -> ResponseReturnValue:
    session, actor = request_session(), request_actor()
    areas = releases.areas_of(session, release)
    before = releases.areas_before(session, release)
    is_open = release.state is ReleaseState.DRAFT and may(actor, Permission.AREA_DRAFT)
    was_retired = sheet.code in before and before[sheet.code].is_retired
    html = render_template(
        "releases/area.html",
        title=sheet.area.title(current_language()) if sheet.area else gettext("Add an area"),
        release=release,
        sheet=sheet,
        present=texts_of_area(sheet.area) if sheet.area and isinstance(sheet.error, OvertakenError) else None,
        is_changed=sheet.code in areas and before.get(sheet.code) != areas[sheet.code],
        is_open=is_open and not was_retired,
        in_force=_in_force(areas, without=sheet.code),
        lasts=sheet.code in LASTING,
        touched=touched_by_code(session, actor).get(sheet.code, NOTHING),
    )
    return html, HTTPStatus.OK if sheet.error is None else sheet.error.status


def _in_force(areas: ReleasedAreas, *, without: str) -> list[tuple[str, ReleasedArea]]:
    return [(code, area) for code, area in areas.items() if not area.is_retired and code != without]
