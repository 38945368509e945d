"""Challenges for security keys: made here, for one purpose and one browser, answered once and soon."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url

from app.accounts.key_models import SecurityKeyChallenge

CHALLENGE_BYTES: Final = 32
CHALLENGE_MINUTES: Final = 5


class Purpose(StrEnum):
    """What the answer to a challenge is for; one that was asked for something else is none."""

    ADDITION = "addition"
    SECOND_FACTOR = "second_factor"
    LOGIN = "login"


def issue_challenge(
    session: Session, purpose: Purpose, holder: UUID | str, *, now: datetime, key_name: str = ""
) -> bytes:
    """Return a new challenge for the session with that id, or for the browser with that cookie."""
    session.execute(delete(SecurityKeyChallenge).where(SecurityKeyChallenge.expires_at <= now))
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session.add(
        SecurityKeyChallenge(
            challenge=bytes_to_base64url(challenge),
            held_by=_held_by(purpose, holder),
            key_name=key_name,
            expires_at=now + timedelta(minutes=CHALLENGE_MINUTES),
        )
    )
    return challenge


def take_challenge(
    session: Session, purpose: Purpose, holder: UUID | str, challenge: bytes, *, now: datetime
) -> str | None:
    """Return the name that the key is to have, for a challenge that waits for this holder; now it waits no longer.

    None where it is none of theirs, was answered, or is too old.
    """
    # One statement, so that of two requests with the same answer one is refused.
    is_it = (
        SecurityKeyChallenge.challenge == bytes_to_base64url(challenge),
        SecurityKeyChallenge.held_by == _held_by(purpose, holder),
        SecurityKeyChallenge.expires_at > now,
    )
    taken = delete(SecurityKeyChallenge).where(*is_it).returning(SecurityKeyChallenge.key_name)
    return session.scalar(taken)


def _held_by(purpose: Purpose, holder: UUID | str) -> str:
    return hashlib.sha256(f"{purpose.value}:{holder}".encode()).hexdigest()
