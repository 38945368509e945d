"""`flask load`: brings the reference data and the sample that come with the release into the database."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.areas.incidents import load_incidents
from app.areas.services import load_areas
from app.assessments.loading import load_questionnaire
from app.audit.sync import Tally
from app.cli.common import BadInputError, reported_errors, tell_faults
from app.edge import current_database
from app.matches.sample import load_sample
from app.matches.scoring_profiles import load_profiles
from app.offers.principles import load_principles
from app.organizations.importing import ImportReport
from app.organizations.services import load_secretariat
from app.states.services import load_states

load_group = AppGroup("load", help="The data that come with the release.")


@load_group.command("reference")
@click.option("--quiet", "is_quiet", is_flag=True, help="Say nothing unless something is wrong.")
@reported_errors
def reference(*, is_quiet: bool) -> None:
    """Load States, groups, areas, incidents, principles, the questionnaire and scoring profiles; what differs from the release is made like it."""
    with current_database().unit_of_work() as session:
        tallies = {
            "States and groups": load_states(session, SYSTEM),
            "Areas and other taxonomies": load_areas(session, SYSTEM),
            "Incidents": load_incidents(session, SYSTEM),
            "Principles": load_principles(session, SYSTEM),
            "Questionnaires": load_questionnaire(session, SYSTEM),
            "Scoring profiles": load_profiles(session, SYSTEM),
            "Organizations": load_secretariat(session, SYSTEM),
        }
    if not is_quiet:
        for subject, tally in tallies.items():
            click.echo(f"{subject}: {_told(tally)}.")


@load_group.command("sample")
@click.option("--quiet", "is_quiet", is_flag=True, help="Say nothing unless something is wrong.")
@reported_errors
def sample(*, is_quiet: bool) -> None:
    """Load the sample of public statements; what somebody corrected or withdrew since stays as it is."""
    with current_database().unit_of_work() as session:
        reports = load_sample(session, SYSTEM)
    faults = [fault for report in reports.values() for fault in report.faults]
    tell_faults(faults)
    if faults:
        raise BadInputError("The sample has faults; restore data/sample from the release.")
    for subject, report in reports.items():
        if not is_quiet:
            click.echo(f"Sample of public statements, {subject}: {_told(report)}.")


def _told(tally: Tally | ImportReport) -> str:
    return f"{tally.created} new, {tally.updated} updated, {tally.unchanged} unchanged"
