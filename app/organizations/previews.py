"""Looking at a record as somebody else would: as whom, at which visibility, and whether they see it at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.visibility import would_be_visible_to
from app.access.vocabulary import Permission
from app.actor import Actor
from app.organizations.models import Organization
from app.organizations.viewers import Viewer, read_viewer
from matching.vocabulary import Visibility


class OwnedRecord(Protocol):
    """A record that an organization keeps."""

    READ_PERMISSION: ClassVar[Permission]
    organization_id: Any
    visibility: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewOrder:
    """As whom to look at a record, and at which visibility; without one, at the one that it has."""

    seen_as: str
    at: Visibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """As whom one looks at a record, at which visibility, and whether they see it."""

    viewer: Viewer
    visibility: Visibility
    is_considered: bool
    is_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPreview:
    """A preview with the record, where it is seen."""

    viewer: Viewer
    visibility: Visibility
    is_seen: bool
    record: OwnedRecord | None


def look(
    session: Session, actor: Actor, order: PreviewOrder, *, record: OwnedRecord, permission: Permission
) -> Preview:
    """Return whether somebody sees a record, which the actor has to see; nobody sees more than the actor by it.

    Raises
    ------
    ForbiddenError
        When the actor neither keeps the record nor is of the secretariat.
    InvalidInputError
        When nobody is called as the order says.
    """
    owner_id, present = record.organization_id, record.visibility
    require(actor, permission, owner_id=owner_id)
    viewer, at = read_viewer(session, order.seen_as), order.at or present
    is_seen = would_be_visible_to(
        viewer.actor,
        at,
        permission=record.READ_PERMISSION,
        owner_id=owner_id,
        chosen_ids=_chosen_ids(session, record),
    )
    return Preview(viewer=viewer, visibility=at, is_considered=at is not present, is_seen=is_seen)


def _chosen_ids(session: Session, record: OwnedRecord) -> frozenset[UUID]:
    """Return the providers that alone see the record where it is for providers; offers are for no chosen ones."""
    codes = getattr(record, "chosen_providers", ())
    return frozenset(session.scalars(select(Organization.id).where(Organization.code.in_(codes))))


def shown(session: Session, found: Preview, record: OwnedRecord) -> ShownPreview:
    """Return the preview with the record at the visibility that is considered; nothing of that is stored."""
    if found.is_considered:
        session.expunge(record)
        record.visibility = found.visibility
    return ShownPreview(
        viewer=found.viewer,
        visibility=found.visibility,
        is_seen=found.is_seen,
        record=record if found.is_seen else None,
    )
