"""What the buttons under "Where it stands" do: a record is submitted, published, confirmed, withdrawn, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.views.common import for_people
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, InvalidFieldError, InvalidInputError
from app.matches.agreements import agree
from app.matches.queries import find_latest_run
from app.organizations.lives import Status
from app.organizations.moves import Move, move_record
from app.organizations.transitions import Action
from app.reports.lives import KIND_BY_NOUN
from app.reports.views.needs import need_page
from app.reports.views.offers import offer_page
from matching.sentences import N_
from matching.vocabulary import Visibility

bp = Blueprint("lives", __name__)


PAGE_BY_NOUN: Final[Mapping[str, Callable[..., str]]] = {"need": need_page, "offer": offer_page}


@bp.post("/needs/<uuid:need_id>/status")
@for_people
def move_need(need_id: UUID) -> ResponseReturnValue:
    """Do with a need what the button says."""
    return _move("need", need_id)


@bp.post("/offers/<uuid:offer_id>/status")
@for_people
def move_offer(offer_id: UUID) -> ResponseReturnValue:
    """Do with an offer what the button says."""
    return _move("offer", offer_id)


def _move(noun: str, record_id: UUID) -> ResponseReturnValue:
    """Do what the button says, and show the record, or the list to which a reviewer goes back who sees it no longer."""
    actor, kind = request_actor(), KIND_BY_NOUN[noun]
    try:
        move = _asked()
        with request_unit_of_work() as session:
            record = kind.get(session, actor, record_id, is_locked=True)
            if move.action is Action.MATCH and (offer_id := _offer()):
                agree(session, actor, record, offer_id)
            else:
                move_record(session, actor, kind.life, record, move)
    except (InvalidInputError, ConflictError) as error:
        return _told(noun, record_id, error)
    if move.action is Action.SEND_BACK:
        return redirect(url_for(f"{noun}s.index", status=Status.SUBMITTED), 303)
    address: dict[str, Any] = {f"{noun}_id": record_id}
    return redirect(url_for(f"{noun}s.show", _anchor="standing", **address), 303)


def _asked() -> Move:
    given = request.form
    action, visibility = given.get("action", ""), given.get("visibility", "")
    if action not in list(Action) or (visibility and visibility not in list(Visibility)):
        raise InvalidInputError(N_("There is no such step; use the buttons of the page."))
    return Move(
        action=Action(action),
        visibility=Visibility(visibility) if visibility else None,
        reason=given.get("reason", ""),
    )


def _offer() -> UUID | None:
    """Return the offer that is to meet a need; none where it is met by somebody who is not listed here."""
    given = request.form.get("offer", "")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise InvalidFieldError("offer", N_("There is no such offer.")) from error


def _told(noun: str, record_id: UUID, error: AppError) -> ResponseReturnValue:
    """Return the page of the record with what was wrong, and with the reason that was typed."""
    session, actor = request_session(), request_actor()
    record = KIND_BY_NOUN[noun].get(session, actor, record_id)
    page = PAGE_BY_NOUN[noun](
        actor,
        record,
        find_latest_run(session, actor),
        problem=error,
        reason=request.form.get("reason", ""),
    )
    return page, error.status
