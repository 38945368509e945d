"""What every factory does: give each call another number, and store what it made."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.db import Base

AN_INSTANT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

RowT = TypeVar("RowT", bound=Base)

_numbers = count(1)


def next_number() -> int:
    """Return a number that no factory had before in this process."""
    return next(_numbers)


def store(session: Session, row: RowT) -> RowT:
    """Return the row after the database has accepted it."""
    session.add(row)
    session.flush()
    return row


def filled(columns: dict[str, Any], **ordinary: Any) -> dict[str, Any]:
    """Return the ordinary columns with those of the test in their place."""
    return ordinary | columns
