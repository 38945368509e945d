"""Schemathesis with all of its checks, as everybody whom the API knows: a small sample here, the long form in `make soak`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.actor import Role
from app.areas.models import ReleaseState
from app.codes import AREA_CODES, GROUP_CODES, STATE_CODES
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.needs import queries
from app.organizations.models import OrganizationKind
from app.states.models import GroupScheme
from matching.vocabulary import Visibility
from tests.api.conftest import served
from tests.factories import (
    create_area,
    create_group,
    create_match,
    create_match_run,
    create_match_run_file,
    create_need,
    create_offer,
    create_organization,
    create_release,
    create_state,
    create_tandem,
    create_unmet_need,
)
from tests.factories.accounts import create_api_token, create_user
from tests.factories.answers import create_coalition, create_offer_duplicate, create_pool_change, create_sensitivity
from tests.support.fuzzing import DOCUMENT, PHASES, Effort, Outcome, fuzz
from tests.support.keys import KEYRING
from tests.support.postgres import Cluster

PUBLIC = "public"
CALLERS = (PUBLIC, *(role.value for role in Role))
# Of what one tries case by case, from the schemas alone, hardly anything depends on who asks: in the sample one does it
# for all, who may make needs and offers alike.
THOROUGH = Role.SECRETARIAT.value
STATE_ROLES = (Role.RECIPIENT, Role.CONTRIBUTOR)
# What is answered of a record that is there: read, unchanged since, or changed since.
FOUND = (200, 304, 412)


@dataclass(frozen=True, kw_only=True)
class World:
    """A database to copy, with something in every list, and a token of each role."""

    path: Path
    tokens: Mapping[str, str]


@pytest.fixture(scope="module")
def world(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The database that each caller finds."""
    path = tmp_path_factory.mktemp("fuzzing") / "tandem.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}", keyring=KEYRING)
    with database.unit_of_work() as session:
        tokens = populate(session)
    database.close()
    return World(path=path, tokens=tokens)


def populate(session: Session) -> dict[str, str]:
    """Store every code that the document lists, and a record of each kind; return a token of each role."""
    create_release(session)
    for code in STATE_CODES:
        create_state(session, code)
    for code in GROUP_CODES:
        create_group(session, code, GroupScheme.BLOC)
    for code in AREA_CODES:
        create_area(session, code)
    create_release(session, "2", state=ReleaseState.DRAFT, base_release="1", adopted_on=None)
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    provider = create_organization(session, "provider", kind=OrganizationKind.PROVIDER)
    for visibility in Visibility:
        need = create_need(session, organization=ministry, states=STATE_CODES[:1], visibility=visibility)
        offer = create_offer(session, organization=provider, visibility=visibility)
    before, run = create_match_run(session), create_match_run(session)
    create_match(session, run=run, need=need, offer=offer)
    create_unmet_need(session, run=run, need=create_need(session, states=STATE_CODES[:1]))
    create_tandem(session, run=before)
    create_tandem(session, run=run)
    create_sensitivity(session, run=run, need=need, offer=offer)
    create_coalition(session, run=run, need=need)
    create_pool_change(session, run=run)
    create_offer_duplicate(session, run=run, one=offer)
    create_match_run_file(session, run=run)
    own = dict.fromkeys(STATE_ROLES, ministry) | {Role.PROVIDER: provider}
    return {
        role.value: create_api_token(session, create_user(session, role, organization=own.get(role))) for role in Role
    }


def fuzzed(world: World, folder: Path, effort: Effort, caller: str) -> Outcome:
    path = folder / "tandem.sqlite3"
    shutil.copyfile(world.path, path)
    with served(f"sqlite:///{path}") as app:
        return fuzz(app, effort, token=world.tokens.get(caller))


def operations(app: Flask) -> set[str]:
    paths = app.test_client().get(DOCUMENT).json["paths"]
    methods = ("get", "post", "patch", "put", "delete")
    return {f"{method.upper()} {path}" for path, item in paths.items() for method in item if method in methods}


@pytest.mark.parametrize("caller", CALLERS)
def test_the_api_is_as_its_document_says(world: World, tmp_path: Path, caller: str) -> None:
    phases = PHASES if caller == THOROUGH else ("fuzzing", "stateful")

    outcome = fuzzed(world, tmp_path, Effort(examples=3, phases=phases), caller)

    assert not outcome.findings, "\n\n".join(outcome.findings)
    with served(f"sqlite:///{tmp_path / 'tandem.sqlite3'}") as app:
        assert {step.operation for step in outcome.steps} == operations(app)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("caller", CALLERS)
def test_the_api_is_as_its_document_says_at_length(world: World, tmp_path: Path, caller: str, seed: int) -> None:
    outcome = fuzzed(world, tmp_path, Effort(examples=100, seed=seed), caller)

    assert not outcome.findings, "\n\n".join(outcome.findings)


@pytest.mark.soak
@pytest.mark.parametrize("noun", ["need", "offer"])
def test_what_was_created_is_read_and_changed(world: World, tmp_path: Path, noun: str) -> None:
    """Over the whole API too few walks lead from a record that was made to itself."""
    walks = Effort(examples=100, phases=("stateful",), within=rf"^/api/v1/{noun}s(/[^/]+)?$")

    outcome = fuzzed(world, tmp_path, walks, THOROUGH)

    assert not outcome.findings, "\n\n".join(outcome.findings)
    made = [step for step in outcome.steps if step.after == f"POST /api/v1/{noun}s" and step.status in FOUND]
    assert {step.operation for step in made} >= {
        f"{method} /api/v1/{noun}s/{{{noun}_id}}" for method in ("GET", "PATCH")
    }


@pytest.mark.soak
@pytest.mark.parametrize("caller", [Role.RECIPIENT.value, Role.PROVIDER.value, THOROUGH])
def test_the_api_is_as_its_document_says_on_postgresql(
    postgres_cluster: Cluster, migrated_postgres: str, caller: str
) -> None:
    name = postgres_cluster.create_database(migrated_postgres)
    with served(postgres_cluster.url(name)) as app:
        database: Database = app.extensions[DATABASE_EXTENSION]
        with database.unit_of_work() as session:
            tokens = populate(session)

        outcome = fuzz(app, Effort(examples=30), token=tokens[caller])

    postgres_cluster.drop_database(name)
    assert not outcome.findings, "\n\n".join(outcome.findings)


def test_reads_carry_the_token_and_writes_wrong_ones_too(world: World, tmp_path: Path) -> None:
    """Reads have no security scheme and once went without the token; a way round it gave the right one to every write."""
    outcome = fuzzed(world, tmp_path, Effort(examples=12, seed=2, phases=("fuzzing",)), THOROUGH)

    right = f"Bearer {world.tokens[THOROUGH]}"
    public = {f"GET /api/v1/{noun}" for noun in ("needs", "offers", "states", "match-runs")}
    reads = {step.credentials for step in outcome.steps if step.operation in public}
    writes = {step.credentials for step in outcome.steps if not step.operation.startswith("GET ")}
    assert reads == {right}
    assert right in writes
    assert writes - {right}
    assert not outcome.findings, "\n\n".join(outcome.findings)


def test_a_failure_within_is_found(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(queries, "list_page", fail)

    outcome = fuzzed(world, tmp_path, Effort(examples=1, phases=("fuzzing",)), PUBLIC)

    assert any("not_a_server_error of GET /api/v1/needs:" in finding for finding in outcome.findings)
