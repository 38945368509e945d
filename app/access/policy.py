"""Who may do what: every permission, the roles that have it, and the one question about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.actor import Actor, Role
from app.errors import ForbiddenError


class Permission(StrEnum):
    """One thing that an actor may be allowed to do."""

    REFERENCE_LOAD = "reference:load"
    SAMPLE_LOAD = "sample:load"
    ORGANIZATION_CREATE = "organization:create"
    NEED_IMPORT = "need:import"
    OFFER_IMPORT = "offer:import"
    MATCH_RUN_CREATE = "match_run:create"


ROLES_BY_PERMISSION: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.REFERENCE_LOAD: frozenset({Role.ADMINISTRATOR}),
    Permission.SAMPLE_LOAD: frozenset({Role.ADMINISTRATOR}),
    Permission.ORGANIZATION_CREATE: frozenset({Role.ADMINISTRATOR}),
    Permission.NEED_IMPORT: frozenset({Role.SECRETARIAT, Role.ADMINISTRATOR}),
    Permission.OFFER_IMPORT: frozenset({Role.SECRETARIAT, Role.ADMINISTRATOR}),
    Permission.MATCH_RUN_CREATE: frozenset({Role.SECRETARIAT, Role.ADMINISTRATOR}),
}


def may(actor: Actor, permission: Permission) -> bool:
    """Return whether the actor has the permission; the system has every one."""
    return actor.is_system or not actor.roles.isdisjoint(ROLES_BY_PERMISSION[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Do nothing where the actor has the permission.

    Raises
    ------
    ForbiddenError
        When the actor does not have it.
    """
    if not may(actor, permission):
        raise ForbiddenError(f"This needs the permission {permission.value}; ask an administrator for it.")
