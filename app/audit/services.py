"""Writing the audit trail: every change becomes an event in the transaction that makes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from app.actor import Actor
from app.audit.models import AuditEvent
from app.clock import Clock, now_utc
from app.db import find_keyring
from app.sealing import NO_KEYRING, Keyring, UnsealingError

Document = Mapping[str, Any]
"""A record as JSON values, with everything about it that can change."""

FIRST_PREVIOUS_HASH: Final = "0" * 64
EVENTS_AT_ONCE: Final = 1000
HASH_PURPOSE: Final = "audit"  # for which the key of the chain is derived
RECORD_PURPOSE: Final = (
    "audit.record"  # and that of the hashes of records, so that nobody can try what a record may say
)
CHAIN_LOCK_KEY: Final = 7_846_301  # of PostgreSQL's advisory lock; any number that nothing else here uses


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one record; ``before`` is absent for a new one, ``after`` for one that is gone."""

    action: str
    record_type: str
    record_id: str
    before: Document | None
    after: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain at some time, to be kept elsewhere."""

    position: int
    hash: str


def record(session: Session, actor: Actor, changes: Sequence[Change], *, clock: Clock = now_utc) -> None:
    """Append one event for each change, in order, to the end of the chain."""
    if not changes:
        return
    _lock_chain(session)
    position, previous_hash = _head(session)
    occurred_at = clock().astimezone(UTC)
    keyring = find_keyring(session)
    rows = []
    for change in changes:
        position += 1
        row = _event(actor, change, keyring, occurred_at=occurred_at, previous_hash=previous_hash)
        previous_hash = row["hash"] = event_hash(row, keyring)
        rows.append(row | {"position": position})
    session.execute(insert(AuditEvent), rows)


def newest_actions(
    session: Session, record_type: str, record_ids: Collection[str], *, apart_from: Collection[str] = ()
) -> dict[str, str]:
    """Return what happened to each of these records last, by record id; one without an event is absent."""
    events = select(AuditEvent.record_id, AuditEvent.action).where(
        AuditEvent.record_type == record_type,
        AuditEvent.record_id.in_(record_ids),
        AuditEvent.action.not_in(apart_from),
    )
    # The later event of a record takes the place of the one before.
    return dict(session.execute(events.order_by(AuditEvent.position)).all())


def count_hashed(session: Session, key_name: str) -> int:
    """Return how many events are hashed with a key."""
    return session.scalar(select(func.count(AuditEvent.position)).where(AuditEvent.key_name == key_name)) or 0


def find_head(session: Session) -> Head:
    """Return where the chain ends: how many events there are, and the hash of the last."""
    position, last_hash = _head(session)
    return Head(position=position, hash=last_hash)


def find_broken_position(session: Session, *, anchor: Head | None = None) -> int | None:
    """Return the position of the first event that is not as it was written, or was taken away; None where all is well.

    The chain shows an event that was altered, put in, taken out or moved. That a chain was cut at its end, put back to an
    earlier state, or written anew by somebody who has the keys, only shows against an anchor: a head that was kept elsewhere.

    Raises
    ------
    UnsealingError
        When a key with which events were hashed is not there.
    """
    newest_last = select(AuditEvent).order_by(AuditEvent.position)
    keyring, position, is_keyed = find_keyring(session), 0, False
    with session.execute(newest_last.execution_options(yield_per=EVENTS_AT_ONCE)) as result:
        previous_hash = FIRST_PREVIOUS_HASH
        for position, event in enumerate(result.scalars(), start=1):
            row = {column.key: getattr(event, column.key) for column in AuditEvent.__table__.columns}
            # Once there was a key, nobody writes without one but whoever does not have it.
            is_as_before = event.key_name is not None or not is_keyed
            is_intact = event.hash == event_hash(row, keyring) and event.previous_hash == previous_hash
            is_anchored = anchor is None or anchor.position != position or anchor.hash == event.hash
            if event.position != position or not (is_intact and is_as_before and is_anchored):
                return event.position
            previous_hash, is_keyed = event.hash, event.key_name is not None
    return position + 1 if anchor is not None and anchor.position > position else None


def canonical_json(document: Document) -> str:
    """Return the one spelling of a document that its hash is taken of."""
    return json.dumps(
        document,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def document_hash(document: Document) -> str:
    """Return the SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def event_hash(row: Mapping[str, Any], keyring: Keyring | None = None) -> str:
    """Return the hash of an event: of all its columns but the position and the hash itself, with the key that it names.

    Raises
    ------
    UnsealingError
        When it names a key that is not there.
    """
    covered = {key: value for key, value in row.items() if key not in ("position", "hash")}
    covered["id"] = str(covered["id"])
    covered["occurred_at"] = covered["occurred_at"].astimezone(UTC).isoformat(timespec="microseconds")
    name = covered.pop("key_name", None)
    if name is None:
        return document_hash(covered)
    if keyring is None:
        raise UnsealingError(NO_KEYRING)
    return keyring.mark(canonical_json(covered), name=name, purpose=HASH_PURPOSE)


def record_hash(document: Document | None, keyring: Keyring | None) -> str | None:
    """Return what stands for a record in an event, made with the key in use where there is one; nothing for none."""
    if document is None or keyring is None:
        return None if document is None else document_hash(document)
    return keyring.mark(canonical_json(document), name=keyring.name_in_use, purpose=RECORD_PURPOSE)


def _event(
    actor: Actor, change: Change, keyring: Keyring | None, *, occurred_at: datetime, previous_hash: str
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "occurred_at": occurred_at,
        "actor": actor.name,
        "action": change.action,
        "record_type": change.record_type,
        "record_id": change.record_id,
        "before_hash": record_hash(change.before, keyring),
        "after_hash": record_hash(change.after, keyring),
        "request_id": actor.request_id,
        "key_name": None if keyring is None else keyring.name_in_use,
        "previous_hash": previous_hash,
    }


def _lock_chain(session: Session) -> None:
    # Two writers who read the same end of the chain would both follow it. SQLite has one writer at a time anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK_KEY})


def _head(session: Session) -> tuple[int, str]:
    newest = select(AuditEvent.position, AuditEvent.hash).order_by(AuditEvent.position.desc()).limit(1)
    row = session.execute(newest).first()
    return (0, FIRST_PREVIOUS_HASH) if row is None else (row.position, row.hash)
