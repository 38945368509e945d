"""What the buttons under "States that file this together" do: a State is asked, signs, declines or leaves."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.views.common import for_people
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, InvalidInputError
from app.matches.queries import find_latest_run
from app.needs.queries import get_need
from app.needs.signatures import REFUSING, SignatureAction
from app.needs.signing import SignatureOrder, take_step
from app.reports.views.needs import need_page
from matching.sentences import N_
from matching.vocabulary import Visibility

bp = Blueprint("signatures", __name__)


@bp.post("/needs/<uuid:need_id>/signatures")
@for_people
def change(need_id: UUID) -> ResponseReturnValue:
    """Do about a signature what the button says, and show the need, or the list to whoever does not see it any more."""
    actor = request_actor()
    try:
        order = _asked()
        with request_unit_of_work() as session:
            take_step(session, actor, get_need(session, actor, need_id, is_locked=True), order)
    except (InvalidInputError, ConflictError) as error:
        return _told(need_id, error)
    if order.action in REFUSING:
        return redirect(url_for("needs.index"), 303)
    return redirect(url_for("needs.show", need_id=need_id, _anchor="signatures"), 303)


def _asked() -> SignatureOrder:
    given = request.form
    action, visibility, version = (given.get(name, "") for name in ("action", "visibility", "version"))
    is_known = action in list(SignatureAction) and (not visibility or visibility in list(Visibility))
    if not is_known or not (version.isascii() and version.isdigit()):
        raise InvalidInputError(N_("There is no such step; use the buttons of the page."))
    return SignatureOrder(
        state=given.get("state", ""),
        action=SignatureAction(action),
        visibility=Visibility(visibility) if visibility else None,
        reason=given.get("reason", ""),
        version=int(version),
    )


def _told(need_id: UUID, error: AppError) -> ResponseReturnValue:
    """Return the page of the need with what was wrong, and with the reason that was typed."""
    session, actor = request_session(), request_actor()
    run, reason = find_latest_run(session, actor), request.form.get("reason", "")
    need = get_need(session, actor, need_id)
    return need_page(actor, need, run, unsigned=error, why=reason), error.status
