"""What all commands share: errors told in one line, faults and warnings listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from alembic.util.exc import CommandError
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.errors import AppError
from matching.errors import MatchingError
from matching.tables import Fault

P = ParamSpec("P")
R = TypeVar("R")


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
        except IntegrityError as error:
            cause = " ".join(str(error.orig).split())
            raise FailureError(f"Another change came first ({cause}); nothing was stored, run it again.") from error
        except (OperationalError, ProgrammingError) as error:
            cause = " ".join(str(error.orig).split())
            advice = "Check TANDEM_DATABASE_URL, and run `flask --app wsgi db upgrade` if you did not."
            raise FailureError(f"The database cannot be used: {cause}. {advice}") from error

    return run


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
