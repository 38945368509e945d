"""`flask needs`: signatures are listed, asked for and noted by who runs the machine, and what is under way is listed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from click.testing import Result
from flask import Flask

from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization, create_state
from tests.support.application import database_of, served


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application on a database of the test's own."""
    with served(migrated_url) as app:
        yield app


@pytest.fixture
def need_id(app: Flask) -> UUID:
    """A draft of one State that names another one."""
    with database_of(app).unit_of_work() as session:
        for state in ("XAA", "XAB"):
            create_state(session, state)
        home = create_organization(session, "home", kind=OrganizationKind.STATE, state_code="XAA")
        told = {"visibility": Visibility.PRIVATE, "states": ("XAA", "XAB"), "title": "Our grid is open"}
        return create_need(session, organization=home, **told).id


def run(app: Flask, *arguments: object) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=["needs", *map(str, arguments)])


def test_a_need_is_asked_for_signed_and_left(app: Flask, need_id: UUID) -> None:
    told = [
        run(app, "signatures", need_id),
        run(app, "ask", need_id, "xab"),
        run(app, "sign", need_id, "XAB", "--visibility", "members"),
        run(app, "signatures", need_id),
        run(app, "leave", need_id, "XAB", "--reason", "Not now"),
        run(app, "ask", need_id, "XAB"),
        run(app, "decline", need_id, "XAB"),
    ]

    assert [result.stdout for result in told] == [
        "XAB\tnamed\t-\t-\n",
        "The need is draft; XAB asked.\n",
        "The need is draft; XAB signed.\n",
        "XAB\tsigned\tmembers\t-\n",
        "The need is draft; XAB left.\n",
        "The need is draft; XAB asked.\n",
        "The need is draft; XAB declined.\n",
    ]
    assert not any("grid" in result.output for result in told)


def test_what_cannot_be_done_is_told_in_one_line(app: Flask, need_id: UUID) -> None:
    for arguments, words in (
        (("sign", need_id, "XAB", "--visibility", "members"), "cannot be done now"),
        (("ask", need_id, "XAA"), "no such State"),
        (("ask", UUID(int=1), "XAB"), "no such need"),
    ):
        result = run(app, *arguments)

        assert result.exit_code == 2
        assert words in result.stderr
    assert run(app, "sign", need_id, "XAB").exit_code == 2


def test_what_is_under_way_beside_a_need_is_listed(app: Flask, need_id: UUID) -> None:
    with database_of(app).unit_of_work() as session:
        other = create_need(session, title="A course", underway="It runs until June.")
    told = run(app, "under-way", need_id)

    assert (told.exit_code, told.output) == (0, f"{other.id}\tpublished\t-\tA course\n")


def test_of_no_need_there_is_nothing_under_way(app: Flask) -> None:
    told = run(app, "under-way", uuid4())

    assert (told.exit_code, "There is no such need." in told.output) == (2, True)
