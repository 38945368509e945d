"""`flask status`: where needs and offers stand, told without a word of theirs, and moved by who runs the machine."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask

from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from app.needs.queries import get_need
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer
from tests.support.application import database_of, served

NEVER = "12345678-1234-4234-8234-123456789abc"


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application on a database of the test's own."""
    with served(migrated_url) as app:
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """Its database."""
    return database_of(app)


def run(app: Flask, *arguments: object) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=["status", *map(str, arguments)])


def a_draft(database: Database) -> UUID:
    with database.unit_of_work() as session:
        return create_need(session, visibility=Visibility.PRIVATE, title="Our grid is open").id


def test_a_list_says_where_records_stand_and_nothing_of_what_they_say(app: Flask, database: Database) -> None:
    draft = a_draft(database)
    with database.unit_of_work() as session:
        create_need(session)

    drafts, all_of_them = run(app, "list", "need", "--status", "draft"), run(app, "list", "need")

    assert drafts.stdout == f"{draft}\tcert-xaa\tdraft\t-\n"
    assert len(all_of_them.stdout.splitlines()) == 2
    assert "Our grid is open" not in all_of_them.output


def test_a_record_is_moved_and_the_trail_tells_it(app: Flask, database: Database) -> None:
    draft = a_draft(database)

    refused = run(app, "move", "need", draft, "publish")
    moved = run(app, "move", "need", draft, "publish", "--visibility", "members")
    again = run(app, "move", "need", draft, "publish", "--visibility", "members")

    assert (refused.exit_code, moved.exit_code, again.exit_code) == (2, 0, 2)
    assert "Say who may see it" in refused.stderr
    assert moved.stdout == "The need is published; seen by: members.\n"
    with database.reading() as session:
        assert get_need(session, SYSTEM, draft).visibility is Visibility.MEMBERS
        assert [event.action for event in session.query(AuditEvent) if event.record_type == "need"] == [
            "need.published"
        ]


def test_an_agreement_takes_a_place(app: Flask, database: Database) -> None:
    with database.unit_of_work() as session:
        need, other, offer = create_need(session).id, create_need(session).id, create_offer(session, capacity=1).id

    agreed, too_many, unknown = (run(app, "agree", one, offer) for one in (need, other, NEVER))

    assert agreed.stdout == "The need is matched; places left of the offer: 0 of 1.\n"
    assert (too_many.exit_code, unknown.exit_code) == (2, 2)
    assert "All places of this offer are taken" in too_many.stderr
