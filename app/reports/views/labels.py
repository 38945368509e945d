"""How offers stand to the principles: the principles themselves, the provider's checklist, and the secretariat's label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import require
from app.access.vocabulary import Permission
from app.accounts.views.common import for_people, for_people_at_work
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, InvalidFieldError, InvalidInputError
from app.offers.checklists import Checklist, Line, change_checklist, checklist_of
from app.offers.labels import MAX_REASON_LENGTH, LabelAction, LabelDecision, decide_on_label, label_standing
from app.offers.models import MAX_HOW_LENGTH
from app.offers.principles import list_principles
from app.offers.queries import get_offer
from app.reports.exports import ExportName
from app.reports.forms.texts import ANY_VERSION
from app.reports.views.tables import requested_table
from matching.sentences import N_

bp = Blueprint("labels", __name__)

SEEN: Final = "seen"
SAID: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "": None}


class _ChangedMeanwhileError(ConflictError):
    """What somebody looked at while they decided is not what is there now."""


@bp.get("/principles")
def show_principles() -> ResponseReturnValue:
    """Show the ten principles, with where each was read."""
    if "format" in request.args:
        return requested_table(ExportName.PRINCIPLES)
    return render_template(
        "principles/index.html",
        title=gettext("The principles of capacity-building"),
        principles=list_principles(request_session()),
        csv_address=lambda variant: url_for("labels.show_principles", format=variant),
    )


@bp.get("/offers/<uuid:offer_id>/checklist")
@for_people
def edit_checklist(offer_id: UUID) -> ResponseReturnValue:
    """Show the form in which who keeps an offer says which principles it meets."""
    return _checklist_page(offer_id)


@bp.post("/offers/<uuid:offer_id>/checklist")
@for_people_at_work
def change_lines(offer_id: UUID) -> ResponseReturnValue:
    """Store what was said of the principles, or show what is wrong, or what somebody else said meanwhile."""
    lines = _lines()
    try:
        _store(offer_id, lines)
    except (InvalidInputError, _ChangedMeanwhileError) as error:
        return _checklist_page(offer_id, error=error, lines=lines), error.status
    return redirect(url_for("offers.show", offer_id=offer_id, _anchor="principles"), HTTPStatus.SEE_OTHER)


@bp.get("/offers/<uuid:offer_id>/label")
@for_people
def show_label(offer_id: UUID) -> ResponseReturnValue:
    """Show the form in which the secretariat decides on the label of an offer, with the checklist beside it."""
    return _label_page(offer_id)


@bp.post("/offers/<uuid:offer_id>/label")
@for_people_at_work
def decide(offer_id: UUID) -> ResponseReturnValue:
    """Grant, confirm or withdraw the label of an offer, as it was when the form was shown."""
    try:
        _decide(offer_id, _decision())
    except (InvalidInputError, ConflictError) as error:
        return _label_page(offer_id, error=error), error.status
    return redirect(url_for("offers.show", offer_id=offer_id, _anchor="label"), HTTPStatus.SEE_OTHER)


def _store(offer_id: UUID, lines: list[Line]) -> None:
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = get_offer(session, actor, offer_id, is_locked=True)
        require(actor, Permission.OFFER_EDIT, owner_id=offer.organization_id)
        present = checklist_of(session, offer)
        if any(line not in present.lines for line in lines):
            _refuse_what_was_not_seen(present.mark)
        change_checklist(session, actor, offer, lines)


def _decide(offer_id: UUID, decision: LabelDecision) -> None:
    actor = request_actor()
    with request_unit_of_work() as session:
        offer = get_offer(session, actor, offer_id, is_locked=True)
        require(actor, Permission.OFFER_LABEL, owner_id=offer.organization_id)
        _refuse_what_was_not_seen(label_standing(session, actor, offer).mark)
        decide_on_label(session, actor, offer, decision)


def _refuse_what_was_not_seen(mark: str) -> None:
    if request.form.get(SEEN) not in (mark, ANY_VERSION):
        raise _ChangedMeanwhileError


def _lines() -> list[Line]:
    """Return the lines of the form; a principle that stands nowhere in it is left alone."""
    codes = [one.code for one in list_principles(request_session())]
    return [
        Line(
            principle=code,
            is_met=SAID.get(request.form[code]),
            how=request.form.get(f"{code}-how", "").replace("\r\n", "\n").strip(),
        )
        for code in codes
        if code in request.form
    ]


def _checklist_page(offer_id: UUID, *, error: AppError | None = None, lines: list[Line] | None = None) -> str:
    session, actor = request_session(), request_actor()
    offer = get_offer(session, actor, offer_id)
    require(actor, Permission.OFFER_EDIT, owner_id=offer.organization_id)
    present = checklist_of(session, offer)
    typed = _with_typed(present, lines or [])
    is_stale = isinstance(error, _ChangedMeanwhileError)
    return render_template(
        "offers/checklist.html",
        title=gettext("How the offer stands to the principles"),
        offer=offer,
        typed=typed,
        mark=present.mark,
        theirs={line.principle: line for line in present.lines if line not in typed.lines} if is_stale else {},
        problem=None if is_stale else error,
        wrong=_field_of(error, lines or []),
        max_length=MAX_HOW_LENGTH,
    )


def _with_typed(present: Checklist, lines: list[Line]) -> Checklist:
    typed = {line.principle: line for line in lines}
    return replace(present, lines=[typed.get(line.principle, line) for line in present.lines])


def _field_of(error: AppError | None, lines: list[Line]) -> str:
    """Return the field of the form in which something is wrong, by the place of the line in what was sent."""
    if not isinstance(error, InvalidFieldError):
        return ""
    _, number, field = error.field.split("/")
    code = lines[int(number)].principle
    return f"{code}-how" if field == "how" else f"{code}-yes"


def _decision() -> LabelDecision:
    action = request.form.get("action", "")
    if action not in list(LabelAction):
        raise InvalidInputError(N_("There is no such step; use the buttons of the page."))
    return LabelDecision(action=LabelAction(action), reason=request.form.get("reason", ""))


def _label_page(offer_id: UUID, *, error: AppError | None = None) -> str:
    session, actor = request_session(), request_actor()
    offer = get_offer(session, actor, offer_id)
    require(actor, Permission.OFFER_LABEL, owner_id=offer.organization_id)
    is_stale = isinstance(error, _ChangedMeanwhileError)
    return render_template(
        "offers/label.html",
        title=gettext("The label of an offer"),
        offer=offer,
        checklist=checklist_of(session, offer),
        label_standing=label_standing(session, actor, offer),
        reason=request.form.get("reason", ""),
        max_length=MAX_REASON_LENGTH,
        is_stale=is_stale,
        problem=None if is_stale else error,
    )
