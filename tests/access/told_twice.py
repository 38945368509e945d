"""What each caller should see and may do, by the tables that the tests hold a second time."""

from __future__ import annotations

from typing import Final, Protocol

from tests.access.callers import Caller
from tests.services.test_access import (
    MAY,
    MAY_AS_PARTNER,
    READS_EVENTS_ON,
    SEEN_OF_OTHERS,
    SEEN_OF_OWN_NEEDS,
    SEEN_OF_OWN_OFFERS,
    SEES_FIELDS,
)

SECOND_FACTOR: Final = {"recipient", "secretariat", "administrator"}
SEEN_OF_OWN: Final = {"need": SEEN_OF_OWN_NEEDS, "offer": SEEN_OF_OWN_OFFERS}

# As in tests/services/test_people.py, but for the kinds of organizations, which have no say here.
CIRCLE_OF_ASSESSMENT: Final = {"own": "secretariat", "other": "secretariat", "third": "public"}
GIVEN: Final[dict[str, set[str]]] = {
    "recipient": {"recipient", "contributor", "provider"},
    "provider": {"provider"},
    "administrator": {"recipient", "contributor", "provider", "secretariat", "analyst", "administrator"},
}


class Kept(Protocol):
    """A need or an offer."""

    @property
    def kind(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def visibility(self) -> str: ...
    @property
    def is_joint(self) -> bool: ...


def sees(caller: Caller, record: Kept) -> bool:
    """Return whether the caller should see the record."""
    is_partner = record.is_joint and any(
        may_as_partner(role, own, record.owner, "need:read") for role, own in caller.affiliations
    )
    return (
        record.visibility == "public"
        or (is_partner and "read" in caller.scopes)
        or any(
            record.visibility in (SEEN_OF_OWN[record.kind] if owner == record.owner else SEEN_OF_OTHERS)[role]
            for role, owner in caller.affiliations
            if "read" in caller.scopes
        )
    )


def sees_circle(caller: Caller, visibility: str) -> bool:
    """Return whether the caller should see what is for a circle, whoever keeps it."""
    return visibility == "public" or any(visibility in SEEN_OF_OTHERS[role] for role, _ in caller.affiliations)


def sees_exclusions(caller: Caller, owner: str) -> bool:
    """Return whether the caller should see whom a need excludes that they see."""
    return any(
        "need.excluded_providers" in SEES_FIELDS[role][0 if own == owner else 1] for role, own in caller.affiliations
    )


def knows(caller: Caller, owner: str) -> bool:
    """Return whether the caller should see an organization; it keeps public records, unless it is the third."""
    return owner != "third" or may(caller, "organization:read", owner)


def sees_assessment(caller: Caller, owner: str, state: str) -> bool:
    """Return whether the caller should see the assessment of a State, which shows one part of it to a circle."""
    is_shown = state == "submitted" and sees_circle(caller, CIRCLE_OF_ASSESSMENT[owner])
    return may(caller, "assessment:read", owner) or is_shown


def reads_event_on(caller: Caller, record: Kept) -> bool:
    """Return whether the caller should read an event about a record: in one role that does, and sees the record."""
    return "read" in caller.scopes and any(
        record.kind in READS_EVENTS_ON[role]
        and "audit:read" in MAY[role][0 if own == record.owner else 1]
        and record.visibility in (SEEN_OF_OWN[record.kind] if own == record.owner else SEEN_OF_OTHERS)[role]
        for role, own in caller.affiliations
    )


def may(caller: Caller, permission: str, owner: str) -> bool:
    """Return whether the caller should have the permission for what an organization keeps; to sign, of its joint need."""
    scope = "read" if permission.endswith(":read") else "write"
    return scope in caller.scopes and any(
        permission in MAY[role][0 if own == owner else 1]
        or (permission == "need:sign" and may_as_partner(role, own, owner, permission))
        for role, own in caller.affiliations
    )


def may_as_partner(role: str, own: str, owner: str, permission: str) -> bool:
    """Return whether a role should have the permission for the joint need that another organization asks its State to sign."""
    return (own, owner) == ("own", "other") and permission in MAY_AS_PARTNER[role]


def gives(caller: Caller, role: str, owner: str) -> bool:
    """Return whether the caller should be able to make somebody that in an organization."""
    return "write" in caller.scopes and any(
        role in GIVEN.get(own_role, ()) and "user:invite" in MAY[own_role][0 if own == owner else 1]
        for own_role, own in caller.affiliations
    )
