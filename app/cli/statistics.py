"""`flask statistics`: making the anonymous statistics of self-assessments, and letting one be counted in them."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.assessments.counting import let_count
from app.assessments.queries import get_assessment
from app.assessments.statistic_queries import iter_rows
from app.assessments.statistics_release import release_statistics
from app.cli.common import reported_errors
from app.edge import current_database

statistics_group = AppGroup("statistics", help="What many States say in their self-assessments, without telling which.")


@statistics_group.command("release")
@reported_errors
def release() -> None:
    """Make all statistics anew; run it once a quarter."""
    with current_database().unit_of_work() as session:
        made_on = release_statistics(session, SYSTEM).made_on
        n_shown = sum(1 for _ in iter_rows(session, SYSTEM))
    click.echo(f"Statistics of {made_on}: {n_shown} are shown.")


@statistics_group.command("list")
@reported_errors
def list_all() -> None:
    """List what is shown, one a line: group, area, at least how many States, the quartiles, and the day."""
    with current_database().reading() as session:
        for row in iter_rows(session, SYSTEM):
            told = (row.group_code, row.area, row.n_states, row.lower_quartile, row.median, row.upper_quartile)
            click.echo("\t".join(map(str, (*told, row.as_of_on))))


@statistics_group.command("count")
@click.argument("assessment_id", type=click.UUID, metavar="ASSESSMENT")
@reported_errors
def count(assessment_id: UUID) -> None:
    """Note that a State lets a self-assessment be counted, as its ministry has said."""
    _let(assessment_id, is_counted=True)


@statistics_group.command("leave-out")
@click.argument("assessment_id", type=click.UUID, metavar="ASSESSMENT")
@reported_errors
def leave_out(assessment_id: UUID) -> None:
    """Note that a State lets a self-assessment be counted no longer."""
    _let(assessment_id, is_counted=False)


def _let(assessment_id: UUID, *, is_counted: bool) -> None:
    with current_database().unit_of_work() as session:
        assessment = get_assessment(session, SYSTEM, assessment_id, is_locked=True)
        let_count(session, SYSTEM, assessment, is_counted=is_counted)
    click.echo("It counts from the next release on." if is_counted else "It counts no longer from the next release on.")
