"""`flask audit`: says whether the audit trail is as it was written, and where it ends."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from app.audit.services import Head, find_broken_position, find_head
from app.cli.common import BadInputError, FailureError, reported_errors
from app.edge import current_database
from app.sealing import UnsealingError

audit_group = AppGroup("audit", help="The trail of all changes.")


@audit_group.command("head")
@reported_errors
def head() -> None:
    """Print where the trail ends, as JSON: keep it elsewhere, as an anchor for `audit verify`."""
    with current_database().reading() as session:
        found = find_head(session)
    click.echo(json.dumps({"position": found.position, "hash": found.hash}))


@audit_group.command("verify")
@click.option(
    "--anchor",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What `audit head` printed at some time: shows also that the end was cut off, or all of it written anew.",
)
@reported_errors
def verify(path: Path | None) -> None:
    """Say whether the trail is as it was written; if not, name the first bad entry and end with 1."""
    anchor = None if path is None else _anchor(path)
    with current_database().reading() as session:
        try:
            broken = find_broken_position(session, anchor=anchor)
        except UnsealingError as error:
            raise FailureError(str(error)) from error
        found = find_head(session)
    if broken is not None:
        raise FailureError(f"The audit trail is broken at entry {broken}: it is not as it was written, or missing.")
    click.echo(f"The audit trail is intact: {found.position} entries, the last is {found.hash}.")


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
