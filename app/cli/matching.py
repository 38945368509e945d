"""`flask match`: runs the matcher on the records of the database."""

from __future__ import annotations

from datetime import date

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.cli.common import Day, reported_errors
from app.clock import today_utc
from app.edge import current_database
from app.matches.models import MatchRun
from app.matches.profiles import count_left_out
from app.matches.queries import tandems_of_run
from app.matches.services import DEFAULT_PROFILE, RunOrder, RunOutcome, compute_run, keep_run, plan_runs
from matching.command.progress import ProgressBars
from matching.vocabulary import Visibility

match_group = AppGroup("match", help="Runs of the matcher.")


@match_group.command("run")
@click.option(
    "--profile",
    "profile_name",
    default=DEFAULT_PROFILE,
    show_default=True,
    metavar="NAME",
)
@click.option(
    "--as-of",
    "as_of",
    type=Day(),
    metavar="DAY",
    help="The day of the run, YYYY-MM-DD; by default today in UTC.",
)
@click.option("--quiet", "is_quiet", is_flag=True, help="No progress and no summary.")
@reported_errors
def run(*, profile_name: str, as_of: date | None, is_quiet: bool) -> None:
    """Match needs with offers; where nothing changed since the newest run, that one stands.

    There is one run for everybody, over public records, and where others are not private either a second one over all
    of these, for the secretariat.
    """
    order = RunOrder(as_of_on=as_of or today_utc(), profile_name=profile_name)
    database = current_database()
    with database.reading() as session:
        orders = plan_runs(session, SYSTEM, order)
    for planned in orders:
        with ProgressBars(is_quiet=is_quiet) as bars, database.reading() as session:
            finished = compute_run(session, SYSTEM, planned, progress=bars.tell)
        with database.unit_of_work() as session:
            outcome = keep_run(session, SYSTEM, planned, finished)
        if not is_quiet:
            with database.reading() as session:
                click.echo(_summary(session, outcome))


def _summary(session: Session, outcome: RunOutcome) -> str:
    run, counts = outcome.run, outcome.run.counts
    n_tandems = len(tandems_of_run(session, SYSTEM, run.id))
    lines = [
        f"{'Match run' if outcome.is_new else 'Nothing has changed since match run'} {run.id}, {_readers(session, run)}",
        f"  as of {run.as_of_on}, profile {run.profile.name} {run.profile.version}, engine {run.engine_version}",
        f"  {counts['needs']} needs and {counts['offers']} offers, {counts['eligible_pairs']} eligible pairs",
        f"  {counts['allocated']} needs with an offer, {counts['unmet']} without; {n_tandems} tandems proposed",
    ]
    if outcome.is_new:
        lines.append(f"  in {_seconds(run):.1f} seconds")
    return "\n".join(lines)


def _readers(session: Session, run: MatchRun) -> str:
    if run.visibility is Visibility.PUBLIC:
        return "on the pages"
    n_left_out = count_left_out(session, SYSTEM, circle=Visibility.PUBLIC)
    return f"for the secretariat only: {n_left_out} record{' is' if n_left_out == 1 else 's are'} not public"


def _seconds(run: MatchRun) -> float:
    return (run.finished_at - run.started_at).total_seconds()
