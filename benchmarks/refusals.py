"""Measures whether time tells what is there: ``python -m benchmarks.refusals [--rounds N]`` prints the answers side by side.

An id that never was stands beside ids of records and runs that the reader may not see, an address without an account
beside one with it. Each round asks both in an order left to chance, so that what slows the machine slows both. The ratio
is that of the medians, with its 95 per cent bootstrap interval over rounds; where 1 lies within, nothing is told.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from app import create_app
from app.accounts.models import LoginFailure, User
from app.accounts.passwords import hash_password
from app.accounts.services import NewUser, add_user
from app.actor import SYSTEM, Role
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.matches.models import MatchRun
from app.needs.models import Need
from app.offers.models import Offer
from app.sealing import parse_keyring
from matching.arrays import Floats
from matching.vocabulary import Visibility

ROUNDS: Final = 3_000
ROUNDS_OF_LOGINS: Final = 300  # each hashes a password, which takes as long as a hundred pages
WARM_UP: Final = 20
N_RESAMPLES: Final = 10_000
N_HIDDEN: Final = 20  # of each kind of record, so that no single page of the database stays warm
SECRETARIAT: Final = "secretariat"
KNOWN, UNKNOWN = "known@example.org", "nobody@example.org"
KEYS: Final = f"benchmark:{'A' * 43}="
ADDRESSES: Final = {
    "need, page": "/needs/{}",
    "need, API": "/api/v1/needs/{}",
    "offer, page": "/offers/{}",
    "offer, API": "/api/v1/offers/{}",
    "run, page": "/match-runs/{}",
    "run, API": "/api/v1/match-runs/{}",
}

Ask = Callable[[], None]


@contextmanager
def site() -> Iterator[Flask]:
    """Yield the application with the sample, a run, and somebody who has a password."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'refusals.sqlite3'}"
        app = create_app(Settings(database_url=url, secret_key="b" * 32, keyring=parse_keyring(KEYS)))
        runner = app.test_cli_runner()
        for command in ("db upgrade", "load reference --quiet", "load sample --quiet", "match run --quiet"):
            result = runner.invoke(args=command.split())
            if result.exit_code:
                raise RuntimeError(f"flask {command}: {result.output}")
        with database_of(app).unit_of_work() as session:
            add_user(session, SYSTEM, NewUser(email=KNOWN, organization_code=SECRETARIAT, role=Role.SECRETARIAT))
            session.execute(update(User).values(password_hash=hash_password("a password that nobody tries here")))
        yield app
        database_of(app).close()


def database_of(app: Flask) -> Database:
    """Return the database of an application."""
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database


def hide(database: Database) -> dict[str, list[UUID]]:
    """Hide some records of each kind, and the run, from whoever has no account; return their ids."""
    hidden = {}
    with database.unit_of_work() as session:
        for noun, model in (("need", Need), ("offer", Offer), ("run", MatchRun)):
            ids = list(session.scalars(select(model.id).order_by(model.id).limit(N_HIDDEN)))
            session.execute(update(model).where(model.id.in_(ids)).values(visibility=Visibility.SECRETARIAT))
            hidden[noun] = ids
    return hidden


def asks_of_records(
    client: FlaskClient, address: str, hidden: list[UUID], chance: np.random.Generator
) -> dict[str, Ask]:
    """Return what asks for something hidden, and for what never was."""

    def ask(record_id: UUID) -> None:
        status = client.get(address.format(record_id)).status_code
        if status != 404:  # noqa: PLR2004 – not found
            raise RuntimeError(f"{address} answered {status}")

    return {"there": lambda: ask(hidden[chance.integers(len(hidden))]), "not there": lambda: ask(uuid4())}


def asks_of_logins(app: Flask) -> dict[str, Ask]:
    """Return what tries a wrong password for an account, and for none."""
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").get_data(as_text=True))
    token = found[1] if found else ""

    def ask(email: str) -> None:
        status = client.post("/login", data={"csrf_token": token, "email": email, "password": "wrong"}).status_code
        if status != 401:  # noqa: PLR2004 – not logged in
            raise RuntimeError(f"/login answered {status}")

    return {"there": lambda: ask(KNOWN), "not there": lambda: ask(UNKNOWN)}


def seconds(
    asks: Mapping[str, Ask], rounds: int, chance: np.random.Generator, before: Ask | None = None
) -> pd.DataFrame:
    """Return how long each took, a row a round; ``before`` is done ahead of each and not measured."""
    names = list(asks)
    rows = []
    for number in range(-WARM_UP, rounds):
        row = {}
        for at in chance.permutation(len(names)):
            if before is not None:
                before()
            started = time.perf_counter()
            asks[names[at]]()
            row[names[at]] = time.perf_counter() - started
        if number >= 0:
            rows.append(row)
    return pd.DataFrame(rows, columns=names)


def ratio_of_medians(there: Floats, not_there: Floats) -> tuple[float, float, float]:
    """Return the ratio of two medians, and its 95 per cent bootstrap interval over rounds.

    Parameters
    ----------
    there, not_there : shape (n_rounds,)
        Seconds in the order of the rounds; a round is drawn whole.
    """
    chance = np.random.default_rng(0)
    ratios = np.empty(N_RESAMPLES)
    for at in range(N_RESAMPLES):
        drawn = chance.integers(0, len(there), len(there))
        ratios[at] = np.median(there[drawn]) / np.median(not_there[drawn])
    low, high = np.quantile(ratios, [0.025, 0.975])
    return float(np.median(there) / np.median(not_there)), float(low), float(high)


def summary(taken: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return medians in milliseconds and their ratio, a row for each thing that was asked."""
    rows = {}
    for what, frame in taken.items():
        there, not_there = frame["there"].to_numpy(), frame["not there"].to_numpy()
        ratio, low, high = ratio_of_medians(there, not_there)
        medians = {"there, ms": np.median(there) * 1e3, "not there, ms": np.median(not_there) * 1e3}
        rows[what] = medians | {"ratio": ratio, "low": low, "high": high}
    return pd.DataFrame.from_dict(rows, orient="index")


def measure(app: Flask, *, rounds: int, rounds_of_logins: int) -> dict[str, pd.DataFrame]:
    """Return how long each answer took."""
    database, chance = database_of(app), np.random.default_rng(0)
    hidden = hide(database)

    def forget_failures() -> None:
        with database.unit_of_work() as session:
            session.execute(delete(LoginFailure))

    client = app.test_client()
    taken = {
        what: seconds(asks_of_records(client, address, hidden[what.partition(",")[0]], chance), rounds, chance)
        for what, address in ADDRESSES.items()
    }
    taken["login"] = seconds(asks_of_logins(app), rounds_of_logins, chance, before=forget_failures)
    return taken


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Whether the time of an answer tells what is there.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--logins", type=int, default=ROUNDS_OF_LOGINS)
    given = parser.parse_args()
    with site() as app:
        taken = measure(app, rounds=given.rounds, rounds_of_logins=given.logins)
    print(summary(taken).round(3).to_string())


if __name__ == "__main__":
    main()
