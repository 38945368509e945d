"""The application on a migrated database, on SQLite and on PostgreSQL, and a client of its API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.actor import Scope
from app.db import Database
from app.organizations.models import OrganizationKind
from tests.api.callers import Caller, MakeCaller
from tests.factories import create_area, create_organization, create_release, create_state
from tests.factories.accounts import create_api_token, create_user
from tests.support.application import database_of, served
from tests.support.postgres import Cluster


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application on a database of the test's own."""
    with served(migrated_url) as app:
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database, to put records in."""
    return database_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody without an account."""
    return app.test_client()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def idle_client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Somebody without an account, on a database that stays empty: the tests of a module share it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("idle") / "tandem.sqlite3"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        with served(f"sqlite:///{path}") as app:
            yield app.test_client()
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database(request.getfixturevalue("migrated_postgres"))
    with served(cluster.url(name)) as app:
        yield app.test_client()
    cluster.drop_database(name)


@pytest.fixture
def caller(client: FlaskClient, database: Database) -> MakeCaller:
    """Return a function that gives a program of somebody in an organization."""
    with database.unit_of_work() as session:
        create_state(session, "XAA")
        create_release(session)
        create_area(session, "IRC.1", terms=(("en", "incident responders"),))

    def make(role: str = "recipient", *, code: str = "ministry", scope: Scope = Scope.WRITE) -> Caller:
        kind = OrganizationKind.PROVIDER if role == "provider" else OrganizationKind.STATE
        with database.unit_of_work() as session:
            user = create_user(session, role, organization=create_organization(session, code, kind=kind))
            return Caller(client=client, secret=create_api_token(session, user, scope=scope))

    return make
