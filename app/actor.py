"""Who acts: the person, job or command on whose behalf a service runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Role(StrEnum):
    """What a person is to Tandem; nobody without an account has a role."""

    RECIPIENT = "recipient"
    CONTRIBUTOR = "contributor"
    PROVIDER = "provider"
    SECRETARIAT = "secretariat"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person with roles, the public, or the system itself.

    ``request_id`` is the id of the HTTP request the actor came with, for the audit trail.
    """

    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    is_system: bool = False
    request_id: str | None = None

    @property
    def name(self) -> str:
        """What the audit trail calls the actor: a user id, ``system`` or ``public``."""
        if self.is_system:
            return "system"
        return "public" if self.user_id is None else str(self.user_id)


PUBLIC: Final = Actor()
"""Somebody without an account."""

SYSTEM: Final = Actor(is_system=True)
"""A command of the administrator or a job of the program."""
