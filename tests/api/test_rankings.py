"""The offers that fit a need, ranked for who keeps it and for nobody else, and without a trace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from werkzeug.test import TestResponse

from app.db import Database
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_match_run, create_need, create_offer, create_organization
from tests.factories.accounts import create_api_token, create_login, create_user

NEVER = "/api/v1/needs/12345678-1234-4234-8234-123456789abc/ranking"
FORENSICS = {
    "title": "Digital forensics training for police",
    "description": "Fifteen investigators need to learn to examine phones and computers.",
    "areas": ("CRI",),
}


@dataclass(kw_only=True)
class World:
    """A ministry with a private need, offers of several visibilities, and a run for everybody."""

    client: FlaskClient
    database: Database
    need_id: UUID

    def ask(self, role: str | None, *, organization: str = "ministry") -> TestResponse:
        """Return the ranking as somebody of an organization gets it; without a role, the public."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.token(role, organization)}"}
        return self.client.get(f"/api/v1/needs/{self.need_id}/ranking", headers=headers)

    def token(self, role: str, organization: str = "ministry") -> str:
        with self.database.unit_of_work() as session:
            place = create_organization(session, organization, kind=OrganizationKind.STATE)
            return create_api_token(session, create_user(session, role, organization=place))


@pytest.fixture
def world(client: FlaskClient, database: Database) -> World:
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        need = create_need(
            session,
            organization=ministry,
            visibility=Visibility.PRIVATE,
            excluded_providers=("Unwanted Provider",),
            **FORENSICS,
        )
        for name in ("public", "members", "providers", "secretariat", "private"):
            create_offer(session, external_id=name, visibility=Visibility(name), **FORENSICS)
        create_offer(session, external_id="far", title="A school curriculum", areas=("EDU",))
        create_offer(session, external_id="unwanted", provider="Unwanted Provider", **FORENSICS)
        create_match_run(session)
    return World(client=client, database=database, need_id=need.id)


def ranked(answer: TestResponse) -> list[str]:
    return [offer["offer_external_id"] for offer in answer.json["data"]]


@pytest.mark.parametrize("role", ["recipient", "contributor"])
def test_who_keeps_a_private_need_has_the_offers_ranked_that_they_may_see(world: World, role: str) -> None:
    answer = world.ask(role)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert sorted(ranked(answer)[:2]) == ["members", "public"]
    assert ranked(answer)[2:] == ["far"]
    assert (answer.json["offers"], answer.json["eligible"]) == (4, 3)
    first = answer.json["data"][0]
    assert first["rank"] == 1
    assert first["score"] == pytest.approx(sum(part["share"] for part in first["contributions"]), abs=1e-6)


@pytest.mark.parametrize(
    ("role", "organization"),
    [
        (None, ""),
        ("recipient", "another"),
        ("provider", "ministry"),
        ("analyst", "ministry"),
        ("administrator", "ministry"),
        ("secretariat", "the-secretariat"),
    ],
)
def test_nobody_else_hears_that_there_is_such_a_need(world: World, role: str | None, organization: str) -> None:
    headers = {} if role is None else {"Authorization": f"Bearer {world.token(role, organization)}"}

    hidden, never = world.ask(role, organization=organization), world.client.get(NEVER, headers=headers)

    assert (hidden.status_code, never.status_code) == (404, 404)
    assert hidden.json["detail"] == never.json["detail"]


def test_the_secretariat_has_a_need_ranked_that_is_for_it_alone(world: World, database: Database) -> None:
    with database.unit_of_work() as session:
        world.need_id = create_need(session, visibility=Visibility.SECRETARIAT, **FORENSICS).id

    answer = world.ask("secretariat", organization="the-secretariat")

    assert answer.status_code == 200
    assert {"public", "members", "providers", "secretariat", "unwanted"} <= set(ranked(answer))
    assert "private" not in ranked(answer)


def test_who_only_sees_a_need_does_not_have_it_ranked(world: World, database: Database) -> None:
    """The ranking leaves out whom the State excludes, and so would tell."""
    with database.unit_of_work() as session:
        world.need_id = create_need(session, visibility=Visibility.PUBLIC, **FORENSICS).id

    assert world.client.get(f"/api/v1/needs/{world.need_id}").status_code == 200
    assert [world.ask(role, organization="another").status_code for role in ("provider", "recipient", "analyst")] == [
        404,
        404,
        404,
    ]


def test_to_have_it_ranked_leaves_no_trace(world: World, database: Database) -> None:
    token = world.token("recipient")
    before = everything_in(database)

    answer = world.client.get(f"/api/v1/needs/{world.need_id}/ranking", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert everything_in(database) == before


def everything_in(database: Database) -> dict[str, list[str]]:
    reflected = MetaData()
    with database.engine.connect() as connection:
        reflected.reflect(connection)
        return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in reflected.tables.items()}


def test_before_the_first_run_there_is_no_profile_to_rank_by(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        need = create_need(session, organization=ministry, visibility=Visibility.PRIVATE)
        token = create_api_token(session, create_user(session, organization=ministry))

    answer = client.get(f"/api/v1/needs/{need.id}/ranking", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json["detail"][:30]) == (404, "No match has been run yet; adv")


def test_its_page_leads_from_the_need_and_lists_the_offers(world: World, database: Database) -> None:
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        world.client.set_cookie("tandem_session", create_login(session, create_user(session, organization=ministry)))

    page = world.client.get(f"/needs/{world.need_id}").get_data(as_text=True)
    ranking = world.client.get(f"/needs/{world.need_id}/ranking")

    assert f'href="/needs/{world.need_id}/ranking"' in page
    assert ranking.status_code == 200
    words = re.sub(r"<[^>]+>|\s+", " ", ranking.get_data(as_text=True))
    assert "3 of 4 offers that you may see are open to this need" in re.sub(r"\s+", " ", words)
    assert "Unwanted" not in words


def test_nor_does_its_page_tell_anybody_else(world: World) -> None:
    assert world.client.get(f"/needs/{world.need_id}/ranking").status_code == 404


def test_the_command_ranks_for_who_runs_the_machine(app: Flask, world: World) -> None:
    result = app.test_cli_runner().invoke(args=["match", "need", str(world.need_id), "--top", "2"])

    first, *lines = result.stdout.splitlines()
    assert (result.exit_code, len(lines)) == (0, 2)
    assert first.startswith("5 of 6 offers are open to it as of ")
    assert [line.split("\t")[0] for line in lines] == ["1", "2"]


def test_the_command_says_when_there_is_no_such_need(app: Flask, world: World) -> None:
    result = app.test_cli_runner().invoke(args=["match", "need", NEVER.split("/")[4]])

    assert (result.exit_code, result.stderr) == (2, "Error: There is no such need.\n")
