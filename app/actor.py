"""Who acts: the person, job or command on whose behalf a service runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Role(StrEnum):
    """What a person is to an organization; nobody without an account has a role."""

    RECIPIENT = "recipient"
    CONTRIBUTOR = "contributor"
    PROVIDER = "provider"
    SECRETARIAT = "secretariat"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a token may be used for; who logs in has all of them."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """The role that a person has in one organization."""

    organization_id: UUID
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person with what they are in their organizations, the public, or the system itself.

    ``request_id`` is the id of the HTTP request the actor came with, for the audit trail.
    """

    user_id: UUID | None = None
    affiliations: frozenset[Affiliation] = frozenset()
    scopes: frozenset[Scope] = frozenset(Scope)
    is_system: bool = False
    request_id: str | None = None

    @property
    def name(self) -> str:
        """What the audit trail calls the actor: a user id, ``system`` or ``public``."""
        if self.is_system:
            return "system"
        return "public" if self.user_id is None else str(self.user_id)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of the actor, in whatever organization."""
        return frozenset(affiliation.role for affiliation in self.affiliations)

    def organizations_as(self, *roles: Role) -> frozenset[UUID]:
        """Return the organizations in which the actor has one of the roles."""
        return frozenset(row.organization_id for row in self.affiliations if row.role in roles)


PUBLIC: Final = Actor()
"""Somebody without an account."""

SYSTEM: Final = Actor(is_system=True)
"""A command of the administrator or a job of the program."""
