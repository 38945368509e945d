"""What the records are called that events of the audit trail are about, and where their pages are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries import people_seen
from app.actor import Actor
from app.needs.queries import needs_by_id
from app.offers.queries import offers_by_id
from app.organizations.models import Organization
from app.reports.trail_actors import TrailEvent, as_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNames:
    """The names of the records of some events that the reader may see, by type and id."""

    titles: Mapping[tuple[str, UUID], str]

    def of(self, event: TrailEvent) -> str | None:
        """Return what the record of an event is called; None where it has no name, or not for the reader."""
        record_id = as_id(event.record_id)
        return None if record_id is None else self.titles.get((event.record_type, record_id))


def names_of_records(session: Session, actor: Actor, events: Sequence[TrailEvent]) -> RecordNames:
    """Return what the records of the events are called."""
    ids: dict[str, list[UUID]] = {}
    for event in events:
        record_id = as_id(event.record_id)
        if record_id is not None:
            ids.setdefault(event.record_type, []).append(record_id)
    needs = needs_by_id(session, actor, [*ids.get("need", ()), *ids.get("need_signature", ())])
    offers = offers_by_id(session, actor, ids.get("offer", ()))
    organizations = select(Organization).where(Organization.id.in_(ids.get("organization", ())))
    people = people_seen(session, actor, ids.get("user", ()))
    return RecordNames(
        titles={
            **{(kind, row.id): row.title for kind in ("need", "need_signature") for row in needs.values()},
            **{("offer", row.id): row.title for row in offers.values()},
            **{("organization", row.id): row.name for row in session.scalars(organizations)},
            **{("user", row.id): row.name or row.email for row in people.values()},
        }
    )
