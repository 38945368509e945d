"""`flask organization`: registers organizations and lists them."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.cli.common import reported_errors
from app.edge import current_database
from app.organizations.models import OrganizationKind
from app.organizations.queries import list_organizations
from app.organizations.services import NewOrganization, register

organization_group = AppGroup("organization", help="States' authorities, providers and others.")


@organization_group.command("add")
@click.argument("code")
@click.option("--name", required=True)
@click.option(
    "--kind",
    required=True,
    type=click.Choice([kind.value for kind in OrganizationKind]),
)
@click.option(
    "--state",
    "state_code",
    metavar="ISO3",
    help="The State it belongs to, where there is one.",
)
@reported_errors
def add(code: str, name: str, kind: str, state_code: str | None) -> None:
    """Register an organization under CODE."""
    state_code = None if state_code is None else state_code.strip().upper()
    new = NewOrganization(code=code, name=name, kind=OrganizationKind(kind), state_code=state_code)
    with current_database().unit_of_work() as session:
        organization = register(session, SYSTEM, new)
    click.echo(f"Organization {organization.code} registered.")


@organization_group.command("list")
@reported_errors
def list_all() -> None:
    """List the organizations, one a line: code, kind, State, name."""
    with current_database().reading() as session:
        for row in list_organizations(session, SYSTEM):
            click.echo("\t".join((row.code, row.kind.value, row.state_code or "-", row.name)))
