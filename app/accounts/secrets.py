"""Secrets that are handed out once: random tokens, of which the database keeps a hash."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32  # of chance: nothing that one could try through
TOKEN_PREFIX: Final = "tandem_"  # noqa: S105 – not a secret, but by what a scanner for leaked ones knows them
MAX_TOKEN_LENGTH: Final = 100


def new_token() -> str:
    """Return a token that nobody has had."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return what is kept of a token: its SHA-256, in hexadecimal, since it cannot be guessed from that."""
    return hashlib.sha256(token.encode()).hexdigest()
