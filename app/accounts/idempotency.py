"""Requests that a program may send again without doing anything twice: each has a key, and what came of it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import IdempotencyKey
from app.actor import Actor
from app.clock import Clock, now_utc
from app.db import keyring_of
from app.errors import InvalidInputError

HASH_PURPOSE: Final = "idempotency"
ATTEMPTS: Final = 3  # a second request with a key waits for the first, and then finds what came of it

ResultT = TypeVar("ResultT")


class IdempotencyKeyReusedError(InvalidInputError):
    """The key was sent before, with another request."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """A request and its key; without one it is done each time."""

    key: str | None
    operation: str
    body: Mapping[str, Any]

    def hashes(self, session: Session) -> tuple[str, ...]:
        """Return the hash of what is asked for under each key of the database, that of the one in use first.

        A body may say what is secret, so that nobody is to find it out by trying.
        """
        keyring = keyring_of(session)
        spelled = json.dumps([self.operation, self.body], sort_keys=True, default=str)
        return tuple(keyring.mark(spelled, name=name, purpose=HASH_PURPOSE) for name in keyring.names)


def do_once(
    unit_of_work: Callable[[], AbstractContextManager[Session]],
    actor: Actor,
    request: KeyedRequest,
    *,
    create: Callable[[Session], tuple[UUID, ResultT]],
    read: Callable[[Session, UUID], ResultT],
    clock: Clock = now_utc,
) -> ResultT:
    """Return what a request creates, or what it created when it was sent before.

    Raises
    ------
    IdempotencyKeyReusedError
        When the key was sent with another request.
    """
    for attempt in range(ATTEMPTS):
        try:
            with unit_of_work() as session:
                return _do(session, actor, request, create=create, read=read, clock=clock)
        except IntegrityError:
            # Somebody else did the same at the same time: once they are done, it is there to be found.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("The last attempt returns or raises.")


def _do(
    session: Session,
    actor: Actor,
    request: KeyedRequest,
    *,
    create: Callable[[Session], tuple[UUID, ResultT]],
    read: Callable[[Session, UUID], ResultT],
    clock: Clock,
) -> ResultT:
    if request.key is None or actor.user_id is None:
        return create(session)[1]
    known = session.get(IdempotencyKey, (actor.user_id, request.key))
    if known is not None:
        if known.request_sha256 not in request.hashes(session) or known.record_id is None:
            raise IdempotencyKeyReusedError("This Idempotency-Key was sent with another request; take a new one.")
        return read(session, known.record_id)
    digest, *_ = request.hashes(session)
    row = IdempotencyKey(user_id=actor.user_id, key=request.key, request_sha256=digest, created_at=clock())
    session.add(row)
    # Whoever sends the same key at the same time waits here, and is refused once this request is done.
    session.flush()
    row.record_id, result = create(session)
    return result
