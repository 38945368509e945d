"""What a key has sealed: how much of it there is, and sealing it anew with the key in use, whatever holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db import is_sealed_with, keyring_of

RowT = TypeVar("RowT")

AT_ONCE: Final = 500  # rows that are locked and sealed anew at a time


def count_sealed(session: Session, column: InstrumentedAttribute[Any], key_name: str) -> int:
    """Return how many values of a column are sealed with the key of that name."""
    return session.scalar(select(func.count()).where(is_sealed_with(column, key_name))) or 0


def reseal(
    session: Session, rows: Select[RowT], column: InstrumentedAttribute[Any], seal_anew: Callable[[RowT], None]
) -> int:
    """Seal with the key in use, row by row, what another one has sealed in a column of the rows; return how many that were."""
    is_stale = (column.is_not(None), ~is_sealed_with(column, keyring_of(session).name_in_use))
    stale, n_sealed = rows.where(*is_stale).limit(AT_ONCE).with_for_update(), 0
    while found := session.scalars(stale).all():
        for row in found:
            seal_anew(row)
        session.flush()
        n_sealed += len(found)
    return n_sealed
