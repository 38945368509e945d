"""The draft of the need that two peers of a run could file together, to read and to take over."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.edge import request_actor, request_session
from app.filters import sentence
from app.matches import answer_queries as answers
from app.matches import queries as matches
from app.reports.joint_needs import draft_table
from app.reports.sample import holds_sample
from app.reports.views.common import csv_addresses, page_names
from app.reports.views.tables import chosen_table

bp = Blueprint("joint_needs", __name__, url_prefix="/match-runs/<uuid:run_id>/joint-needs")


@bp.get("/<uuid:tandem_id>")
def show(run_id: UUID, tandem_id: UUID) -> ResponseReturnValue:
    """Show a draft with the two needs that it is made of; as CSV it is a row of a file of needs."""
    session, actor = request_session(), request_actor()
    tandem = answers.get_peers(session, actor, run_id, tandem_id)
    if "format" in request.args:
        return chosen_table({"draft": lambda session, actor: draft_table(session, actor, run_id, tandem_id=tandem_id)})
    draft = tandem.joint_need or {}
    needs = answers.needs_by_id(session, actor, draft["need_ids"])
    return render_template(
        "joint_needs/show.html",
        title=gettext("Draft of a joint need"),
        names=page_names(),
        run=matches.get_run(session, actor, run_id),
        tandem=tandem,
        draft=draft,
        draft_title=sentence(draft["title"]),
        needs=list(needs.values()),
        shows_sample=holds_sample(needs.values()),
        csv_address=csv_addresses(),
    )
