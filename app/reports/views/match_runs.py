"""Pages of match runs: all, one with its figures and files, and its report."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.edge import request_actor, request_session
from app.filters import day
from app.http import attachment
from app.matches import queries as matches
from app.matches.queries import RunFile
from app.reports import page_tables
from app.reports.answers import (
    answers_of_run,
    changes_table,
    coalitions_table,
    fairness_table,
    sensitivities_table,
)
from app.reports.coverage import coverage_of_run
from app.reports.exports import ExportName, open_table
from app.reports.findings import count_unmet_by_reason, served_of_run, unmet_of_run
from app.reports.sample import has_sample, holds_sample
from app.reports.trail_marks import mark_of_run
from app.reports.views.common import Filters, csv_addresses, list_addresses, page_names, read_page_request
from app.reports.views.tables import Opener, chosen_table, requested_table
from app.reports.weights import weights_of

N_SHOWN: Final = 200  # rows of a table on the page of a run; the files have all
REPORT: Final = "report.html"
MEDIA_TYPES: Final = {"csv": "text/csv; charset=utf-8", "json": "application/json", "html": "text/html; charset=utf-8"}

# The report is one page with its own style and nothing else: no script, nothing from elsewhere.
REPORT_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

bp = Blueprint("match_runs", __name__, url_prefix="/match-runs")


@bp.get("")
def index() -> ResponseReturnValue:
    """Show all runs, the newest first."""
    session, actor = request_session(), request_actor()
    if "format" in request.args:
        return requested_table(ExportName.MATCH_RUNS)
    page = matches.list_runs(session, actor, read_page_request())
    after, before = (*page.items, None, None)[:2]
    return render_template(
        "match_runs/index.html",
        title=gettext("Match runs"),
        runs=page.items,
        chosen={"before": before and before.id, "after": after and after.id},
        shows_sample=bool(page.items) and has_sample(session, actor),
        count=matches.count_runs(session, actor),
        **list_addresses(page, Filters(values={})),
    )


@bp.get("/<uuid:run_id>")
def show(run_id: UUID) -> ResponseReturnValue:
    """Show what a run found: served and unmet needs, coverage, tandems, further answers, and its files."""
    session, actor = request_session(), request_actor()
    run = matches.get_run(session, actor, run_id)
    if "format" in request.args:
        return chosen_table(_tables_of(run.id))
    allocated = served_of_run(session, actor, run.id, limit=N_SHOWN)
    unmet = unmet_of_run(session, actor, run.id, limit=N_SHOWN)
    return render_template(
        "match_runs/show.html",
        title=gettext("Match run as of %(day)s", day=day(run.as_of_on)),
        names=page_names(),
        run=run,
        run_before=matches.find_run_before(session, actor, run),
        weights=weights_of(run),
        mark=mark_of_run(session, actor, run.id),
        n_unmet_by_reason=count_unmet_by_reason(session, actor, run.id),
        coverage=coverage_of_run(session, actor, run),
        allocated=allocated,
        unmet=unmet,
        shows_sample=holds_sample(
            (match.need for match in allocated), (match.offer for match in allocated), (row.need for row in unmet)
        ),
        tandems=matches.tandems_of_run(session, actor, run.id),
        answers=answers_of_run(session, actor, run, limit=N_SHOWN),
        csv_address_of=lambda table: csv_addresses(table=table),
    )


def _tables_of(run_id: UUID) -> dict[str, Opener]:
    return {
        "matches": lambda session, actor: open_table(session, actor, ExportName.MATCHES, run_id),
        "unmet-needs": lambda session, actor: open_table(session, actor, ExportName.UNMET_NEEDS, run_id),
        "tandems": lambda session, actor: open_table(session, actor, ExportName.TANDEMS, run_id),
        "unmet-reasons": lambda session, actor: page_tables.unmet_reasons(session, actor, run_id),
        "coverage": lambda session, actor: page_tables.coverage(session, actor, run_id),
        "weights": lambda session, actor: page_tables.weights(session, actor, run_id),
        "fairness": lambda session, actor: fairness_table(session, actor, run_id),
        "changes": lambda session, actor: changes_table(session, actor, run_id),
        "sensitivities": lambda session, actor: sensitivities_table(session, actor, run_id),
        "coalitions": lambda session, actor: coalitions_table(session, actor, run_id),
    }


@bp.get("/<uuid:run_id>/report")
def report(run_id: UUID) -> ResponseReturnValue:
    """Show the report of a run, as it was made."""
    file = matches.get_run_file(request_session(), request_actor(), run_id, REPORT)
    return _answer(file, Response(file.content, content_type=MEDIA_TYPES["html"]))


@bp.get("/<uuid:run_id>/files/<string:name>")
def download(run_id: UUID, name: str) -> ResponseReturnValue:
    """Give one of the files of a run to keep, byte for byte."""
    file = matches.get_run_file(request_session(), request_actor(), run_id, name)
    media_type = MEDIA_TYPES.get(file.name.rpartition(".")[2], "application/octet-stream")
    return _answer(file, attachment(file.content, media_type=media_type, name=file.name))


def _answer(file: RunFile, response: Response) -> Response:
    response.headers["Content-Security-Policy"] = REPORT_POLICY
    response.set_etag(file.sha256)
    response.make_conditional(request)
    return response
