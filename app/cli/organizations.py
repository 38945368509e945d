"""`flask organization`: registers organizations, lists them, and shows one with its people."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.queries import Person, list_people
from app.actor import SYSTEM
from app.cli.common import reported_errors
from app.edge import current_database
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import list_organizations
from app.organizations.services import NewOrganization, get_by_code, register
from app.paging import MAX_LIMIT, PageRequest

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


@organization_group.command("show")
@click.argument("code")
@reported_errors
def show(code: str) -> None:
    """Show the organization with CODE: what it is, how many records it keeps, and its people, one a line."""
    with current_database().reading() as session:
        row = get_by_code(session, code)
        n_needs = needs.count(session, SYSTEM, NeedFilter(organization_id=row.id))
        n_offers = offers.count(session, SYSTEM, OfferFilter(organization_id=row.id))
        click.echo("\t".join((row.code, row.kind.value, row.state_code or "-", row.name)))
        click.echo(f"needs: {n_needs}, offers: {n_offers}")
        for person in _people(session, row):
            roles = ", ".join(held.role.value for held in person.roles)
            factor = "second factor" if person.has_second_factor else "no second factor"
            click.echo("\t".join((str(person.email), roles, str(person.standing), factor, person.name or "-")))


def _people(session: Session, organization: Organization) -> Iterator[Person]:
    cursor = None
    while True:
        page = list_people(session, SYSTEM, organization, page=PageRequest(limit=MAX_LIMIT, cursor=cursor))
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
