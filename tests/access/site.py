"""The world as it is served: requests of its people, what is told apart in the answers, and how to put it back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.accounts.tokens import find_actor_by_token
from app.actor import PUBLIC, Actor
from app.clock import now_utc
from app.db import Database
from app.edge import DATABASE_EXTENSION
from tests.access import told_twice
from tests.access.callers import Caller
from tests.access.world import Run, World

NEVER: Final = "12345678-1234-4234-8234-123456789abc"  # the id of nothing
CHANGED_TABLES: Final = (
    "needs",
    "need_signatures",
    "offers",
    "offer_principles",
    "offer_labels",
    "assessments",
    "answers",
    "assessment_shares",
    "counted_assessments",
    "organizations",
    "users",
    "user_affiliations",
    "api_tokens",
    "match_runs",
    "single_use_links",
    "area_releases",
    "area_changes",
)
# What differs between two answers that say the same: an id of a request is given, so that it does not.
PASSING_HEADERS: Final = {"Date", "Set-Cookie", "Content-Length"}  # the length is that of what is compared
UUID_LIKE: Final = re.compile(r"[0-9a-f-]{36}")
FORM_TOKEN: Final = re.compile(rb'name="csrf_token" value="[^"]*"')


State = list[tuple[str, ...]]
Told = tuple[int, bytes, list[tuple[str, str]]]


@dataclass(kw_only=True)
class Site:
    """The application on a copy of the world's database."""

    app: Flask
    world: World
    original: Path
    path: Path
    _clients: dict[str, FlaskClient] = field(default_factory=dict)
    _answers: dict[object, Told] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions[DATABASE_EXTENSION]
        return database

    def callers_of(self, route: str) -> tuple[Caller, ...]:
        """Return who can come to an address: programs to the API, browsers to pages."""
        return self.world.programs if " /api/" in route else self.world.browsers

    def walkers_of(self, route: str) -> tuple[Caller, ...]:
        """Return who is to come to an address; to the many addresses of records, those alone who are not as others are."""
        callers = self.callers_of(route)
        seen: dict[object, Caller] = {}
        for caller in callers:
            scopes = caller.scopes & {"read"} if route.startswith("GET ") else caller.scopes
            seen.setdefault((caller.affiliations, scopes, caller.is_logged_in), caller)
        return tuple(seen.values()) if "_id>" in route and " /account" not in route else callers

    def actors(self) -> list[tuple[Caller, Actor]]:
        """Return everybody who sends a token, and somebody without one, as they act."""
        with self.database.reading() as session:
            found = [(one, find_actor_by_token(session, one.token, now=now_utc())) for one in self.world.programs]
        return [(caller, actor or PUBLIC) for caller, actor in found]

    def ask(self, caller: Caller, method: str, address: str, **given: Any) -> TestResponse:
        """Return the answer to a request of somebody, read to its end."""
        headers = {"X-Request-Id": "a-request"} | given.pop("headers", {})
        if caller.token:
            headers["Authorization"] = f"Bearer {caller.token}"
        with self._client(caller).open(address, method=method, headers=headers, **given) as answer:
            answer.get_data()
            return answer

    def told_of_nothing(self, caller: Caller, method: str, address: str, **given: Any) -> Told:
        """Return what somebody is told at an address with the id of nothing; asked once."""
        key = (caller.name, method, address, str(given))
        if key not in self._answers:
            self._answers[key] = told(self.ask(caller, method, address, **given), NEVER)
        return self._answers[key]

    def prepare(self, statement: str) -> State:
        """Run a statement of SQL, and return what is there then."""
        with self.database.unit_of_work() as session:
            session.execute(text(statement))
        return self.state()

    def put_back(self) -> None:
        """Make the database what it was at the beginning."""
        self.database.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self.original, self.path)

    def state(self) -> State:
        """Return the rows that a change of a record, a person or what they have would show in."""
        with self.database.reading() as session:
            return [
                (table, *map(str, row))
                for table in CHANGED_TABLES
                for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
            ]

    def hidden_from(self, caller: Caller) -> Iterator[str]:
        """Yield every name and id of which the caller must not hear."""
        for record in self.world.records:
            if not told_twice.sees(caller, record):
                yield from (record.name, str(record.id))
            is_told = told_twice.sees(caller, record) and told_twice.sees_exclusions(caller, record.owner)
            if record.kind == "need" and not is_told:
                yield record.excluded
        yield from self._hidden_assessments(caller)
        for run in self.world.runs:
            if not sees_run(caller, run):
                yield from (str(run.id), str(run.match_id), str(run.tandem_id))

    def _hidden_assessments(self, caller: Caller) -> Iterator[str]:
        for assessment in self.world.assessments:
            if not told_twice.sees_assessment(caller, assessment.owner, assessment.state):
                yield str(assessment.id)
            # What it is called stands in an answer that is shown to nobody.
            if not told_twice.may(caller, "assessment:read", assessment.owner):
                yield assessment.name

    def _client(self, caller: Caller) -> FlaskClient:
        if caller.name not in self._clients:
            client = self._clients[caller.name] = self.app.test_client()
            if caller.cookie:
                client.set_cookie("tandem_session", caller.cookie)
        return self._clients[caller.name]


def sees_run(caller: Caller, run: Run) -> bool:
    """Return whether the caller should see the run: by its circle, and every record in it, none of them private."""
    return told_twice.sees_circle(caller, run.visibility) and all(
        told_twice.sees(caller, record) and record.visibility != "private" for record in run.records
    )


def told(answer: TestResponse, *ids: str) -> Told:
    """Return all that an answer tells, but for the ids that were asked for."""
    body = FORM_TOKEN.sub(b"a form token", answer.data).decode()
    headers = [(name, value) for name, value in answer.headers.items() if name not in PASSING_HEADERS]
    for one in ids:
        body, headers = _without(one, body), [(name, _without(one, value)) for name, value in headers]
    return answer.status_code, body.encode(), sorted(headers)


def _without(one: str, told: str) -> str:
    """Return what is told without an id, or without a code where it is part of an address: it may be a word as well."""
    if UUID_LIKE.fullmatch(one):
        return told.replace(one, "an id")
    return told.replace(f"/{one}", "/an id").replace(f"%2F{one}", "%2Fan id")
