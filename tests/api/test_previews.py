"""Previews in the API: what somebody else would be answered, and no field that the caller may not see."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.access import policy
from app.access.vocabulary import Field
from app.actor import Role
from app.db import Database
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization
from tests.factories.accounts import create_api_token, create_user

NEVER_WAS = "12345678-1234-4234-8234-123456789abc"


class Caller:
    """A program of somebody."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {secret}"}

    def get(self, address: str) -> tuple[int, Any]:
        """Return status and document of an answer."""
        answer = self._client.get(f"/api/v1{address}", headers=self._headers)
        return answer.status_code, answer.json


@pytest.fixture
def state(database: Database) -> Organization:
    """The authority of a State."""
    with database.unit_of_work() as session:
        create_organization(session, "secretariat")
        return create_organization(session, "state-a", kind=OrganizationKind.STATE)


def caller(client: FlaskClient, database: Database, role: str, organization: Organization | None = None) -> Caller:
    with database.unit_of_work() as session:
        user = create_user(session, role, organization=organization)
        return Caller(client, create_api_token(session, user, scope="read"))


def a_need(database: Database, state: Organization, visibility: Visibility) -> str:
    with database.unit_of_work() as session:
        need = create_need(session, visibility=visibility, organization=state, excluded_providers=("Second Provider",))
        return f"/needs/{need.id}"


def test_somebody_else_sees_no_exclusions(client: FlaskClient, database: Database, state: Organization) -> None:
    need, own = a_need(database, state, Visibility.MEMBERS), caller(client, database, "recipient", state)

    excluded = {
        viewer: own.get(f"{need}/preview?as={viewer}")[1]["need"]["excluded_providers"]
        for viewer in ("members", "providers", "provider:state-a", "secretariat")
    }

    assert own.get(need)[1]["excluded_providers"] == ["Second Provider"]
    assert excluded == {
        "members": None,
        "providers": None,
        "provider:state-a": None,
        "secretariat": ["Second Provider"],
    }


@pytest.mark.parametrize(("viewer", "role"), [("members", "analyst"), ("providers", "provider")])
def test_it_is_what_they_are_answered(
    client: FlaskClient, database: Database, state: Organization, viewer: str, role: str
) -> None:
    need, own = a_need(database, state, Visibility.MEMBERS), caller(client, database, "recipient", state)

    status, shown = own.get(f"{need}/preview?as={viewer}")

    assert status == 200
    assert shown == {
        "as": viewer,
        "visibility": "members",
        "is_seen": True,
        "need": caller(client, database, role).get(need)[1],
    }


def test_what_they_do_not_see_is_null(client: FlaskClient, database: Database, state: Organization) -> None:
    need, own = a_need(database, state, Visibility.MEMBERS), caller(client, database, "recipient", state)

    shown = own.get(f"{need}/preview?as=public")

    assert shown == (200, {"as": "public", "visibility": "members", "is_seen": False, "need": None})


def test_one_can_consider_another_visibility_and_nothing_changes(
    client: FlaskClient, database: Database, state: Organization
) -> None:
    need, own = a_need(database, state, Visibility.PRIVATE), caller(client, database, "contributor", state)

    status, shown = own.get(f"{need}/preview?as=public&at=public")

    assert (status, shown["is_seen"], shown["need"]["visibility"]) == (200, True, "public")
    assert own.get(need)[1]["visibility"] == "private"
    assert client.get(f"/api/v1{need}").status_code == 404


def test_a_field_is_shown_to_who_sees_it_and_never_by_a_preview_alone(
    client: FlaskClient, database: Database, state: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The secretariat would see it; the contributor, by this policy, does not, and looks as the secretariat."""
    need, own = a_need(database, state, Visibility.MEMBERS), caller(client, database, "contributor", state)
    seeing = {Role.RECIPIENT: policy.OWN, Role.SECRETARIAT: policy.ANY}
    rules = dict.fromkeys((Field.NEED_EXCLUDED_PROVIDERS, Field.NEED_CHOSEN_PROVIDERS), seeing)
    monkeypatch.setattr(policy, "FIELD_RULES", rules)

    assert own.get(f"{need}/preview?as=secretariat")[1]["need"]["excluded_providers"] is None


@pytest.mark.parametrize("role", ["secretariat", "administrator", "provider", "analyst"])
def test_what_one_may_not_read_one_cannot_preview(
    client: FlaskClient, database: Database, state: Organization, role: str
) -> None:
    need, other = a_need(database, state, Visibility.PRIVATE), caller(client, database, role)

    answers = [
        other.get(f"{address}/preview?as={viewer}&at=public")
        for viewer in ("public", "secretariat", "nobody")
        for address in (need, f"/needs/{NEVER_WAS}")
    ]

    assert {status for status, _ in answers} == {404}
    assert answers[0] == answers[1] == answers[4]


@pytest.mark.parametrize(
    ("role", "kind"),
    [("analyst", "need"), ("provider", "need"), ("administrator", "need"), ("recipient", "offer")],
)
def test_who_does_not_answer_for_a_record_is_refused(
    client: FlaskClient, database: Database, state: Organization, role: str, kind: str
) -> None:
    with database.unit_of_work() as session:
        create = {"need": create_need, "offer": create_offer}[kind]
        address = f"/{kind}s/{create(session, organization=state).id}"

    status, problem = caller(client, database, role, state if role == "recipient" else None).get(
        f"{address}/preview?as=public"
    )

    assert (status, problem["code"]) == (403, "forbidden")


def test_without_a_token_there_is_no_preview(client: FlaskClient, database: Database, state: Organization) -> None:
    need = a_need(database, state, Visibility.PUBLIC)

    assert client.get(f"/api/v1{need}/preview?as=public").status_code == 401
    assert client.get(f"/api/v1/needs/{NEVER_WAS}/preview?as=public").status_code == 401


@pytest.mark.parametrize("query", ["", "?as=king", "?as=public&at=nobody", "?as=provider:%3B", "?viewer=public"])
def test_nobody_of_that_name_is_an_error(
    client: FlaskClient, database: Database, state: Organization, query: str
) -> None:
    need, own = a_need(database, state, Visibility.PUBLIC), caller(client, database, "recipient", state)

    assert own.get(f"{need}/preview{query}")[0] == 422


def test_an_offer_is_seen_by_the_provider_that_keeps_it(
    client: FlaskClient, database: Database, state: Organization
) -> None:
    with database.unit_of_work() as session:
        provider = create_organization(session, "provider-a", kind=OrganizationKind.PROVIDER)
        offer = f"/offers/{create_offer(session, organization=provider, visibility=Visibility.PRIVATE).id}"
    own = caller(client, database, "provider", provider)

    seen = {
        viewer: own.get(f"{offer}/preview?as={viewer}")[1]["is_seen"]
        for viewer in ("provider:provider-a", "provider:PROVIDER-A", "provider:state-a", "provider:none", "secretariat")
    }

    assert seen == {
        "provider:provider-a": True,
        "provider:PROVIDER-A": True,
        "provider:state-a": False,
        "provider:none": False,
        "secretariat": False,
    }
