"""The clock: the one place that asks what time it is, so that tests can say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

Clock = Callable[[], datetime]
"""Something that returns the present instant, aware and in UTC."""


def now_utc() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def today_utc(clock: Clock = now_utc) -> date:
    """Return the present day in UTC."""
    return clock().astimezone(UTC).date()
