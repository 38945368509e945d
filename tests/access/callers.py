"""Whoever asks: the public, a program with a token, a browser in which somebody is logged in."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody as the service should take them: the roles that count, each with the organization where it does."""

    name: str
    user_id: UUID | None = None
    token: str = ""
    cookie: str = ""
    scopes: frozenset[str] = frozenset({"read", "write"})
    affiliations: tuple[tuple[str, str], ...] = ()
    is_half: bool = False

    @property
    def is_logged_in(self) -> bool:
        """Whether the caller has shown all that they can show."""
        return self.user_id is not None and not self.is_half
