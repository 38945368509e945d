"""`flask labels`: the principles, the labels that there are, and granting and withdrawing them by who runs the machine."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask

from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.clock import today_utc
from app.db import Database
from app.offers.queries import get_offer
from tests.factories import create_offer, create_organization, create_principle
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


@pytest.fixture
def offer_id(database: Database) -> str:
    """An offer, and two principles to check it against."""
    with database.unit_of_work() as session:
        create_principle(session, "P1", title_en="A lasting process")
        create_principle(session, "P2", title_en="A clear purpose")
        home = create_organization(session, "centre")
        return str(create_offer(session, organization=home, title="Our secret course").id)


def run(app: Flask, *arguments: str) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=["labels", *arguments])


def test_a_label_is_granted_confirmed_and_withdrawn_and_the_trail_tells_it(
    app: Flask, database: Database, offer_id: str
) -> None:
    today = today_utc().isoformat()

    granted = run(app, "grant", offer_id, "--reason", "All is well.")
    twice = run(app, "grant", offer_id, "--reason", "All is well.")
    listed = run(app, "list")
    checked = run(app, "check", offer_id, "p1", "met", "--how", "For two years.")
    changed = run(app, "list", "--label", "changed")
    confirmed = run(app, "confirm", offer_id, "--reason", "Still well.")
    changed_no_more = run(app, "list", "--label", "changed")
    withdrawn = run(app, "withdraw", offer_id, "--reason", "Not any more.")

    assert granted.stdout == confirmed.stdout == f"The offer has the label of {today}.\n"
    assert listed.stdout == f"{offer_id}\tcentre\t{today}\tin_force\n"
    assert checked.stdout == "The offer meets 1 of 2 principles, as its provider says.\n"
    assert changed.stdout == f"{offer_id}\tcentre\t{today}\tchanged\n"
    assert changed_no_more.stdout == ""
    assert withdrawn.stdout == "The offer has no label.\n"
    assert (twice.exit_code, "has a label already" in twice.stderr) == (2, True)
    assert run(app, "list", "--label", "none").stdout == f"{offer_id}\tcentre\t-\tnone\n"
    with database.reading() as session:
        assert [event.action for event in session.query(AuditEvent).order_by(AuditEvent.position)] == [
            "offer.label_granted",
            "offer.principles_changed",
            "offer.label_confirmed",
            "offer.label_withdrawn",
        ]


def test_what_cannot_be_is_refused_in_one_sentence(app: Flask, database: Database, offer_id: str) -> None:
    refused = {
        "no reason": run(app, "grant", offer_id, "--reason", " "),
        "reason not given": run(app, "grant", offer_id),
        "no label": run(app, "withdraw", offer_id, "--reason", "Why."),
        "no offer": run(app, "grant", NEVER, "--reason", "Why."),
        "no principle": run(app, "check", offer_id, "P9", "met"),
        "no answer": run(app, "check", offer_id, "P1", "maybe"),
    }

    assert {name: result.exit_code for name, result in refused.items()} == dict.fromkeys(refused, 2)
    assert "There is no principle of the code P9." in refused["no principle"].stderr
    with database.reading() as session:
        offer = get_offer(session, SYSTEM, UUID(offer_id))
        assert (offer.label, offer.checklist) == (None, [])


def test_the_principles_are_listed(app: Flask, offer_id: str) -> None:
    assert offer_id
    assert run(app, "principles").stdout == "P1\tA lasting process\nP2\tA clear purpose\n"


def test_the_ten_principles_come_with_the_reference_data(app: Flask) -> None:
    loaded = app.test_cli_runner().invoke(args=["load", "reference"])

    assert "Principles: 10 new, 0 updated, 0 unchanged." in loaded.stdout
    assert [line.split("\t")[0] for line in run(app, "principles").stdout.splitlines()] == [
        *("P1", "P2", "P3", "P4", "P5"),
        *("R1", "R2", "R3"),
        *("L1", "L2"),
    ]
