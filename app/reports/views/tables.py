"""The table of a page as a CSV file, with the filters of the page."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.edge import current_database, request_actor
from app.errors import InvalidInputError
from app.reports.exports import ExportName, Scope, open_table
from app.reports.tables import CsvVariant, csv_chunks


def requested_table(name: ExportName, scope: Scope = None) -> ResponseReturnValue:
    """Return the table in the variant that the address asks for, streamed.

    Raises
    ------
    InvalidInputError
        When there is no such variant.
    """
    variant = request.args.get("format", "")
    if variant not in list(CsvVariant):
        raise InvalidInputError(f"There is no format '{variant}'; there are {', '.join(CsvVariant)}.")
    # The request's own session closes before the first row is sent; this one closes after the last.
    with ExitStack() as until_sent:
        session = until_sent.enter_context(current_database().reading())
        table = open_table(session, request_actor(), name, scope)
        response = Response(csv_chunks(table, CsvVariant(variant)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="tandem-{name}.csv"'
        response.call_on_close(until_sent.pop_all().close)
    return response
