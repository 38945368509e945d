"""Pages on which a release of the areas leaves as files and comes back into a draft: what a file would change is shown first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.views.common import for_people, for_people_at_work
from app.areas import release_queries as releases
from app.areas.models import AreaRelease
from app.areas.release_events import require_draft
from app.areas.release_files import AreaFile, FileKind, read_area_file, release_table, rows_on, store_area_file
from app.areas.released import differences
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import InvalidInputError
from app.http import attachment
from app.reports.views.common import TABLE
from app.reports.views.releases import RELEASE, bp
from app.tables import CsvVariant, csv_chunks

FILE: Final = f"{RELEASE}/file"
UPLOADED: Final = "file"
ACCEPTED: Final = "accepted"  # the field with the file that was looked at


@bp.get(FILE)
@for_people
def download(release: str) -> ResponseReturnValue:
    """Give a release as one of the files of ``data/taxonomy``, to be changed in a spreadsheet."""
    kind, variant = request.args.get(TABLE, FileKind.AREAS), request.args.get("format", CsvVariant.PLAIN)
    if kind not in list(FileKind) or variant not in list(CsvVariant):
        raise InvalidInputError("There is no such file of a release; use the links of the page.")
    session, actor = request_session(), request_actor()
    found = releases.get_release(session, actor, release)
    table = release_table(session, found, FileKind(kind))
    content = b"".join(csv_chunks(table, CsvVariant(variant)))
    return attachment(content, media_type="text/csv; charset=utf-8", name=f"{kind}.csv")


@bp.post(FILE)
@for_people_at_work
def upload(release: str) -> ResponseReturnValue:
    """Show what a file would change of a draft, or what is wrong with it; once that was accepted, store it."""
    if ACCEPTED in request.form:
        return _accepted(release)
    session, actor = request_session(), request_actor()
    draft = releases.get_release(session, actor, release)
    require_draft(actor, draft)
    sent = request.files.get(UPLOADED)
    content = b"" if sent is None else sent.read()
    found = read_area_file(session, draft, content, name=(sent.filename if sent else None) or "areas.csv")
    return _page(draft, found)


def _accepted(release: str) -> ResponseReturnValue:
    actor, content = request_actor(), request.form[ACCEPTED].encode()
    with request_unit_of_work() as session:
        draft = releases.get_release(session, actor, release, is_locked=True)
        require_draft(actor, draft)
        found = read_area_file(session, draft, content, name="areas.csv")
        if found.faults:
            raise InvalidInputError("The file is not the one that was shown; send it again.")
        store_area_file(session, actor, draft, found)
    return redirect(url_for("releases.show", release=release))


def _page(draft: AreaRelease, found: AreaFile) -> ResponseReturnValue:
    areas = releases.areas_of(request_session(), draft)
    changes = differences(areas, {**areas, **found.wanted})
    rows = rows_on(found, {one.code for one in changes})
    html = render_template(
        "releases/file.html",
        title=gettext("Areas of a file"),
        release=draft,
        found=found,
        changes=changes,
        content=b"".join(csv_chunks(rows)).decode(),
    )
    return html, HTTPStatus.UNPROCESSABLE_ENTITY if found.faults else HTTPStatus.OK
