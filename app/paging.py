"""Pages of a list by keyset: a cursor says after or before which row, so that rows never move between pages."""

from __future__ import annotations

import base64
import csv
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

from sqlakeyset import Marker, select_page, serialize_bookmark, unserialize_bookmark
from sqlalchemy import ColumnElement, Select, UnaryExpression
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeDecorator

from app.db import MAX_INTEGER
from app.errors import AppError

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
MAX_CURSOR_LENGTH: Final = 2000

RecordT = TypeVar("RecordT")
SortKey = ColumnElement[Any] | InstrumentedAttribute[Any]


class BadCursorError(AppError):
    """A cursor that this list did not give out."""

    code = "bad_cursor"
    status = 400
    title = "The cursor cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page of a list is wanted: how many rows, and from which cursor; without one, the first."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[RecordT]):
    """One page of a list; a cursor is absent where there is nothing more on that side."""

    items: tuple[RecordT, ...]
    next_cursor: str | None
    previous_cursor: str | None


EMPTY_PAGE: Final[Page[Any]] = Page(items=(), next_cursor=None, previous_cursor=None)


def read_page(
    session: Session,
    statement: Select[RecordT],
    page: PageRequest,
    *,
    order_by: Sequence[SortKey],
) -> Page[RecordT]:
    """Return one page of what the statement selects.

    The sort keys have to be present in every row and together unique.

    Raises
    ------
    BadCursorError
        When the cursor was not made for these sort keys.
    """
    marker = _decode(page.cursor, order_by) if page.cursor else Marker()
    found = select_page(session, statement.order_by(*order_by), per_page=page.limit, page=marker)  # type: ignore[type-var]  # its types are those of SQLAlchemy 2.0
    paging = found.paging
    return Page(
        items=tuple(row[0] for row in found),
        next_cursor=_encode(paging.next) if paging.has_next else None,
        previous_cursor=_encode(paging.previous) if paging.has_previous else None,
    )


def _encode(marker: Marker) -> str:
    return base64.urlsafe_b64encode(serialize_bookmark(marker).encode()).decode().rstrip("=")


def _decode(cursor: str, order_by: Sequence[SortKey]) -> Marker:
    problem = BadCursorError("The cursor is not one of this list; start again without it.")
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise problem
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        marker = unserialize_bookmark(text)
    except (ValueError, csv.Error, StopIteration, OverflowError) as error:
        raise problem from error
    place = marker.place
    if place is None or len(place) != len(order_by):
        raise problem
    if not all(_is_of(value, key) for value, key in zip(place, order_by, strict=True)):
        raise problem
    return marker


def _is_of(value: object, key: SortKey) -> bool:
    """Return whether a cursor's value can be compared with the key without the database refusing it."""
    kind = (key.element if isinstance(key, UnaryExpression) else key).type
    if type(value) is not (kind.impl_instance if isinstance(kind, TypeDecorator) else kind).python_type:
        return False
    match value:
        case str():
            return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value)
        case int():
            return abs(value) <= MAX_INTEGER
        case datetime():
            return value.tzinfo is not None and _has_utc(value)
    return True


def _has_utc(instant: datetime) -> bool:
    """Return whether an instant is within the calendar in UTC too, as the database keeps it."""
    try:
        instant.astimezone(UTC)
    except OverflowError:
        return False
    return True
