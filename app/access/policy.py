"""Who may do and see what: four tables, and the questions that are asked of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from app.access.vocabulary import Field, Permission, Relation, Subject
from app.actor import Actor, Role, Scope
from app.errors import ForbiddenError
from matching.sentences import N_, Sentence
from matching.vocabulary import Visibility

Ids = Collection[UUID]
Relations = frozenset[Relation]
OWN: Final[Relations] = frozenset({Relation.OWN})
PARTNER: Final[Relations] = frozenset({Relation.PARTNER})
ANY: Final[Relations] = frozenset(Relation)

# To read is in this table only where it does not depend on the visibility: people see what their organization keeps.
RULES: Final[Mapping[Permission, Mapping[Role, Relations]]] = {
    Permission.REFERENCE_LOAD: {Role.ADMINISTRATOR: ANY},
    Permission.SAMPLE_LOAD: {Role.ADMINISTRATOR: ANY},
    Permission.ORGANIZATION_CREATE: {Role.ADMINISTRATOR: ANY},
    # Others know an organization by the records of it that they see.
    Permission.ORGANIZATION_READ: dict.fromkeys(Role, OWN) | {Role.SECRETARIAT: ANY, Role.ADMINISTRATOR: ANY},
    Permission.USER_READ: dict.fromkeys(Role, OWN) | {Role.ADMINISTRATOR: ANY},
    Permission.USER_INVITE: {Role.RECIPIENT: OWN, Role.PROVIDER: OWN, Role.ADMINISTRATOR: ANY},
    Permission.USER_DISABLE: {Role.ADMINISTRATOR: ANY},
    # Drafts of the areas, and what was before; the release in force is public.
    Permission.AREA_RELEASE_READ: {Role.SECRETARIAT: ANY},
    Permission.AREA_DRAFT: {Role.SECRETARIAT: ANY},
    Permission.AREA_ADOPT: {Role.SECRETARIAT: ANY},
    Permission.NEED_READ: {Role.RECIPIENT: OWN | PARTNER, Role.CONTRIBUTOR: OWN | PARTNER, Role.SECRETARIAT: OWN},
    # A need that its State keeps to itself is a draft; to show it to anybody else is to submit it.
    Permission.NEED_DRAFT: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN, Role.SECRETARIAT: OWN},
    Permission.NEED_SUBMIT: {Role.RECIPIENT: OWN, Role.SECRETARIAT: OWN},
    # To read first what somebody asks the secretariat to read.
    Permission.NEED_REVIEW: {Role.SECRETARIAT: ANY},
    # To file a need together with the State that keeps it.
    Permission.NEED_SIGN: {Role.RECIPIENT: PARTNER},
    # The offers that fit a need, told to those alone who may know whom it excludes.
    Permission.NEED_RANK_READ: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN, Role.SECRETARIAT: ANY},
    # What a State says of itself; nobody else, the secretariat included, sees any of it unasked.
    Permission.ASSESSMENT_READ: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN},
    Permission.ASSESSMENT_DRAFT: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN},
    Permission.ASSESSMENT_SUBMIT: {Role.RECIPIENT: OWN},
    # Of all groups, since what one State reads it may tell another; for those alone whose answers they are made of.
    Permission.STATISTICS_READ: {Role.RECIPIENT: ANY, Role.CONTRIBUTOR: ANY},
    # A command alone: who makes them opens what others let be counted.
    Permission.STATISTICS_RELEASE: {},
    Permission.OFFER_READ: {Role.PROVIDER: OWN, Role.SECRETARIAT: OWN},
    Permission.OFFER_EDIT: {Role.PROVIDER: OWN, Role.SECRETARIAT: OWN},
    Permission.OFFER_REVIEW: {Role.SECRETARIAT: ANY},
    # Nobody labels for the secretariat, and who runs the machine does not judge offers.
    Permission.OFFER_LABEL: {Role.SECRETARIAT: ANY},
    Permission.MATCH_RUN_READ: {},
    Permission.MATCH_RUN_CREATE: {Role.SECRETARIAT: ANY},
    # To see a record as somebody else would; it has to be seen in the first place.
    Permission.NEED_PREVIEW: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN, Role.SECRETARIAT: ANY},
    Permission.OFFER_PREVIEW: {Role.PROVIDER: OWN, Role.SECRETARIAT: ANY},
    # Of which subjects stands in a table of its own.
    Permission.AUDIT_READ: {Role.RECIPIENT: OWN, Role.PROVIDER: OWN, Role.SECRETARIAT: ANY, Role.ADMINISTRATOR: ANY},
    Permission.AUDIT_MARK: {Role.SECRETARIAT: ANY, Role.ADMINISTRATOR: ANY},
}
"""What one may do, and to which records."""

GIVEN_BY_ROLE: Final[Mapping[Role, frozenset[Role]]] = {
    # A State may also be a provider.
    Role.RECIPIENT: frozenset({Role.RECIPIENT, Role.CONTRIBUTOR, Role.PROVIDER}),
    Role.PROVIDER: frozenset({Role.PROVIDER}),
    Role.ADMINISTRATOR: frozenset(Role),
}
"""The roles to which one may invite others, or take them away, where one may invite at all."""

SEEN_BY_ALL: Final = frozenset({Visibility.PUBLIC})
"""What somebody without an account sees."""

SEEN_BY_ROLE: Final[Mapping[Role, frozenset[Visibility]]] = {
    Role.RECIPIENT: frozenset({Visibility.MEMBERS, Visibility.PUBLIC}),
    Role.CONTRIBUTOR: frozenset({Visibility.MEMBERS, Visibility.PUBLIC}),
    Role.PROVIDER: frozenset({Visibility.PROVIDERS, Visibility.MEMBERS, Visibility.PUBLIC}),
    Role.SECRETARIAT: frozenset(Visibility) - {Visibility.PRIVATE},
    Role.ANALYST: frozenset({Visibility.MEMBERS, Visibility.PUBLIC}),
    Role.ADMINISTRATOR: SEEN_BY_ALL,
}
"""The visibilities at which one sees the records of others."""

CHOSEN_ROLES: Final = frozenset({Role.PROVIDER})
"""The roles that see a record for providers only where none were chosen for it, or their own organization was."""

FIELD_RULES: Final[Mapping[Field, Mapping[Role, Relations]]] = {
    Field.NEED_EXCLUDED_PROVIDERS: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN, Role.SECRETARIAT: ANY},
    Field.NEED_CHOSEN_PROVIDERS: {Role.RECIPIENT: OWN, Role.CONTRIBUTOR: OWN, Role.SECRETARIAT: ANY},
    # The label in force is as visible as the offer.
    Field.OFFER_PAST_LABELS: {Role.PROVIDER: OWN, Role.SECRETARIAT: ANY},
    # Those who may invite there.
    Field.USER_EMAIL: {Role.RECIPIENT: OWN, Role.PROVIDER: OWN, Role.ADMINISTRATOR: ANY},
    Field.USER_STANDING: {Role.RECIPIENT: OWN, Role.PROVIDER: OWN, Role.ADMINISTRATOR: ANY},
}
"""Who sees a field of a record that they see; whoever has no row here does not."""

AUDITED_BY_ROLE: Final[Mapping[Role, frozenset[Subject]]] = {
    Role.RECIPIENT: frozenset(
        {Subject.NEED, Subject.SIGNATURE, Subject.ASSESSMENT, Subject.PERSON, Subject.ORGANIZATION}
    ),
    Role.CONTRIBUTOR: frozenset(),
    Role.PROVIDER: frozenset({Subject.OFFER, Subject.PERSON, Subject.ORGANIZATION}),
    Role.SECRETARIAT: frozenset({Subject.NEED, Subject.OFFER, Subject.RUN, Subject.REFERENCE}),
    Role.ANALYST: frozenset(),
    # Nothing about needs and offers: an event with no other trace tells that a State excludes somebody.
    Role.ADMINISTRATOR: frozenset(
        {Subject.RUN, Subject.PERSON, Subject.LOGIN, Subject.ORGANIZATION, Subject.REFERENCE}
    ),
}
"""What the events of the audit trail are about that a role reads, of the records for which it has ``audit:read``."""

SECOND_FACTOR_ROLES: Final = frozenset({Role.RECIPIENT, Role.SECRETARIAT, Role.ADMINISTRATOR})
"""The roles that say nothing until the session has shown a second factor: those who submit, decide or run the machine."""


def may(actor: Actor, permission: Permission, *, owner_id: UUID | None = None, partner_ids: Ids = ()) -> bool:
    """Return whether the actor has the permission for a record of that organization; the system has every one.

    Without an organization the question is about what belongs to none, such as a match run. ``partner_ids`` are the
    organizations of a State that is asked to file the record together.
    """
    if actor.is_system:
        return True
    return permission.scope in actor.scopes and _is_granted(actor, RULES[permission], owner_id, partner_ids)


def require(actor: Actor, permission: Permission, *, owner_id: UUID | None = None, partner_ids: Ids = ()) -> None:
    """Do nothing where the actor has the permission for a record of that organization, as ``may`` tells.

    Raises
    ------
    ForbiddenError
        When the actor does not have it.
    """
    if not may(actor, permission, owner_id=owner_id, partner_ids=partner_ids):
        message = N_("This needs the permission %(permission)s; ask an administrator for it.")
        raise ForbiddenError(Sentence(message=message, values={"permission": permission.value}))


def require_somewhere(actor: Actor, permission: Permission) -> None:
    """Do nothing where the actor has the permission for any record at all.

    Raises
    ------
    ForbiddenError
        When the actor does not have it.
    """
    if not holds(actor, permission):
        raise ForbiddenError(f"This needs the permission {permission.value}; ask an administrator for it.")


def keeps_for(actor: Actor, permission: Permission) -> frozenset[UUID]:
    """Return the organizations for whose own records the actor has the permission; for the system, which has all, none."""
    return _organizations_for(actor, permission, Relation.OWN)


def partners_for(actor: Actor, permission: Permission) -> frozenset[UUID]:
    """Return the organizations in which the actor has the permission for what their State is asked to file together."""
    return _organizations_for(actor, permission, Relation.PARTNER)


def may_give(actor: Actor, role: Role, *, organization_id: UUID) -> bool:
    """Return whether the actor may make somebody that in the organization, and end it again."""
    giving = frozenset(row for row in actor.affiliations if role in GIVEN_BY_ROLE.get(row.role, ()))
    return may(replace(actor, affiliations=giving), Permission.USER_INVITE, owner_id=organization_id)


def holds(actor: Actor, permission: Permission) -> bool:
    """Return whether the actor has the permission for any record at all."""
    return actor.is_system or bool(keeps_for(actor, permission) | partners_for(actor, permission))


def auditing(actor: Actor, subject: Subject) -> Actor:
    """Return the actor in those roles alone in which they read the audit trail on a subject."""
    if actor.is_system:
        return actor
    reading = frozenset(row for row in actor.affiliations if subject in AUDITED_BY_ROLE[row.role])
    return replace(actor, affiliations=reading)


def givers_of(role: Role) -> tuple[Role, ...]:
    """Return the roles whose holders may give that role in their organization."""
    return tuple(giver for giver in Role if role in GIVEN_BY_ROLE.get(giver, ()))


def visibilities_seen(actor: Actor) -> frozenset[Visibility]:
    """Return the visibilities at which the actor sees the records of others."""
    if actor.is_system:
        return frozenset(Visibility)
    if Scope.READ not in actor.scopes:
        return SEEN_BY_ALL
    return SEEN_BY_ALL.union(*(SEEN_BY_ROLE[role] for role in actor.roles))


def sees_for_whomever_chosen(actor: Actor) -> bool:
    """Return whether the actor sees the records for providers whichever providers were chosen for them."""
    if actor.is_system:
        return True
    others = actor.roles - CHOSEN_ROLES
    return Scope.READ in actor.scopes and any(Visibility.PROVIDERS in SEEN_BY_ROLE[role] for role in others)


def is_field_visible(actor: Actor, field: Field, *, owner_id: UUID) -> bool:
    """Return whether the actor sees the field of a record of that organization, where they see the record."""
    if actor.is_system:
        return True
    return Scope.READ in actor.scopes and _is_granted(actor, FIELD_RULES[field], owner_id)


def sees_field_somewhere(actor: Actor, field: Field) -> bool:
    """Return whether there may be records of which the actor sees the field."""
    return actor.is_system or (Scope.READ in actor.scopes and not actor.roles.isdisjoint(FIELD_RULES[field]))


def _organizations_for(actor: Actor, permission: Permission, relation: Relation) -> frozenset[UUID]:
    if permission.scope not in actor.scopes:
        return frozenset()
    return actor.organizations_as(*(role for role, relations in RULES[permission].items() if relation in relations))


def _is_granted(actor: Actor, rules: Mapping[Role, Relations], owner_id: UUID | None, partner_ids: Ids = ()) -> bool:
    relation_by_role = ((row.role, _relation(row.organization_id, owner_id, partner_ids)) for row in actor.affiliations)
    return any(relation in rules.get(role, ()) for role, relation in relation_by_role)


def _relation(organization_id: UUID, owner_id: UUID | None, partner_ids: Ids) -> Relation:
    if organization_id == owner_id:
        return Relation.OWN
    return Relation.PARTNER if organization_id in partner_ids else Relation.OTHER
