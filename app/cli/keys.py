"""`flask keys`: which keys seal what is secret in the database, and sealing it with a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.accounts.second_factor import count_sealed_second_factors, reseal_second_factors
from app.actor import SYSTEM
from app.assessments.answers import count_sealed_answers, reseal_answers
from app.assessments.sealed_statistics import count_sealed_statistics, reseal_statistics
from app.audit.services import Change, count_hashed, record
from app.cli.common import BadInputError, FailureError, reported_errors
from app.clock import today_utc
from app.db import Database
from app.edge import current_database, current_settings
from app.needs.consent import count_sealed_signatures, reseal_signatures
from app.needs.secrets import count_sealed_needs, reseal_needs
from app.sealing import UnsealingError, new_key_line, put_key_first, read_keyring

RESEALED: Final[Mapping[str, Callable[[Session], int]]] = {
    "needs": reseal_needs,
    "signatures": reseal_signatures,
    "answers": reseal_answers,
    "statistics": reseal_statistics,
    "second factors": reseal_second_factors,
}

keys_group = AppGroup("keys", help="The keys that seal what is secret in the database.")


@keys_group.command("list")
@reported_errors
def list_all() -> None:
    """List the keys, that in use first: name, and how many needs, answers, statistics, second factors and audit entries are made with it."""
    keyring = read_keyring(_file())
    with current_database().reading() as session:
        for name in keyring.names:
            counts = {
                "needs": count_sealed_needs(session, name),
                "signatures": count_sealed_signatures(session, name),
                "answers": count_sealed_answers(session, name),
                "statistics": count_sealed_statistics(session, name),
                "second factors": count_sealed_second_factors(session, name),
                "audit entries": count_hashed(session, name),
            }
            click.echo("\t".join([name, *(f"{n} {what}" for what, n in counts.items())]))


@keys_group.command("rotate")
@click.option("--name", help="What the new key is called; by default the day.")
@reported_errors
def rotate(name: str | None) -> None:
    """Put a new key to the top of the file of keys, and seal with it all that the others have sealed."""
    name = name or f"{today_utc():%Y-%m-%d}"
    if name in read_keyring(_file()).names:
        raise BadInputError(f"There is a key '{name}' already; give the new one another --name.")
    try:
        put_key_first(_file(), new_key_line(name))
    except OSError as error:
        raise FailureError(f"The file of keys cannot be written ({error.strerror}); nothing was changed.") from error
    click.echo(f"The key '{name}' stands first in {_file().name}; keep a copy of the file, apart from the database.")
    _reseal()
    click.echo(
        "Restart the service, so that it seals with the new key too, and then run `flask --app wsgi keys reseal`."
    )
    click.echo("Keep the old keys in the file: entries of the audit trail are hashed with them.")


@keys_group.command("reseal")
@reported_errors
def reseal() -> None:
    """Seal with the key in use all that another one has sealed."""
    _reseal()


def _reseal() -> None:
    # The file as it is now: the application may have read it before the new key was there.
    keyring = read_keyring(_file())
    database = Database(current_settings().database_url, keyring=keyring)
    try:
        with database.unit_of_work() as session:
            n_by_kind = {kind: reseal_kind(session) for kind, reseal_kind in RESEALED.items()}
            if any(n_by_kind.values()):
                action, key = "data_keys.resealed", keyring.name_in_use
                change = Change(action=action, record_type="data_keys", record_id=key, before=None, after=None)
                record(session, SYSTEM, [change])
    except UnsealingError as error:
        raise FailureError(f"{error} Nothing was sealed anew.") from error
    finally:
        database.close()
    *first, last = (f"{n} {kind}" for kind, n in n_by_kind.items())
    click.echo(f"{', '.join(first)} and {last} were sealed anew, with the key '{keyring.name_in_use}'.")


def _file() -> Path:
    path = current_settings().data_keys_file
    if path is None:
        raise BadInputError("The keys do not come from a file; set TANDEM_DATA_KEYS_FILE.")
    return path
