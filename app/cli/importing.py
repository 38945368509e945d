"""`flask import`: reads a file of needs, of offers or of the answers of a self-assessment into the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from flask.cli import AppGroup

from app.actor import SYSTEM
from app.assessments.files import read_answer_file, store_answers
from app.cli.common import BadInputError, reported_errors, tell_faults, tell_warnings
from app.edge import current_database
from app.needs.services import read_need_file, store_needs
from app.offers.services import read_offer_file, store_offers
from app.organizations.importing import FileImport, ImportReport, ReadFile
from app.organizations.services import SECRETARIAT_CODE
from matching.command.progress import ProgressBars
from matching.tables import Fault, FaultCode
from matching.tables.values import HEADER_LINE, NO_COLUMN


@dataclass(frozen=True, slots=True, kw_only=True)
class _Importer:
    """The two halves of an import: what takes long and changes nothing, and what writes."""

    read: Callable[..., ReadFile[Any]]
    store: Callable[..., ImportReport]


LONG_FILE_ROWS: Final = 1_000  # fewer are read before anybody would look for a bar

import_group = AppGroup("import", help="Files of needs, offers and assessments, CSV or XLSX.")


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


def _add_command(name: str, importer: _Importer) -> None:
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


def _run(importer: _Importer, order: FileImport, *, is_quiet: bool) -> None:
    report = _imported(importer, order, is_quiet=is_quiet)
    tell_faults(report.faults)
    tell_warnings(report.warnings, is_quiet=is_quiet)
    if report.is_refused:
        click.get_current_context().exit(BadInputError.exit_code)
    if not is_quiet:
        click.echo(_summary(report, order))


def _imported(importer: _Importer, order: FileImport, *, is_quiet: bool) -> ImportReport:
    """Return the report on an import that lets others write until it knows what to store."""
    database = current_database()
    with ProgressBars(unit="row", n_least=LONG_FILE_ROWS, is_quiet=is_quiet) as bars, database.reading() as session:
        found = importer.read(session, SYSTEM, order, progress=bars.tell)
        if order.is_dry_run or found.is_refused:
            return importer.store(session, SYSTEM, found)
    with database.unit_of_work() as session:
        return importer.store(session, SYSTEM, found)


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


_add_command("needs", _Importer(read=read_need_file, store=store_needs))
_add_command("offers", _Importer(read=read_offer_file, store=store_offers))
_add_command("assessments", _Importer(read=read_answer_file, store=store_answers))
