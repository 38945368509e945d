"""What it takes to store needs that name States beside their keeper's, and what becomes of States that are named no longer."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import Actor
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.needs.consent import other_states, require_signatures, text_of
from app.needs.models import Need
from app.needs.signature_models import NeedSignature
from app.needs.storing import NeedEntry, NeedKind
from app.organizations.importing import narrower
from app.organizations.models import Organization
from matching.vocabulary import Visibility

RECORD_TYPE = "need_signature"


def require_filed(
    session: Session,
    actor: Actor,
    kind: NeedKind,
    *,
    wanted: Mapping[str, NeedEntry],
    existing: Mapping[str, Need],
) -> None:
    """Do nothing where whoever stores the needs may speak for all States that they name.

    Who changes what a need says to others, or shows it to more of them, speaks for all of these. What the system itself
    takes in was stated elsewhere: it speaks for those who were never asked.

    Raises
    ------
    SignaturesLackingError
        When a State has not signed a need as it is to be.
    """
    keeper = session.get_one(Organization, kind.organization_id)
    for key, entry in wanted.items():
        circle, row = entry.need.visibility, existing.get(key)
        if circle is Visibility.PRIVATE or not other_states(keeper, entry.need.states):
            continue
        document = kind.describe_value(entry)
        if row is not None and _says_no_more(row, kind.describe_row(row), document, circle):
            continue
        filing = kind.filing(kind.new_id() if row is None else row.id, document)
        require_signatures(session, filing, circle, is_statement=actor.is_system)


def end_signatures(
    session: Session,
    actor: Actor,
    kind: NeedKind,
    *,
    wanted: Mapping[str, NeedEntry],
    existing: Mapping[str, Need],
    clock: Clock = now_utc,
) -> None:
    """Forget what States have said that a need names no longer: their people do not see it as theirs any more."""
    changes = []
    states_by_id: dict[UUID, tuple[str, ...]] = {
        row.id: wanted[key].need.states for key, row in existing.items() if key in wanted
    }
    kept = select(NeedSignature).join(Need, Need.id == NeedSignature.need_id)
    for row in session.scalars(kept.where(Need.organization_id == kind.organization_id)):
        if row.state_code not in states_by_id.get(row.need_id, (row.state_code,)):
            changes.append(signature_change(row, "removed", before=described(row), after=None))
            session.delete(row)
    session.flush()
    record(session, actor, changes, clock=clock)


def described(row: NeedSignature) -> Document:
    """Return what a State was asked and has answered, as the audit trail hashes it."""
    return {
        "state": row.state_code,
        "consent": row.consent.value,
        "visibility": None if row.visibility is None else row.visibility.value,
        "content": row.content,
    }


def signature_change(row: NeedSignature, happened: str, *, before: Document | None, after: Document | None) -> Change:
    """Return what happened to a signature as an event of its need."""
    action = f"{RECORD_TYPE}.{happened}"
    return Change(action=action, record_type=RECORD_TYPE, record_id=str(row.need_id), before=before, after=after)


def _says_no_more(row: Need, before: Document, after: Document, circle: Visibility) -> bool:
    """Return whether a need that others see says to no more of them what it has said."""
    present = row.wanted_visibility or row.visibility
    is_as_before = text_of(before) == text_of(after)
    return row.visibility is not Visibility.PRIVATE and is_as_before and narrower(circle, present) is circle
