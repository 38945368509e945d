"""`flask audit`: says whether the audit trail is as it was written, and where it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.queries import list_users
from app.accounts.services import find_by_email
from app.actor import SYSTEM
from app.audit.services import Head, find_broken_position, find_head
from app.cli.common import BadInputError, Day, FailureError, reported_errors
from app.cli.exporting import write_table
from app.edge import current_database
from app.reports.trail import EventFilter, iter_chain
from app.reports.trail_marks import has_mark
from app.reports.trail_tables import chain_table
from app.sealing import UnsealingError
from app.tables import CsvVariant

audit_group = AppGroup("audit", help="The trail of all changes.")


@audit_group.command("head")
@reported_errors
def head() -> None:
    """Print where the trail ends, as JSON: keep it elsewhere, as an anchor for `audit verify`."""
    with current_database().reading() as session:
        found = find_head(session)
    click.echo(json.dumps({"position": found.position, "hash": found.hash}))


@audit_group.command("list")
@click.option("--action", metavar="WORD", help="What happened, such as need.updated.")
@click.option("--type", "record_type", metavar="WORD", help="The type of the record, such as need.")
@click.option("--record", "record_id", metavar="ID", help="The id of the record.")
@click.option("--actor", metavar="NAME", help="By whom: system, public or an e-mail address.")
@click.option("--day", "occurred_on", type=Day(), metavar="DAY", help="The day, in UTC.")
@click.option(
    "--format",
    "variant",
    type=click.Choice([variant.value for variant in CsvVariant]),
    default=CsvVariant.PLAIN.value,
    show_default=True,
    help="Of the file; csv-excel is safe to open in a spreadsheet.",
)
@click.option("--out", "path", type=click.Path(path_type=Path), metavar="FILE", help="Write a table instead of lines.")
@reported_errors
def list_all(*, variant: str, path: Path | None, actor: str | None, **asked: Any) -> None:  # noqa: ANN401 – as declared above
    """List the events, the newest first: place, time, by whom, what, type and id of the record."""
    with current_database().reading() as session:
        wanted = EventFilter(actor=None if actor is None else _actor_name(session, actor), **asked)
        if path is not None:
            n_rows = write_table(path, chain_table(session, SYSTEM, wanted), CsvVariant(variant))
            click.echo(f"{path}: {n_rows} entries of the audit trail.")
            return
        name_by_id = {str(user.id): user.email for user in list_users(session, SYSTEM)}
        for event in iter_chain(session, SYSTEM, wanted):
            by_whom = name_by_id.get(event.actor, event.actor)
            told = (event.position, event.occurred_at.isoformat(), by_whom, event.action, event.record_type)
            click.echo("\t".join(map(str, (*told, event.record_id))))


@audit_group.command("verify")
@click.option(
    "--anchor",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What `audit head` printed at some time: shows also that the end was cut off, or all of it written anew.",
)
@click.option("--mark", metavar="HASH", help="What the page of a match run shows: says whether the trail still has it.")
@reported_errors
def verify(path: Path | None, mark: str | None) -> None:
    """Say whether the trail is as it was written; if not, name the first bad entry and end with 1."""
    anchor = None if path is None else _anchor(path)
    with current_database().reading() as session:
        try:
            broken = find_broken_position(session, anchor=anchor)
        except UnsealingError as error:
            raise FailureError(str(error)) from error
        found = find_head(session)
        is_marked = mark is None or has_mark(session, SYSTEM, mark)
    if broken is not None:
        raise FailureError(f"The audit trail is broken at entry {broken}: it is not as it was written, or missing.")
    if not is_marked:
        raise FailureError(
            f"No entry of the audit trail has the mark {mark}: its end was cut off, or it was written anew."
        )
    click.echo(f"The audit trail is intact: {found.position} entries, the last is {found.hash}.")


def _actor_name(session: Session, given: str) -> str:
    """Return what the trail calls somebody: a person by their id."""
    user = find_by_email(session, given) if "@" in given else None
    return given if user is None else str(user.id)


def _anchor(path: Path) -> Head:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        position, last_hash = document["position"], document["hash"]
    except OSError as error:
        raise BadInputError(f"{path.name} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{path.name} is not what `flask audit head` prints.") from error
    if not isinstance(position, int) or not isinstance(last_hash, str):
        raise BadInputError(f"{path.name} is not what `flask audit head` prints.")
    return Head(position=position, hash=last_hash)
