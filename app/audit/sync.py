"""Makes stored records equal to wanted ones: each one that changes leaves an event, the others leave none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from app.actor import Actor
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.db import Base

ValueT = TypeVar("ValueT")
RowT = TypeVar("RowT", bound=Base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many records were new, changed, or already as wanted."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )


class RecordKind(ABC, Generic[ValueT, RowT]):
    """How one kind of record is described, stored and changed.

    ``origin`` begins the word for what happened where the audit trail has to tell by what it happened; ``beside`` are the
    words for what happens beside a record, and changes nothing that is described here.
    """

    record_type: str
    origin: str = ""
    beside: frozenset[str] = frozenset()

    @abstractmethod
    def describe_value(self, value: ValueT) -> Document:
        """Return what the record should hold, as JSON values."""

    @abstractmethod
    def describe_row(self, row: RowT) -> Document:
        """Return what the record holds, in the same form."""

    @abstractmethod
    def create(self, value: ValueT) -> RowT:
        """Return a new row for the value."""

    @abstractmethod
    def update(self, row: RowT, value: ValueT) -> None:
        """Make the row hold the value."""

    @abstractmethod
    def record_id(self, row: RowT) -> str:
        """Return what the audit trail calls the row."""


def count_changes(
    kind: RecordKind[ValueT, RowT],
    *,
    wanted: Mapping[str, ValueT],
    existing: Mapping[str, RowT],
) -> Tally:
    """Return what ``sync`` would do, without doing it."""
    n_created = sum(key not in existing for key in wanted)
    n_updated = sum(
        kind.describe_value(value) != kind.describe_row(existing[key])
        for key, value in wanted.items()
        if key in existing
    )
    return Tally(
        created=n_created,
        updated=n_updated,
        unchanged=len(wanted) - n_created - n_updated,
    )


def sync(
    session: Session,
    actor: Actor,
    kind: RecordKind[ValueT, RowT],
    *,
    wanted: Mapping[str, ValueT],
    existing: Mapping[str, RowT],
    clock: Clock = now_utc,
) -> Tally:
    """Create and update records until they are as wanted; records that are not mentioned stay as they are."""
    changes: list[Change] = []
    for key, value in wanted.items():
        row, after = existing.get(key), kind.describe_value(value)
        before = None if row is None else kind.describe_row(row)
        if before == after:
            continue
        if row is None:
            row = kind.create(value)
            session.add(row)
        else:
            kind.update(row, value)
        happened = "registered" if before is None else "updated"
        changes.append(
            Change(
                action=f"{kind.record_type}.{kind.origin}{happened}",
                record_type=kind.record_type,
                record_id=kind.record_id(row),
                before=before,
                after=after,
            )
        )
    session.flush()
    record(session, actor, changes, clock=clock)
    n_created = sum(change.before is None for change in changes)
    return Tally(
        created=n_created,
        updated=len(changes) - n_created,
        unchanged=len(wanted) - len(changes),
    )
