"""What all commands share: errors told in one line, faults and warnings listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import click
from alembic.util.exc import CommandError
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app import schema
from app.audit.services import find_head
from app.edge import current_database
from app.errors import AppError
from matching.errors import MatchingError
from matching.intake.cells import CellError, day
from matching.tables import Fault

P = ParamSpec("P")
R = TypeVar("R")


# What SQLite and PostgreSQL say where a writer waited too long for another one, or two waited for each other.
_LOCKED: Final = ("database is locked", "database table is locked", "deadlock detected", "lock timeout")
_OVERTAKEN: Final = "Another change came first{}; nothing was stored, run it again."


class BadInputError(click.ClickException):
    """Something the person at the keyboard can put right."""

    exit_code = 2


class FailureError(click.ClickException):
    """Something around the program that has to be put right first."""

    exit_code = 1


def reported_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Return the command with its foreseen errors told in one line instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (AppError, MatchingError, CommandError) as error:
            raise BadInputError(str(error)) from error
        except StaleDataError as error:
            raise FailureError(_OVERTAKEN.format("")) from error
        except DatabaseError as error:
            raise FailureError(_sentence(error)) from error

    return run


def _sentence(error: DatabaseError) -> str:
    """Return what went wrong with the database, and what to do."""
    cause = " ".join(str(error.orig).split())
    if isinstance(error, IntegrityError):
        return _OVERTAKEN.format(f" ({cause})")
    if any(words in cause for words in _LOCKED):
        return "Somebody else is writing to the database; nothing was stored, try again in a moment."
    if isinstance(error, OperationalError | ProgrammingError):
        return _what_the_schema_lacks() or f"The database cannot be used: {cause}. Check TANDEM_DATABASE_URL."
    advice = "if it is right, the file is damaged or no database: restore it from a backup"
    return f"The database cannot be used: {cause}. Check TANDEM_DATABASE_URL; {advice}."


def head_line(session: Session) -> str:
    """Return where the audit trail ends, in a line: what is kept on paper shows later that the end was cut off."""
    head = find_head(session)
    return f"audit trail: {head.position} entries, the last is {head.hash}"


class Day(click.ParamType[date]):
    """A day, written as everywhere else."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or say as the matcher does what is wrong with it."""
        if isinstance(value, date):
            return value
        try:
            return day(value.strip())
        except CellError as error:
            self.fail(str(error), param, ctx)


def _what_the_schema_lacks() -> str | None:
    """Return what to do about a schema that is not the one of this release, None where it is or nobody can tell."""
    try:
        with current_database().reading() as session:
            present, wanted = schema.current_revision(session.connection()), schema.head_revision()
    except SQLAlchemyError:
        return None
    if present == wanted:
        return None
    if present is None:
        return "The database has no tables yet: run `flask --app wsgi db upgrade`."
    return f"The database is at {present} and this release needs {wanted}: run `flask --app wsgi db upgrade`."


def tell_faults(faults: Iterable[Fault]) -> None:
    """Write one line a fault to standard error."""
    for fault in faults:
        click.echo(str(fault), err=True)


def tell_warnings(warnings: Iterable[str], *, is_quiet: bool) -> None:
    """Write one line a warning to standard error, none where silence was asked for."""
    if is_quiet:
        return
    for warning in warnings:
        click.echo(
            warning if warning.startswith("warning:") else f"warning: {warning}",
            err=True,
        )
