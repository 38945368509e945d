"""The tables of a page as CSV files, with the filters of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actor import Actor
from app.edge import current_database, request_actor
from app.errors import InvalidInputError
from app.reports.exports import ExportName, Scope, open_table
from app.reports.views.common import TABLE
from app.tables import CsvVariant, Table, csv_chunks

Opener = Callable[[Session, Actor], Table]


def requested_table(name: ExportName, scope: Scope = None) -> ResponseReturnValue:
    """Return the page's only table in the variant that the address asks for, streamed.

    Raises
    ------
    InvalidInputError
        When there is no such variant.
    """
    return _streamed(lambda session, actor: open_table(session, actor, name, scope))


def chosen_table(opener_by_name: Mapping[str, Opener]) -> ResponseReturnValue:
    """Return the one of the page's tables that the address names, and the first one where it names none.

    Raises
    ------
    InvalidInputError
        When the page has no such table, or there is no such variant.
    """
    name = request.args.get(TABLE) or next(iter(opener_by_name))
    if name not in opener_by_name:
        raise InvalidInputError(f"This page has no table of that name; it has {', '.join(opener_by_name)}.")
    return _streamed(opener_by_name[name])


def _streamed(open_one: Opener) -> ResponseReturnValue:
    variant = request.args.get("format", "")
    if variant not in list(CsvVariant):
        raise InvalidInputError(f"There is no format '{variant}'; there are {', '.join(CsvVariant)}.")
    # The request's own session closes before the first row is sent; this one closes after the last.
    with ExitStack() as until_sent:
        session = until_sent.enter_context(current_database().reading())
        table = open_one(session, request_actor())
        response = Response(csv_chunks(table, CsvVariant(variant)), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="tandem-{table.name}.csv"'
        response.call_on_close(until_sent.pop_all().close)
    return response
