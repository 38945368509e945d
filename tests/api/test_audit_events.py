"""The audit trail in the API, and that nobody can tell by it what a private need does."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import authentication
from app.accounts.authentication import SESSION_COOKIE
from app.accounts.services import get_user
from app.actor import SYSTEM, Actor
from app.audit import services as audit
from app.audit.services import Change, record
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.organizations.models import OrganizationKind
from app.reports.trail import iter_events
from matching.vocabulary import Visibility
from tests.api.conftest import served
from tests.factories import create_audit_event, create_need, create_organization
from tests.factories.accounts import actor_of, create_api_token, create_login, create_user
from tests.support.postgres import Cluster

AN_INSTANT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EVENTS = "/api/v1/audit-events"
NEVER_WAS = "12345678-1234-4234-8234-123456789abc"
ROLES = ("recipient", "contributor", "provider", "secretariat", "analyst", "administrator")
FORM_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def token_of(database: Database, role: str) -> str:
    with database.unit_of_work() as session:
        return create_api_token(session, create_user(session, role))


def test_without_a_token_the_trail_asks_for_one(client: FlaskClient) -> None:
    for address in (EVENTS, f"{EVENTS}/{NEVER_WAS}"):
        answer = client.get(address)

        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("role", ["contributor", "analyst"])
def test_who_reads_no_trail_is_refused(client: FlaskClient, database: Database, role: str) -> None:
    secret = token_of(database, role)
    with database.unit_of_work() as session:
        event = create_audit_event(session)

    answers = [client.get(f"{EVENTS}{part}", headers=bearer(secret)) for part in ("", f"/{event.id}", f"/{NEVER_WAS}")]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(403, "forbidden")}


def test_a_hidden_event_answers_as_one_that_never_was(client: FlaskClient, database: Database) -> None:
    secret = token_of(database, "secretariat")
    with database.unit_of_work() as session:
        need = create_need(session, visibility=Visibility.PRIVATE)
        event = create_audit_event(session, record_id=str(need.id))

    hidden = client.get(f"{EVENTS}/{event.id}", headers=bearer(secret))
    unknown = client.get(f"{EVENTS}/{NEVER_WAS}", headers=bearer(secret))

    assert (hidden.status_code, hidden.data) == (unknown.status_code, unknown.data) == (404, unknown.data)


def test_an_event_tells_neither_its_place_nor_a_hash(client: FlaskClient, database: Database) -> None:
    secret = token_of(database, "secretariat")
    with database.unit_of_work() as session:
        event = create_audit_event(session, record_id=str(create_need(session).id))

    answer = client.get(f"{EVENTS}/{event.id}", headers=bearer(secret))

    assert set(answer.json) == {"id", "occurred_at", "actor", "action", "record_type", "record_id", "request_id"}
    assert answer.json["actor"] == {"kind": "system", "user_id": None, "name": None, "organization": None}


def test_a_token_to_read_shows_whom_its_person_sees(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        organization = create_organization(session, "state-a", kind=OrganizationKind.STATE)
        colleague = create_user(session, "contributor", organization=organization, name="Colleague")
        reader = create_user(session, "recipient", organization=organization)
        secret = create_api_token(session, reader, scope="read")
        need = create_need(session, organization=organization)
        create_audit_event(session, record_id=str(need.id), actor=actor_of(colleague))

    (event,) = client.get(EVENTS, headers=bearer(secret)).json["data"]

    assert (event["actor"]["kind"], event["actor"]["name"]) == ("person", "Colleague")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("occurred_on=yesterday", "/query/occurred_on"),
        ("position=1", "/query/position"),
        ("action=%00", "/query/action"),
        ("before_hash=x", "/query/before_hash"),
        ("sort=position", "/query/sort"),
    ],
)
def test_a_filter_that_there_is_not_is_refused(
    client: FlaskClient, database: Database, query: str, pointer: str
) -> None:
    answer = client.get(f"{EVENTS}?{query}", headers=bearer(token_of(database, "administrator")))

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_cursor_tells_nothing_but_the_time_and_the_id_of_the_last_event(
    client: FlaskClient, database: Database
) -> None:
    """With the place in the chain in it, the gaps would count what others do."""
    secret = token_of(database, "secretariat")
    with database.unit_of_work() as session:
        need = create_need(session)
        for _ in range(3):
            create_audit_event(session, record_id=str(need.id), occurred_at=AN_INSTANT)

    first = client.get(f"{EVENTS}?limit=2", headers=bearer(secret)).json
    cursor = first["page"]["next"]
    following = client.get(f"{EVENTS}?limit=2&cursor={cursor}", headers=bearer(secret)).json

    told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    assert told == f">dt:2026-03-02 09:30:00+00:00~uuid:{first['data'][1]['id']}"
    assert len({event["id"] for event in first["data"] + following["data"]}) == 3
    assert following["page"]["next"] is None


# Two worlds: the same service, but in the second one a State keeps a private need and works on it.


Answer = tuple[int, str, list[tuple[str, str]]]


class World:
    """A service, and the secrets with which each role reads it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = app.extensions[DATABASE_EXTENSION]
        self.token_by_role: dict[str, str] = {}
        self.cookie_by_role: dict[str, str] = {}

    def answer(self, role: str, address: str) -> Answer:
        """Return status, content and headers of what somebody of the role gets, at an address of the API or of a page."""
        client = self.app.test_client()
        headers = {"X-Request-Id": "a-request-of-the-test"}
        if address.startswith("/api/"):
            headers |= bearer(self.token_by_role[role])
        else:
            client.set_cookie(SESSION_COOKIE, self.cookie_by_role[role])
        with client.get(address, headers=headers) as response:
            # What a form carries against other sites is another at every request.
            text = FORM_TOKEN.sub("", response.get_data(as_text=True))
            told = [item for item in response.headers.items() if item[0] not in ("Set-Cookie", "Date")]
        return response.status_code, text, told


def fixed(name: str) -> UUID:
    """Return the id that something of that name has in both worlds."""
    return uuid5(NAMESPACE_URL, name)


def build(world: World, *, has_secret: bool) -> None:
    """Fill a service; with the secret a State keeps a need to itself and works on it in between."""
    with world.database.unit_of_work() as session:
        office = create_organization(session, "secretariat", id=fixed("office"))
        other = create_organization(session, "other", id=fixed("other"), kind=OrganizationKind.STATE)
        state = create_organization(session, "state-a", id=fixed("state-a"), kind=OrganizationKind.STATE)
        for role in ROLES:
            organization = office if role in ("secretariat", "analyst", "administrator") else other
            user = create_user(session, role, id=fixed(role), email=f"{role}@example.org", organization=organization)
            world.token_by_role[role] = create_api_token(session, user)
            world.cookie_by_role[role] = create_login(session, user)
        create_user(session, "recipient", id=fixed("keeper"), email="keeper@example.org", organization=state)
        create_need(session, id=fixed("known"), external_id="n-1", title="Known", organization=other)
        narrow = {"visibility": Visibility.SECRETARIAT, "organization": state}
        create_need(session, id=fixed("narrow"), external_id="n-2", title="For the office", **narrow)
        if has_secret:
            hidden = {"visibility": Visibility.PRIVATE, "organization": state}
            create_need(session, id=fixed("hidden"), external_id="n-3", title="Hidden", **hidden)
    keeper = Actor(user_id=fixed("keeper"))
    for number in range(8):
        append(world, SYSTEM, "need.registered", "known", number)
        append(world, keeper, "user.logged_in", "keeper", number)
        append(world, keeper, "need.updated", "narrow", number)
        append(world, keeper, "user.affiliated", "recipient", number)
        for again in range(1 + number % 3 if has_secret else 0):
            append(world, keeper, "need.updated", "hidden", number * 10 + again)


def append(world: World, actor: Actor, action: str, name: str, number: int) -> None:
    """Append an event that is called the same in both worlds."""
    record_type = action.partition(".")[0]
    change = Change(action=action, record_type=record_type, record_id=str(fixed(name)), before=None, after={})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "uuid4", lambda: fixed(f"{action} {name} {number}"))
        with world.database.unit_of_work() as session:
            record(session, actor, [change], clock=lambda: AN_INSTANT + timedelta(seconds=number // 3))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def two_worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """A service, and one that differs from it in a private need and what happened to it."""
    urls = []
    for name in ("plain", "secret"):
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp(name) / "tandem.sqlite3"
            shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
            urls.append(f"sqlite:///{path}")
        else:
            cluster: Cluster = request.getfixturevalue("postgres_cluster")
            urls.append(cluster.url(cluster.create_database(request.getfixturevalue("migrated_postgres"))))
    with served(urls[0]) as plain, served(urls[1]) as secret:
        worlds = World(plain), World(secret)
        for world, has_secret in zip(worlds, (False, True), strict=True):
            build(world, has_secret=has_secret)
        yield worlds


ADDRESSES = (
    EVENTS,
    f"{EVENTS}?limit=5",
    f"{EVENTS}?record_type=need",
    f"{EVENTS}?action=need.updated&limit=3",
    f"{EVENTS}?actor={fixed('keeper')}",
    f"{EVENTS}?record_id={fixed('hidden')}",
    f"{EVENTS}?occurred_on=2026-03-02&limit=200",
    f"{EVENTS}/{fixed('need.updated hidden 0')}",
    f"{EVENTS}/{fixed('need.updated narrow 0')}",
    "/audit",
    "/audit?type=need",
    f"/audit?record={fixed('hidden')}",
    "/audit?day=2026-03-02",
    "/audit?format=csv",
    "/audit?format=csv-excel&day=2026-03-02",
    f"/needs/{fixed('hidden')}/preview?as=public",
    f"/api/v1/needs/{fixed('hidden')}/preview?as=public",
)


@pytest.fixture
def _unnoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no event tell of what is refused on the way: each has an id and a time of its own."""
    monkeypatch.setattr(authentication, "note_happening", lambda *_: None)


@pytest.mark.usefixtures("_unnoted")
@pytest.mark.parametrize("role", ROLES)
def test_nobody_can_tell_the_world_with_the_secret_from_the_one_without(
    two_worlds: tuple[World, World], role: str
) -> None:
    """Status, headers and every byte are the same, wherever one starts, however one filters and pages."""
    plain, secret = two_worlds

    for address in ADDRESSES:
        assert plain.answer(role, address) == secret.answer(role, address), address
    assert walk(plain, role) == walk(secret, role)


def walk(world: World, role: str) -> list[Answer]:
    """Return all pages of the API's list, three events at a time."""
    answers = [world.answer(role, f"{EVENTS}?limit=3")]
    while answers[-1][0] == 200 and (cursor := json.loads(answers[-1][1])["page"]["next"]):
        answers.append(world.answer(role, f"{EVENTS}?limit=3&cursor={cursor}"))
    return answers


@pytest.mark.usefixtures("_unnoted")
def test_the_worlds_differ_and_their_keeper_sees_it(two_worlds: tuple[World, World]) -> None:
    """Else the comparison above would compare two empty pages."""
    found = []
    for world in two_worlds:
        with world.database.reading() as session:
            keeper = actor_of(get_user(session, fixed("keeper")))
            found.append({event.record_id for event in iter_events(session, keeper)})

    assert {str(fixed("hidden"))} == found[1] - found[0]
    assert len(walk(two_worlds[0], "secretariat")) == 6
    assert len(walk(two_worlds[0], "administrator")) == 6
