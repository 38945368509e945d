"""What is logged holds nothing that was to be stored, whatever goes wrong."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.needs import entries
from tests.attacks.callers import A_NEED
from tests.attacks.conftest import MakeCaller

SECRET = "Zzyzx"


def test_a_failure_of_the_database_logs_no_value(
    caller: MakeCaller, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error repeated what was to be stored, and a failure is logged whole: a private need stood in the log."""

    def fail(session: Session, _actor: object, given: dict[str, str]) -> None:
        session.execute(text("INSERT INTO nowhere VALUES (:title)"), {"title": given["title"]})

    monkeypatch.setattr(entries, "create_need", fail)

    answer = caller().post("needs", A_NEED | {"title": SECRET})

    assert answer.status_code in (500, 503)
    assert "INSERT INTO nowhere" in caplog.text
    assert SECRET not in caplog.text


def test_statements_that_are_logged_hold_no_value(
    app: Flask, migrated_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever looks for a fault turns the log of statements on."""
    with caplog.at_level(logging.INFO, logger="sqlalchemy.engine"):
        second = create_app(Settings(database_url=migrated_url, secret_key="k" * 32))
        database: Database = second.extensions[DATABASE_EXTENSION]
        second.test_client().get("/api/v1/needs", query_string={"text": SECRET})
        database.close()

    assert "SELECT needs" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_tells_no_value_either(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.unit_of_work() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:title)"), {"title": SECRET})

    assert SECRET not in str(caught.value)
