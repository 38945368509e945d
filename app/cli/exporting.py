"""`flask export`: writes a table to a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.cli.common import BadInputError, head_line, reported_errors
from app.edge import current_database
from app.matches.queries import find_latest_run
from app.reports.exports import RUN_FILE_BY_NAME, ExportName, open_table
from app.tables import Cell, CsvVariant, Table, csv_chunks
from matching.vocabulary import Visibility


@click.command("export", help="Write the table NAME to a file, with every record in it, whoever may see it.")
@click.argument("name", type=click.Choice([name.value for name in ExportName]))
@click.option(
    "--format",
    "variant",
    type=click.Choice([variant.value for variant in CsvVariant]),
    default=CsvVariant.PLAIN.value,
    show_default=True,
    help="csv-excel is safe to open in a spreadsheet; csv is without loss.",
)
@click.option("--out", "path", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to.")
@with_appcontext
@reported_errors
def export_command(name: str, variant: str, path: Path) -> None:
    """Write one table; the file appears whole or not at all."""
    with current_database().reading() as session:
        table = open_table(session, SYSTEM, ExportName(name))
        n_rows = write_table(path, table, CsvVariant(variant))
        click.echo(f"{path}: {n_rows} rows of {name}{_whose(session, ExportName(name))}.")
        # Not in the file, which is passed on: how long the trail is tells of changes that its reader may not see.
        click.echo(head_line(session), err=True)


def write_table(path: Path, table: Table, variant: CsvVariant) -> int:
    """Write a table to a file, whole or not at all; return how many rows it has.

    Raises
    ------
    BadInputError
        When there is no such folder, or it cannot be written.
    """
    rows = _CountedRows(table.rows)
    write_file(path, csv_chunks(replace(table, rows=rows), variant))
    return rows.count


def write_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file, whole or not at all; raises as ``write_table``."""
    if not path.absolute().parent.is_dir():
        raise BadInputError(f"There is no folder {path.parent}; make it, or choose another --out.")
    try:
        _write_whole(path, chunks)
    except OSError as error:
        raise BadInputError(f"{path.name} cannot be written ({error.strerror}); choose another --out.") from error


class _CountedRows(Iterator[Sequence[Cell]]):
    """Rows that count themselves while they are read."""

    def __init__(self, rows: Iterator[Sequence[Cell]]) -> None:
        self._rows = rows
        self.count = 0

    def __next__(self) -> Sequence[Cell]:
        row = next(self._rows)
        self.count += 1
        return row


def _whose(session: Session, name: ExportName) -> str:
    """Return who may see what was written, for the person who will pass the file on."""
    if name in (ExportName.NEEDS, ExportName.OFFERS):
        return "; records of every visibility are among them"
    run = find_latest_run(session, SYSTEM) if name in RUN_FILE_BY_NAME else None
    if run is None:
        return ""
    readers = "which is on the pages" if run.visibility is Visibility.PUBLIC else "for the secretariat only"
    return f" of match run {run.id}, {readers}"


def _write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that its owner alone may read: it holds what is private and whom a State excludes."""
    descriptor, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(chunks)
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
