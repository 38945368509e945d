"""Pages of incidents: say what happened, and find the areas that help."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.areas import incidents
from app.edge import request_actor, request_session
from app.needs import queries as needs
from app.offers import queries as offers
from app.pages import current_language
from app.reports.sample import has_sample
from app.reports.views.common import page_names, read_filters

bp = Blueprint("incidents", __name__, url_prefix="/incidents")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show the incidents that the reader's words describe."""
    filters = read_filters({"text": None})
    return render_template(
        "incidents/index.html",
        title=gettext("Start from an incident"),
        filters=filters,
        incidents=incidents.find_incidents(request_session(), filters["text"]),
    )


@bp.get("/<handle:incident>")
def show(incident: str) -> ResponseReturnValue:
    """Show an incident, the areas that help, and how much is asked and offered in each."""
    session, actor = request_session(), request_actor()
    found = incidents.get_incident(session, incident)
    return render_template(
        "incidents/show.html",
        title=found.title(current_language()),
        names=page_names(),
        incident=found,
        n_needs_by_area=needs.count_by_area(session, actor),
        n_offers_by_area=offers.count_by_area(session, actor),
        shows_sample=has_sample(session, actor),
    )
