"""Organizations and their people through the API: who sees which, who registers, who invites and who takes away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.accounts.models import User, UserAffiliation
from app.actor import Scope
from app.audit.models import AuditEvent
from app.db import Database
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization, create_state
from tests.factories.accounts import create_api_token, create_user

ORGANIZATIONS = "/api/v1/organizations"
MINISTRY = f"{ORGANIZATIONS}/ministry"
PEOPLE = f"{MINISTRY}/people"
NEW = {"code": "MFA-XAA", "name": "Ministry of Foreign Affairs of Aland", "kind": "state", "state": "XAA"}
PERSON = {"email": "new@example.org", "name": "New Person", "role": "contributor"}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A program that acts for somebody, or for nobody."""

    client: FlaskClient
    user: User | None = None
    secret: str = ""

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, headers=self._headers())

    def post(self, address: str, body: Any, **headers: str) -> TestResponse:
        return self.client.post(address, json=body, headers=self._headers() | headers)

    def delete(self, address: str) -> TestResponse:
        return self.client.delete(address, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


MakeCaller = Callable[..., Caller]


@pytest.fixture
def caller(app: Flask, database: Database) -> MakeCaller:
    """Return a function that gives a program of somebody in an organization."""
    with database.unit_of_work() as session:
        create_state(session, "XAA")
        create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code="XAA")

    def make(role: str | None = "recipient", *, code: str = "ministry", scope: Scope = Scope.WRITE) -> Caller:
        if role is None:
            return Caller(client=app.test_client())
        home = "secretariat" if role in ("administrator", "secretariat") else code
        kind = OrganizationKind.SECRETARIAT if home == "secretariat" else OrganizationKind.STATE
        with database.unit_of_work() as session:
            organization = create_organization(session, home, kind=kind)
            user = create_user(session, role, organization=organization, name=f"A {role}")
            return Caller(client=app.test_client(), user=user, secret=create_api_token(session, user, scope=scope))

    return make


def codes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    return [row["code"] for row in answer.json["data"]]


def count(database: Database, model: type[User | Organization | UserAffiliation]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(model.id))) or 0


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def role_of(caller: Caller) -> str:
    """Return the address of the only role of whom a program acts for."""
    assert caller.user is not None
    return f"{PEOPLE}/{caller.user.id}/roles/{caller.user.affiliations[0].id}"


def test_organizations_are_listed_page_by_page(caller: MakeCaller, database: Database) -> None:
    with database.unit_of_work() as session:
        for code in ("a", "b", "c"):
            create_need(session, organization=create_organization(session, code))
    public = caller(None)

    first = public.get(f"{ORGANIZATIONS}?limit=2")
    second = public.get(f"{ORGANIZATIONS}?limit=2&cursor={first.json['page']['next']}")

    assert (codes(first), codes(second), second.json["page"]["next"]) == (["a", "b"], ["c"], None)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (None, ["open"]),
        ("recipient", ["ministry", "open"]),
        ("secretariat", ["closed", "ministry", "open", "secretariat"]),
        ("administrator", ["closed", "ministry", "open", "secretariat"]),
    ],
)
def test_one_sees_the_organizations_that_one_may_know(
    caller: MakeCaller, database: Database, role: str | None, expected: list[str]
) -> None:
    with database.unit_of_work() as session:
        create_need(session, organization=create_organization(session, "open"))
        closed = create_organization(session, "closed")
        create_need(session, organization=closed, visibility=Visibility.SECRETARIAT)
    reader = caller(role)

    answers = [reader.get(f"{ORGANIZATIONS}/{handle}") for handle in ("closed", "CLOSED", str(closed.id))]
    never = reader.get(f"{ORGANIZATIONS}/{uuid4()}")

    assert codes(reader.get(ORGANIZATIONS)) == expected
    if "closed" in expected:
        assert [answer.json["id"] for answer in answers] == [str(closed.id)] * 3
    else:
        assert [(answer.status_code, answer.data) for answer in answers] == [(404, never.data)] * 3


def test_an_organization_says_what_it_is(caller: MakeCaller) -> None:
    answer = caller().get(MINISTRY)

    assert answer.json == {
        "id": answer.json["id"],
        "code": "ministry",
        "name": "Organization ministry",
        "kind": "state",
        "state": "XAA",
    }


def test_an_administrator_registers_an_organization_once(caller: MakeCaller, database: Database) -> None:
    administrator = caller("administrator")

    made = administrator.post(ORGANIZATIONS, NEW, **{"Idempotency-Key": "first"})
    again = administrator.post(ORGANIZATIONS, NEW, **{"Idempotency-Key": "first"})
    taken = administrator.post(ORGANIZATIONS, NEW)

    assert made.status_code == again.status_code == 201
    assert made.json == again.json == administrator.get(made.headers["Location"]).json
    assert (taken.status_code, taken.json["code"]) == (409, "organization_exists")
    assert actions(database) == ["organization.registered"]


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        (None, Scope.WRITE, 401),
        ("recipient", Scope.WRITE, 403),
        ("provider", Scope.WRITE, 403),
        ("contributor", Scope.WRITE, 403),
        ("analyst", Scope.WRITE, 403),
        ("secretariat", Scope.WRITE, 403),
        ("administrator", Scope.READ, 403),
    ],
)
def test_nobody_else_registers_one(
    caller: MakeCaller, database: Database, role: str | None, scope: Scope, status: int
) -> None:
    before = caller(role, scope=scope), count(database, Organization)

    answer = before[0].post(ORGANIZATIONS, NEW)

    assert answer.status_code == status
    assert count(database, Organization) == before[1]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"code": "a b"}, "/json/code"),
        ({"code": "MFА-XAA"}, "/json/code"),
        ({"code": "12345678-1234-4234-8234-123456789abc"}, "/json/code"),
        ({"name": "Mini\u202estry"}, "/json/name"),
        ({"name": "Mini\u200dstry"}, "/json/name"),
        ({"name": " "}, "/json/name"),
        ({"name": "Mini\x00stry"}, "/json/name"),
        ({"state": "XZZ"}, "/json/state"),
        ({"kind": "kingdom"}, "/json/kind"),
        ({"id": "12345678-1234-4234-8234-123456789abc"}, "/json/id"),
        ({"version": 7}, "/json/version"),
    ],
    ids=["space", "cyrillic", "an id", "direction", "joiner", "empty", "nul", "state", "kind", "its id", "its version"],
)
def test_what_cannot_be_registered_is_told(caller: MakeCaller, wrong: dict[str, Any], pointer: str) -> None:
    answer = caller("administrator").post(ORGANIZATIONS, NEW | wrong)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_name_that_a_reader_takes_for_another_is_refused(caller: MakeCaller) -> None:
    administrator = caller("administrator")
    administrator.post(ORGANIZATIONS, NEW)

    answer = administrator.post(ORGANIZATIONS, NEW | {"code": "other", "name": NEW["name"].replace("a", "а")})

    assert (answer.status_code, answer.json["code"]) == (409, "organization_exists")


@pytest.mark.parametrize(
    ("role", "sees_all"),
    [("recipient", True), ("contributor", False), ("provider", True), ("analyst", False), ("administrator", True)],
)
def test_people_are_shown_as_far_as_one_may_see_them(caller: MakeCaller, role: str, *, sees_all: bool) -> None:
    reader, colleague = caller(role), caller("contributor")
    assert colleague.user is not None

    listed = reader.get(PEOPLE).json["data"]
    person = reader.get(f"{PEOPLE}/{colleague.user.id}").json

    assert person in listed
    assert (person["name"], [held["role"] for held in person["roles"]]) == ("A contributor", ["contributor"])
    hidden = [person[name] for name in ("email", "standing", "has_second_factor")]
    assert hidden == ([colleague.user.email, "uninvited", False] if sees_all else [None, None, None])


@pytest.mark.parametrize("role", ["recipient", "provider", "contributor", "analyst", "secretariat"])
def test_the_people_of_another_organization_are_not_there(caller: MakeCaller, database: Database, role: str) -> None:
    """Though the organization is known by its public records."""
    with database.unit_of_work() as session:
        create_need(session, organization=create_organization(session, "ministry"))
    colleague, stranger = caller("contributor"), caller(role, code="other")
    never = stranger.get(f"{ORGANIZATIONS}/nobody/people").data
    assert colleague.user is not None

    answers = [
        stranger.get(PEOPLE),
        stranger.get(f"{PEOPLE}/{colleague.user.id}"),
        stranger.post(PEOPLE, PERSON),
        stranger.delete(role_of(colleague)),
    ]

    assert [(answer.status_code, answer.data) for answer in answers] == [(404, never)] * 4
    assert stranger.get(MINISTRY).status_code == 200
    assert count(database, UserAffiliation) == 2


def test_people_are_for_callers_with_a_token_alone(caller: MakeCaller, database: Database) -> None:
    """The same answer, whether there is such an organization or not."""
    colleague, public = caller("contributor"), caller(None)
    assert colleague.user is not None

    answers = [
        public.get(PEOPLE),
        public.get(f"{ORGANIZATIONS}/nobody/people"),
        public.get(f"{PEOPLE}/{colleague.user.id}"),
    ]
    changes = [public.post(PEOPLE, PERSON), public.delete(role_of(colleague))]

    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}
    assert [answer.status_code for answer in changes] == [401, 401]
    assert count(database, UserAffiliation) == 1


def test_an_invitation_answers_its_link_once(caller: MakeCaller, app: Flask, database: Database) -> None:
    focal_point = caller()

    made = focal_point.post(PEOPLE, PERSON, **{"Idempotency-Key": "first"})
    again = focal_point.post(PEOPLE, PERSON, **{"Idempotency-Key": "first"})
    read = focal_point.get(made.headers["Location"])

    assert made.status_code == again.status_code == 201
    assert app.test_client().get(made.json["link"]).status_code == 200
    assert (again.json["link"], again.json["id"]) == (None, made.json["id"])
    assert "link" not in read.json
    assert read.json == {name: value for name, value in made.json.items() if name != "link"}
    assert (read.json["standing"], read.json["invitation_ends_at"][-1]) == ("invited", "Z")
    assert actions(database) == ["user.registered", "user.invitation_issued"]


@pytest.mark.parametrize(
    ("role", "scope", "wanted", "status"),
    [
        ("contributor", Scope.WRITE, "contributor", 403),
        ("analyst", Scope.WRITE, "contributor", 403),
        ("provider", Scope.WRITE, "contributor", 403),
        ("recipient", Scope.READ, "contributor", 403),
        ("recipient", Scope.WRITE, "analyst", 403),
        ("recipient", Scope.WRITE, "administrator", 403),
        ("administrator", Scope.WRITE, "administrator", 422),
        ("administrator", Scope.WRITE, "secretariat", 422),
    ],
)
def test_nobody_invites_to_what_they_may_not_give(
    caller: MakeCaller, database: Database, role: str, scope: Scope, wanted: str, status: int
) -> None:
    answer = caller(role, scope=scope).post(PEOPLE, PERSON | {"role": wanted})

    assert answer.status_code == status
    assert count(database, User) == 1
    assert actions(database) == (["user.refused"] if status == 403 else [])


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"email": "nobody"}, "/json/email"),
        ({"name": "New\u200bPerson"}, "/json/name"),
        ({"role": "king"}, "/json/role"),
        ({"is_disabled": True}, "/json/is_disabled"),
        ({"password_hash": "x"}, "/json/password_hash"),
    ],
    ids=["address", "zero width", "role", "disabled", "password"],
)
def test_what_cannot_be_invited_is_told(caller: MakeCaller, wrong: dict[str, Any], pointer: str) -> None:
    answer = caller().post(PEOPLE, PERSON | wrong)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_somebody_of_another_organization_is_not_drawn_in(caller: MakeCaller, database: Database) -> None:
    focal_point, stranger = caller(), caller("contributor", code="other")
    assert stranger.user is not None

    answer = focal_point.post(PEOPLE, PERSON | {"email": stranger.user.email})

    assert answer.status_code == 403
    assert "A contributor" not in answer.text
    assert count(database, UserAffiliation) == 2


def test_of_ten_invitations_at_once_one_is_made(caller: MakeCaller, database: Database) -> None:
    focal_point = caller()
    assert focal_point.user is not None

    def send(_number: int) -> int:
        sender = Caller(client=focal_point.client.application.test_client(), secret=focal_point.secret)
        return sender.post(PEOPLE, PERSON).status_code

    with ThreadPoolExecutor(5) as pool:
        statuses = sorted(pool.map(send, range(10)))

    assert statuses == [201] + [409] * 9
    assert count(database, User) == 2


def test_a_role_that_is_taken_away_counts_at_the_next_request(caller: MakeCaller, database: Database) -> None:
    focal_point, gone = caller(), caller("contributor")
    before = gone.get(PEOPLE).status_code

    ended = focal_point.delete(role_of(gone))

    assert (before, ended.status_code, ended.data) == (200, 204, b"")
    assert gone.get(PEOPLE).status_code == 404
    assert gone.get(MINISTRY).status_code == 404
    assert focal_point.delete(role_of(gone)).status_code == 404
    assert actions(database) == ["user.disaffiliated"]


def test_a_role_is_not_taken_away_through_another_address(caller: MakeCaller, database: Database) -> None:
    focal_point, colleague, stranger = caller(), caller("contributor"), caller("contributor", code="other")
    assert colleague.user is not None
    assert stranger.user is not None
    foreign = stranger.user.affiliations[0].id

    answers = [
        focal_point.delete(f"{PEOPLE}/{stranger.user.id}/roles/{foreign}"),
        focal_point.delete(f"{PEOPLE}/{colleague.user.id}/roles/{foreign}"),
        focal_point.delete(f"{PEOPLE}/{colleague.user.id}/roles/{uuid4()}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert count(database, UserAffiliation) == 3


@pytest.mark.parametrize("role", ["contributor", "analyst", "provider"])
def test_nobody_takes_away_what_they_may_not_give(caller: MakeCaller, database: Database, role: str) -> None:
    colleague = caller("recipient")

    assert caller(role).delete(role_of(colleague)).status_code == 403
    assert count(database, UserAffiliation) == 2


def test_the_last_focal_point_stays(caller: MakeCaller, database: Database) -> None:
    focal_point = caller()

    answer = focal_point.delete(role_of(focal_point))

    assert (answer.status_code, answer.json["code"]) == (409, "last_of_role")
    assert count(database, UserAffiliation) == 1
    assert actions(database) == []


@pytest.mark.parametrize("handle", ["%00", "a%00b", "-a", "a/b", "x" * 65, "%E2%80%AE"])
def test_what_can_be_no_code_is_not_found(caller: MakeCaller, handle: str) -> None:
    answer = caller().get(f"{ORGANIZATIONS}/{handle}")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
