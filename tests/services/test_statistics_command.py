"""`flask statistics`: a release a quarter, what is shown of it, and what a ministry has said on paper."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.assessments.models import Assessment
from app.assessments.statistic_models import CountedAssessment
from app.db import Database
from tests.services.test_statistics import CODES, N_MEMBERS, count, group_of
from tests.support.application import database_of, served


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application on a database in which twelve of thirty States count."""
    with served(migrated_url) as app:
        with database_of(app).unit_of_work() as session:
            group_of(session, "AFR", CODES[:N_MEMBERS])
            count(session, CODES[:12])
        yield app


@pytest.fixture
def database(app: Flask) -> Database:
    """Its database."""
    return database_of(app)


def test_a_release_is_made_and_listed_and_names_no_state(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    runner = app.test_cli_runner()

    made, listed = (runner.invoke(args=["statistics", word]) for word in ("release", "list"))

    assert made.exit_code == listed.exit_code == 0, made.output
    assert ": 1 are shown." in made.stdout
    assert listed.stdout.startswith("AFR\tGOV\t10\t1\t2\t3\t")
    assert not any(code in made.output + listed.output + caplog.text for code in CODES[:12])


def test_a_second_release_within_the_quarter_is_refused(app: Flask) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["statistics", "release"])

    again = runner.invoke(args=["statistics", "release"])

    assert (again.exit_code, "make the next on" in again.stderr) == (2, True)


def test_what_a_ministry_has_said_is_noted(app: Flask, database: Database) -> None:
    runner = app.test_cli_runner()
    with database.reading() as session:
        assessment_id = session.scalars(select(Assessment.id).limit(1)).one()

    counts = []
    for word in ("leave-out", "leave-out", "count"):
        result = runner.invoke(args=["statistics", word, str(assessment_id)])
        assert result.exit_code == 0, result.output
        with database.reading() as session:
            counts.append(session.get(CountedAssessment, assessment_id) is not None)

    assert counts == [False, False, True]
