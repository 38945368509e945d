"""`flask match`: runs the matcher on the records of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.cli.common import Day, head_line, reported_errors
from app.clock import today_utc
from app.edge import current_database
from app.matches.advice import read_ground
from app.matches.models import MatchRun
from app.matches.options import RULES, RunOptions
from app.matches.profiles import count_left_out
from app.matches.queries import tandems_of_run
from app.matches.rankings import MAX_RANKED, N_RANKED, rank_offers
from app.matches.services import DEFAULT_PROFILE, RunOrder, RunOutcome, compute_run, keep_run, plan_runs
from matching.command.arguments import MAX_COALITION
from matching.command.progress import ProgressBars
from matching.vocabulary import AllocationRule, Visibility

match_group = AppGroup("match", help="Runs of the matcher.")


class Floor(click.ParamType[tuple[str, float]]):
    """A group and the share of its open needs that has to be served, as GROUP=SHARE."""

    name = "floor"

    def convert(
        self, value: str | tuple[str, float], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, float]:
        """Return the group and the share, or say what is wrong with them."""
        if isinstance(value, tuple):
            return value
        group, _, written = value.partition("=")
        try:
            share = float(written)
        except ValueError:
            share = -1.0
        if not group.strip() or not 0 <= share <= 1:
            self.fail(f"'{value}' is no group with a share from 0 to 1, such as LDC=0.5", param, ctx)
        return group.strip(), share


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
@click.option(
    "--allocation",
    "rule",
    type=click.Choice([rule.value for rule in RULES]),
    default=AllocationRule.OPTIMAL.value,
    show_default=True,
    help="How places are shared out: at the best total, or by a rule to compare it with.",
)
@click.option(
    "--coalitions",
    "max_coalition",
    type=click.IntRange(2, MAX_COALITION),
    metavar="N",
    help=f"Also find up to N offers that serve a need in parts, 2 to {MAX_COALITION}.",
)
@click.option(
    "--equity-floor",
    "floors",
    type=Floor(),
    multiple=True,
    metavar="GROUP=SHARE",
    help="Serve at least that share of a group's open needs, such as LDC=0.5, in place of the profile's floors; repeat it.",
)
@click.option(
    "--changes", "needs_changes", is_flag=True, help="Find what would serve the most needs of a large pool too."
)
@click.option("--quiet", "is_quiet", is_flag=True, help="No progress and no summary.")
@reported_errors
def run(*, profile_name: str, as_of: date | None, is_quiet: bool, **asked: Any) -> None:  # noqa: ANN401 – as declared above
    """Match needs with offers; where nothing changed since the newest run, that one stands.

    There is one run for everybody, over public records, and where others are not private either a second one over all
    of these, for the secretariat.
    """
    order = RunOrder(as_of_on=as_of or today_utc(), profile_name=profile_name, options=_options(**asked))
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
    if not is_quiet:
        with database.reading() as session:
            click.echo(head_line(session))


@match_group.command("need")
@click.argument("need_id", type=click.UUID)
@click.option("--top", default=N_RANKED, show_default=True, type=click.IntRange(1, MAX_RANKED), metavar="N")
@reported_errors
def rank(need_id: UUID, *, top: int) -> None:
    """Rank the offers for the need of NEED_ID, a private one included, by the profile of the newest run; store nothing."""
    with current_database().reading() as session:
        ranking = rank_offers(session, SYSTEM, read_ground(session, SYSTEM), need_id, n_best=top)
        click.echo(f"{ranking.n_eligible} of {ranking.n_offers} offers are open to it as of {ranking.as_of_on}.")
        for ranked in ranking.ranked:
            click.echo(f"{ranked.rank}\t{ranked.score:.6f}\t{ranked.offer.external_id}\t{ranked.offer.title}")


def _options(
    *, rule: str, max_coalition: int | None, floors: Sequence[tuple[str, float]], needs_changes: bool
) -> RunOptions:
    return RunOptions(
        rule=AllocationRule(rule),
        max_coalition=max_coalition or 1,
        equity_floor=dict(floors) or None,
        needs_changes=needs_changes,
    )


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
    n_left_out = count_left_out(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=run.as_of_on)
    return f"for the secretariat only: {n_left_out} record{' is' if n_left_out == 1 else 's are'} not public"


def _seconds(run: MatchRun) -> float:
    return (run.finished_at - run.started_at).total_seconds()
