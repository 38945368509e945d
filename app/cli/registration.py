"""Registers the command groups with the application."""

from __future__ import annotations

from flask import Flask

from app.cli.areas import areas_group
from app.cli.auditing import audit_group
from app.cli.database import database_group
from app.cli.exporting import export_command
from app.cli.importing import import_group
from app.cli.keys import keys_group
from app.cli.labels import labels_group
from app.cli.loading import load_group
from app.cli.matching import match_group
from app.cli.moving import status_group
from app.cli.needs import needs_group
from app.cli.organizations import organization_group
from app.cli.policy import policy_group
from app.cli.printing import print_command
from app.cli.statistics import statistics_group
from app.cli.users import user_group

GROUPS = (
    database_group,
    load_group,
    areas_group,
    import_group,
    match_group,
    organization_group,
    status_group,
    labels_group,
    needs_group,
    statistics_group,
    policy_group,
    user_group,
    audit_group,
    keys_group,
)


def init_app(app: Flask) -> None:
    """Add every command to `flask --app wsgi`."""
    for group in GROUPS:
        app.cli.add_command(group)
    app.cli.add_command(export_command)
    app.cli.add_command(print_command)
