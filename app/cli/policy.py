"""`flask policy`: says who may do and see what."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.access.printing import as_text, policy_tables

policy_group = AppGroup("policy", help="Who may do and see what.")


@policy_group.command("show")
def show() -> None:
    """Print the policy that pages, API and commands ask."""
    click.echo("\n\n".join(map(as_text, policy_tables())))
