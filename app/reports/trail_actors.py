"""What an event of the audit trail tells of who made the change: a person's name only to those who see the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User, UserAffiliation
from app.accounts.queries import people_seen
from app.actor import PUBLIC, SYSTEM, Actor
from app.audit.models import AuditEvent
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.models import Organization, OrganizationKind


class ToldAs(StrEnum):
    """What one is told of who made a change."""

    PERSON = "person"
    ORGANIZATION = "organization"  # somebody of it
    SOMEBODY = "somebody"  # with an account, whose organization is not told
    PUBLIC = "public"  # not logged in
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldActor:
    """Who made a change, as far as one is told."""

    kind: ToldAs
    user: User | None = None
    organization: Organization | None = None

    @property
    def user_id(self) -> UUID | None:
        """The person, where it is told."""
        return None if self.user is None else self.user.id

    @property
    def name(self) -> str | None:
        """What the person or the organization is called, where that is told."""
        if self.user is not None:
            return self.user.name or self.user.email
        return None if self.organization is None else self.organization.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEvent:
    """An event as one is told of it: without its place in the chain and without hashes, which others' events move."""

    id: UUID
    occurred_at: datetime
    actor: ToldActor
    action: str
    record_type: str
    record_id: str
    request_id: str | None


def tell(session: Session, actor: Actor, events: Sequence[AuditEvent]) -> tuple[TrailEvent, ...]:
    """Return the events as the actor is told of them."""
    ids = {user_id for event in events if (user_id := as_id(event.actor)) is not None}
    seen = people_seen(session, actor, ids)
    if actor.user_id in ids and actor.user_id not in seen:
        seen[actor.user_id] = session.get_one(User, actor.user_id)
    told = _Told(
        seen=seen, organizations=_organizations_of(session, ids - set(seen)), keepers=_keepers(session, events)
    )
    return tuple(
        TrailEvent(
            id=event.id,
            occurred_at=event.occurred_at,
            actor=told.of(event),
            action=event.action,
            record_type=event.record_type,
            record_id=event.record_id,
            request_id=event.request_id,
        )
        for event in events
    )


def as_id(text: str) -> UUID | None:
    """Return the id that a text spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    seen: Mapping[UUID, User]
    organizations: Mapping[UUID, Sequence[Organization]]
    keepers: Mapping[UUID, UUID]

    def of(self, event: AuditEvent) -> ToldActor:
        """Return who made the change, as far as it is told."""
        if event.actor == SYSTEM.name:
            return ToldActor(kind=ToldAs.SYSTEM)
        if event.actor == PUBLIC.name:
            return ToldActor(kind=ToldAs.PUBLIC)
        user_id = as_id(event.actor)
        if user_id is not None and user_id in self.seen:
            return ToldActor(kind=ToldAs.PERSON, user=self.seen[user_id])
        organization = None if user_id is None else self._acted_for(user_id, event.record_id)
        if organization is None:
            return ToldActor(kind=ToldAs.SOMEBODY)
        return ToldActor(kind=ToldAs.ORGANIZATION, organization=organization)

    def _acted_for(self, user_id: UUID, record_id: str) -> Organization | None:
        """Return the organization for which a person may have acted: the one that keeps the record, or the secretariat.

        Any other of theirs would tell where else somebody works, and who kept the record before.
        """
        theirs, record = self.organizations.get(user_id, ()), as_id(record_id)
        keeper_id = None if record is None else self.keepers.get(record)
        kept_by = (row for row in theirs if row.id == keeper_id)
        secretariat = (row for row in theirs if row.kind is OrganizationKind.SECRETARIAT)
        return next(kept_by, None) or next(secretariat, None)


def _organizations_of(session: Session, user_ids: Collection[UUID]) -> dict[UUID, list[Organization]]:
    statement = (
        select(UserAffiliation.user_id, Organization)
        .join(UserAffiliation.organization)
        .where(UserAffiliation.user_id.in_(user_ids))
        .order_by(Organization.code)
    )
    found: dict[UUID, list[Organization]] = {}
    for user_id, organization in session.execute(statement):
        found.setdefault(user_id, []).append(organization)
    return found


def _keepers(session: Session, events: Iterable[AuditEvent]) -> dict[UUID, UUID]:
    """Return which organization keeps each need and offer that events are about."""
    ids = {record_id for event in events if (record_id := as_id(event.record_id)) is not None}
    found: dict[UUID, UUID] = {}
    for model in (Need, Offer):
        kept = select(model.id, model.organization_id).where(model.id.in_(ids))
        found |= dict(session.execute(kept).all())
    return found
