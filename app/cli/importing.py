"""`flask import`: reads a file of needs or offers into the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor
from app.cli.common import BadInputError, reported_errors, tell_faults, tell_warnings
from app.edge import current_database
from app.needs.services import import_needs
from app.offers.services import import_offers
from app.organizations.importing import FileImport, ImportReport
from app.organizations.services import SECRETARIAT_CODE
from matching.tables import Fault, FaultCode
from matching.tables.values import HEADER_LINE, NO_COLUMN

Importer = Callable[[Session, Actor, FileImport], ImportReport]

import_group = AppGroup("import", help="Files of needs and offers, CSV or XLSX.")


def _import_options(command: Callable[..., None]) -> Callable[..., None]:
    for decorate in (
        click.option("--quiet", "is_quiet", is_flag=True, help="No warnings and no summary."),
        click.option(
            "--good-rows",
            "keep_good_rows",
            is_flag=True,
            help="Store the rows without faults of a file that has some.",
        ),
        click.option(
            "--dry-run",
            "is_dry_run",
            is_flag=True,
            help="Say what would happen and store nothing.",
        ),
        click.option(
            "--organization",
            "organization_code",
            default=SECRETARIAT_CODE,
            show_default=True,
            metavar="CODE",
            help="Whose records these are.",
        ),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


def _add_command(name: str, importer: Importer) -> None:
    @import_group.command(name, help=f"Import the {name} of FILE.")
    @_import_options
    @reported_errors
    def command(*, file: Path, organization_code: str, is_dry_run: bool, keep_good_rows: bool, is_quiet: bool) -> None:
        order = FileImport(
            content=_content(file),
            name=file.name,
            organization_code=organization_code,
            is_dry_run=is_dry_run,
            keep_good_rows=keep_good_rows,
        )
        _run(importer, order, is_quiet=is_quiet)


def _run(importer: Importer, order: FileImport, *, is_quiet: bool) -> None:
    with current_database().unit_of_work() as session:
        report = importer(session, SYSTEM, order)
    tell_faults(report.faults)
    tell_warnings(report.warnings, is_quiet=is_quiet)
    if report.faults and not order.keep_good_rows:
        click.get_current_context().exit(BadInputError.exit_code)
    if not is_quiet:
        click.echo(_summary(report, order))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        sentence = f"The file cannot be read ({error.strerror}); check its name and that you may read it."
        fault = Fault(
            file=path.name,
            line=HEADER_LINE,
            column=NO_COLUMN,
            code=FaultCode.UNREADABLE_FILE,
            sentence=sentence,
        )
        tell_faults([fault])
        click.get_current_context().exit(BadInputError.exit_code)


def _summary(report: ImportReport, order: FileImport) -> str:
    told = f"{report.created} new, {report.updated} updated, {report.unchanged} unchanged"
    n_left_out = len({fault.line for fault in report.faults})
    left_out = f", {n_left_out} with faults left out" if n_left_out else ""
    return f"{order.name}: {told}{left_out}{' (dry run: nothing was stored)' if order.is_dry_run else ''}."


_add_command("needs", import_needs)
_add_command("offers", import_offers)
