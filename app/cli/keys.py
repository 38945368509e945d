"""`flask keys`: which keys seal what is secret in the database, and sealing it with a new one."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.accounts.second_factor import count_sealed_second_factors, reseal_second_factors
from app.actor import SYSTEM
from app.assessments.answers import count_sealed_answers, reseal_answers
from app.audit.services import Change, count_hashed, record
from app.cli.common import BadInputError, FailureError, reported_errors
from app.clock import today_utc
from app.db import Database
from app.edge import current_database, current_settings
from app.needs.consent import count_sealed_signatures, reseal_signatures
from app.needs.secrets import count_sealed_needs, reseal_needs
from app.sealing import UnsealingError, new_key_line, put_key_first, read_keyring

keys_group = AppGroup("keys", help="The keys that seal what is secret in the database.")


@keys_group.command("list")
@reported_errors
def list_all() -> None:
    """List the keys, that in use first: name, and how many needs, answers, second factors and audit entries are made with it."""
    keyring = read_keyring(_file())
    with current_database().reading() as session:
        for name in keyring.names:
            counts = {
                "needs": count_sealed_needs(session, name),
                "signatures": count_sealed_signatures(session, name),
                "answers": count_sealed_answers(session, name),
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
            n_needs, n_answers = reseal_needs(session), reseal_answers(session)
            n_signatures, n_factors = reseal_signatures(session), reseal_second_factors(session)
            if n_needs or n_signatures or n_answers or n_factors:
                action, key = "data_keys.resealed", keyring.name_in_use
                change = Change(action=action, record_type="data_keys", record_id=key, before=None, after=None)
                record(session, SYSTEM, [change])
    except UnsealingError as error:
        raise FailureError(f"{error} Nothing was sealed anew.") from error
    finally:
        database.close()
    click.echo(
        f"{n_needs} needs, {n_signatures} signatures, {n_answers} answers and {n_factors} second factors were sealed anew, "
        f"with the key '{keyring.name_in_use}'."
    )


def _file() -> Path:
    path = current_settings().data_keys_file
    if path is None:
        raise BadInputError("The keys do not come from a file; set TANDEM_DATA_KEYS_FILE.")
    return path
