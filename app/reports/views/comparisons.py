"""The page that holds two match runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.edge import request_actor, request_session
from app.errors import InvalidInputError
from app.filters import sentence
from app.matches import queries as matches
from app.matches.comparison import CHANGED, RunComparison, compare
from app.matches.models import MatchRun
from app.paging import PageRequest
from app.reports.comparisons import list_settings, needs_of_comparison, settings_of_comparison, titled_reasons
from app.reports.sample import holds_sample
from app.reports.views.common import Filters, csv_addresses, page_names, read_filters
from app.reports.views.match_runs import N_SHOWN
from app.reports.views.tables import chosen_table
from matching.differences import Change
from matching.sentences import N_

N_RUNS_TO_CHOOSE_FROM: Final = 100

TITLES: Final = {
    Change.GAINS: N_("Needs that gain an offer"),
    Change.LOSES: N_("Needs that lose their offer"),
    Change.MOVES: N_("Needs that have another offer"),
    Change.NEW: N_("Needs that are in the second run only"),
    Change.GONE: N_("Needs that are in the first run only"),
}

bp = Blueprint("comparisons", __name__, url_prefix="/match-runs/comparison")


@bp.get("")
def show() -> ResponseReturnValue:
    """Show what became of every need from one run to another, and why; without two runs in the address, a choice."""
    session, actor = request_session(), request_actor()
    filters = read_filters({"before": None, "after": None})
    chosen = {name: _run_id(filters, name) for name in filters.values}
    before_id, after_id = chosen["before"], chosen["after"]
    if before_id and after_id and "format" in request.args:
        return _table(before_id, after_id)
    compared = compare(session, actor, before_id, after_id, told=sentence) if before_id and after_id else None
    runs = matches.list_runs(session, actor, PageRequest(limit=N_RUNS_TO_CHOOSE_FROM)).items
    return render_template(
        "match_runs/comparison.html",
        title=gettext("Two match runs compared"),
        names=page_names(),
        runs=_choices(runs, compared),
        chosen=chosen,
        compared=compared,
        needs_by_change={change: compared.befallen_by(change) for change in CHANGED} if compared else {},
        change_titles={change: gettext(title) for change, title in TITLES.items()},
        settings=list_settings(compared, page_names()) if compared else (),
        reasons_of=lambda need: titled_reasons(need, compared) if compared else [],
        n_shown=N_SHOWN,
        shows_sample=compared is not None
        and holds_sample(compared.need_by_name.values(), compared.offer_by_name.values()),
        csv_address_of=lambda table: csv_addresses(filters, table=table),
    )


def _table(before_id: UUID, after_id: UUID) -> ResponseReturnValue:
    return chosen_table(
        {
            "needs": lambda session, actor: needs_of_comparison(compare(session, actor, before_id, after_id)),
            "settings": lambda session, actor: settings_of_comparison(compare(session, actor, before_id, after_id)),
        }
    )


def _run_id(filters: Filters, name: str) -> UUID | None:
    try:
        return UUID(filters[name]) if filters[name] else None
    except ValueError as error:
        raise InvalidInputError(f"The run {name} has no such id.") from error


def _choices(runs: Sequence[MatchRun], compared: RunComparison | None) -> list[MatchRun]:
    """Return the runs to choose from, those that are compared among them however old they are."""
    older = [compared.after, compared.before] if compared else []
    return list({run.id: run for run in (*runs, *older)}.values())
