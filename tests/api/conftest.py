"""The application on a migrated database, on SQLite and on PostgreSQL, and a client of its API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
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
