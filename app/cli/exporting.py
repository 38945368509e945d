"""`flask export`: writes a table to a file."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.actor import SYSTEM
from app.cli.common import BadInputError, reported_errors
from app.edge import current_database
from app.reports.exports import ExportName, open_table
from app.reports.tables import CsvVariant, csv_chunks


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
        chunks = csv_chunks(open_table(session, SYSTEM, ExportName(name)), CsvVariant(variant))
        try:
            _write_whole(path, chunks)
        except OSError as error:
            raise BadInputError(f"{path.name} cannot be written ({error.strerror}); choose another --out.") from error


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
