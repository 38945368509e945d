"""The application as it is served, on SQLite and on PostgreSQL, and the program of somebody in an organization."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import Database
from app.organizations.models import OrganizationKind
from tests.attacks.callers import Caller
from tests.factories import create_area, create_organization, create_release, create_state
from tests.factories.accounts import KIND_BY_ROLE, create_api_token, create_user
from tests.support.application import database_of, served


class MakeCaller(Protocol):
    """What the fixture ``caller`` gives."""

    def __call__(self, role: str = "recipient", *, code: str = "ministry") -> Caller:
        """Return the program of somebody with that role in the organization of that code."""


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application as it is served."""
    with served(migrated_url) as app:
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """The application's database, to put records in."""
    return database_of(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is logged in."""
    return app.test_client()


@pytest.fixture
def caller(app: Flask, database: Database) -> MakeCaller:
    """Return a function that gives the program of somebody; there are a State and an area to write about."""
    with database.unit_of_work() as session:
        for code in ("XAA", "XAB"):
            create_state(session, code)
        create_release(session)
        create_area(session, "IRC.1")

    def make(role: str = "recipient", *, code: str = "ministry") -> Caller:
        with database.unit_of_work() as session:
            kind = KIND_BY_ROLE.get(role, OrganizationKind.SECRETARIAT)  # type: ignore[call-overload]
            organization = create_organization(session, code, kind=kind)
            user = create_user(session, role, organization=organization)
            return Caller(
                client=app.test_client(), secret=create_api_token(session, user), organization_id=organization.id
            )

    return make
