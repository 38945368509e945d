"""The page of the audit trail: what changed, when and by whom, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.access.policy import holds, require_somewhere
from app.access.vocabulary import Permission
from app.accounts.queries import list_users
from app.accounts.views.common import for_people
from app.actor import PUBLIC, SYSTEM
from app.edge import request_actor, request_session
from app.errors import InvalidInputError
from app.labels import choices_of, labelled
from app.reports import trail
from app.reports.audit_labels import ACTIONS, RECORD_TYPES, actions_on
from app.reports.exports import ExportName
from app.reports.trail import EventFilter
from app.reports.trail_names import names_of_records
from app.reports.trail_rules import record_types_of
from app.reports.views.common import Filters, list_addresses, read_filters, read_page_request
from app.reports.views.tables import requested_table
from matching.sentences import N_

NOT_PEOPLE: Final[Mapping[str, str]] = {SYSTEM.name: N_("the system"), PUBLIC.name: N_("not logged in")}

bp = Blueprint("audit", __name__, url_prefix="/audit")
bp.add_app_template_filter(labelled(ACTIONS), "action_label")
bp.add_app_template_filter(labelled(RECORD_TYPES), "record_type_label")


def _template_values() -> dict[str, object]:
    # The link in the header of every page.
    return {"reads_trail": holds(request_actor(), Permission.AUDIT_READ)}


bp.app_context_processor(_template_values)


@bp.get("")
@for_people
def index() -> ResponseReturnValue:
    """Show the events that the reader may know of and the filters leave, the newest first."""
    session, actor = request_session(), request_actor()
    require_somewhere(actor, Permission.AUDIT_READ)
    types, people = record_types_of(actor), _people()
    filters = read_filters(
        {
            "action": actions_on(types),
            "type": types,
            "actor": {value for value, _ in people},
            "day": None,
            "record": None,
        }
    )
    wanted = _wanted(filters)
    if "format" in request.args:
        return requested_table(ExportName.AUDIT_EVENTS, wanted)
    page = trail.list_events(session, actor, read_page_request(), wanted)
    return render_template(
        "audit/index.html",
        title=gettext("Audit trail"),
        filters=filters,
        choices={
            "types": choices_of({name: RECORD_TYPES[name] for name in types}),
            "actions": choices_of(actions_on(types)),
            "people": [("", people)],
        },
        events=page.items,
        names=names_of_records(session, actor, page.items),
        **list_addresses(page, filters),
    )


def _people() -> list[tuple[str, str]]:
    """Return by whom one may ask for changes: oneself, those whom one sees, and who is nobody in particular."""
    session, actor = request_session(), request_actor()
    seen = {str(user.id): user.name or user.email for user in list_users(session, actor)}
    own = {} if str(actor.user_id) in seen else {str(actor.user_id): str(gettext("you"))}
    return [*((name, str(gettext(label))) for name, label in NOT_PEOPLE.items()), *own.items(), *seen.items()]


def _wanted(filters: Filters) -> EventFilter:
    return EventFilter(
        action=filters.get("action"),
        record_type=filters.get("type"),
        record_id=filters.get("record"),
        actor=filters.get("actor"),
        occurred_on=_day(filters["day"]),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInputError("The filter day is no day; write it as 2026-03-02.") from error
