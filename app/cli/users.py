"""`flask user`: gives people a place in an organization, and takes it away."""

from __future__ import annotations

from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.credentials import issue_link, remove_second_factor
from app.accounts.models import User
from app.accounts.queries import list_users
from app.accounts.services import NewUser, add_user, find_by_email, remove_affiliation, set_disabled
from app.accounts.tokens import DEFAULT_TOKEN_DAYS, MAX_TOKEN_DAYS, NewToken, issue_token
from app.actor import SYSTEM, Role, Scope
from app.cli.common import reported_errors
from app.edge import current_database
from app.errors import NotFoundError
from app.organizations.services import get_by_code

ISSUED_BY: Final = "Issued by command"

user_group = AppGroup("user", help="People and what they are in which organization.")

_organization_option = click.option("--organization", "organization_code", required=True, metavar="CODE")
_role_option = click.option("--role", required=True, type=click.Choice([role.value for role in Role]))


@user_group.command("add")
@click.argument("email")
@_organization_option
@_role_option
@click.option("--name", default="", help="What the person is called.")
@click.option("--token", "needs_token", is_flag=True, help="Also issue an API token; it stands alone on the last line.")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.WRITE.value,
    show_default=True,
    help="What the token is for; to write includes to read.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_TOKEN_DAYS),
    default=DEFAULT_TOKEN_DAYS,
    show_default=True,
    help="How long the token is good.",
)
@reported_errors
def add(  # noqa: PLR0913 – one for each option
    *, email: str, organization_code: str, role: str, name: str, needs_token: bool, scope: str, days: int
) -> None:
    """Give the person with EMAIL a role in an organization, and an account where there is none."""
    new = NewUser(email=email, organization_code=organization_code, role=Role(role), name=name)
    with current_database().unit_of_work() as session:
        added = add_user(session, SYSTEM, new)
        wanted = NewToken(user_id=added.user.id, name=ISSUED_BY, scope=Scope(scope), days=days)
        token = issue_token(session, SYSTEM, wanted) if needs_token else None
    happened = "is now" if added.is_role_new else "was already"
    click.echo(f"{added.user.email} {happened} {role} of {added.organization.code}.")
    if added.is_role_new and added.user.password_hash is None and token is None:
        click.echo(f"To let them in, run `flask --app wsgi user invite {added.user.email}`.")
    if token is not None:
        click.echo(f"A token to {scope}, good until {token.row.expires_at:%Y-%m-%d}; it is shown this once:")
        click.echo(token.secret)


@user_group.command("invite")
@click.argument("email")
@reported_errors
def invite(email: str) -> None:
    """Print a link with which the person with EMAIL chooses a password, the first or a new one."""
    with current_database().unit_of_work() as session:
        link = issue_link(session, SYSTEM, _user(session, email).id)
    until = link.row.expires_at
    click.echo(f"A link that works once, until {until:%Y-%m-%d %H:%M} UTC; put the address of the service before it:")
    click.echo(f"/invitations/{link.secret}")


@user_group.command("reset-second-factor")
@click.argument("email")
@reported_errors
def reset_second_factor(email: str) -> None:
    """Take the second factor from the person with EMAIL, who has lost it and sets up a new one at the next login."""
    with current_database().unit_of_work() as session:
        user = remove_second_factor(session, SYSTEM, _user(session, email).id)
    click.echo(f"{user.email} has no second factor any more.")


@user_group.command("list")
@click.option("--organization", "organization_code", metavar="CODE", help="Only its people, with their roles in it.")
@reported_errors
def list_all(*, organization_code: str | None) -> None:
    """List people, one role a line: e-mail address, organization, role, whether the account is open."""
    with current_database().reading() as session:
        wanted_id = None if organization_code is None else get_by_code(session, organization_code).id
        for user in list_users(session, SYSTEM, organization_id=wanted_id):
            is_open = "disabled" if user.is_disabled else "open"
            rows = [row for row in user.affiliations if wanted_id in (None, row.organization_id)]
            for code, role in [(row.organization.code, row.role.value) for row in rows] or [("-", "-")]:
                click.echo(f"{user.email}\t{code}\t{role}\t{is_open}")


@user_group.command("remove")
@click.argument("email")
@_organization_option
@_role_option
@reported_errors
def remove(*, email: str, organization_code: str, role: str) -> None:
    """Take a role in an organization from the person with EMAIL; it counts at once."""
    with current_database().unit_of_work() as session:
        organization = get_by_code(session, organization_code)
        user = find_by_email(session, email)
        rows = [] if user is None else user.affiliations
        row = next((row for row in rows if (row.organization_id, row.role) == (organization.id, role)), None)
        if row is None:
            raise NotFoundError(f"{email} is not {role} of {organization.code}; `flask user list` shows who is.")
        remove_affiliation(session, SYSTEM, row.user_id, row.id)
    click.echo(f"{email} is no longer {role} of {organization.code}.")


@user_group.command("disable")
@click.argument("email")
@reported_errors
def disable(email: str) -> None:
    """Shut the person with EMAIL out at once, with every session and token."""
    user = _set_disabled(email, is_disabled=True)
    click.echo(f"The account of {user.email} is disabled.")


@user_group.command("enable")
@click.argument("email")
@reported_errors
def enable(email: str) -> None:
    """Let the person with EMAIL in again."""
    user = _set_disabled(email, is_disabled=False)
    click.echo(f"The account of {user.email} is open.")


def _set_disabled(email: str, *, is_disabled: bool) -> User:
    with current_database().unit_of_work() as session:
        return set_disabled(session, SYSTEM, _user(session, email).id, is_disabled=is_disabled)


def _user(session: Session, email: str) -> User:
    user = find_by_email(session, email)
    if user is None:
        raise NotFoundError(f"Nobody has the address {email}; `flask user list` shows who is there.")
    return user
