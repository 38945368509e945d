"""Pages of States: all by name, never by rank, and one with its groups and needs."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.assessments.queries import list_of_state
from app.clock import today_utc
from app.edge import request_actor, request_session
from app.labels import GROUP_SCHEMES
from app.matches import queries as matches
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.reports.exports import ExportName
from app.reports.names import in_order
from app.reports.outcomes import outcome_by_need_id
from app.reports.sample import holds_sample
from app.reports.views.common import Filters, csv_addresses, list_addresses, page_names, read_page_request
from app.reports.views.tables import requested_table
from app.states import queries as states
from app.states.models import Membership, State

WORLD: Final = "001"  # a region that says nothing of a State

bp = Blueprint("states", __name__, url_prefix="/states")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show all States by name."""
    if "format" in request.args:
        return requested_table(ExportName.STATES)
    names = page_names()
    return render_template(
        "states/index.html",
        title=gettext("States"),
        states=in_order(names.state_by_code),
        csv_address=csv_addresses(),
    )


@bp.get("/<code:code>")
def show(code: str) -> ResponseReturnValue:
    """Show a State: its names, its groups today, and its needs."""
    session, actor, names = request_session(), request_actor(), page_names()
    state = states.get_state(session, actor, code)
    wanted = NeedFilter(state=state.code)
    if "format" in request.args:
        return requested_table(ExportName.NEEDS, wanted)
    page = needs.list_page(session, actor, read_page_request(), wanted)
    run = matches.find_latest_run(session, actor)
    return render_template(
        "states/show.html",
        title=names.state(state.code),
        names=names,
        state=state,
        memberships_by_scheme=_memberships_by_scheme(state),
        assessments=list_of_state(session, actor, state.code),
        needs=page.items,
        n_needs=needs.count(session, actor, wanted),
        n_offers=offers.count(session, actor, OfferFilter(state=state.code)),
        shows_sample=holds_sample(page.items),
        outcome_by_need_id=outcome_by_need_id(session, actor, run, [need.id for need in page.items]),
        **list_addresses(page, Filters(values={})),
    )


def _memberships_by_scheme(state: State) -> list[tuple[str, list[Membership]]]:
    """Return the State's groups today under their kinds, in the order of their labels."""
    today = [row for row in state.memberships if row.holds_on(today_utc()) and row.code != WORLD]
    by_scheme = [(scheme, [row for row in today if row.scheme == scheme]) for scheme in GROUP_SCHEMES]
    return [(scheme, rows) for scheme, rows in by_scheme if rows]
