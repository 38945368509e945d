"""Needs given field by field: new ones, and changes to those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.policy import may
from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc
from app.needs.models import Need
from app.needs.queries import get_need
from app.needs.secrets import stored_ids
from app.needs.services import read_need_file, store_needs, take_in_needs
from app.organizations.entries import (
    EXTERNAL_ID,
    LIST_SEPARATOR,
    DraftReading,
    EntryKind,
    change_record,
    create_record,
    read_draft,
    shared_cells,
)
from app.tables import Cell
from matching.reference import Reference
from matching.vocabulary import Visibility

COLUMN_BY_FIELD: Final = {
    EXTERNAL_ID: "id",
    "states": "state",
    "earliest_on": "earliest",
    "latest_on": "latest",
}


def create_need(session: Session, actor: Actor, given: Mapping[str, Any], *, clock: Clock = now_utc) -> Need:
    """Return a need, newly stored; where no visibility is given, a draft for those who may not submit it.

    Raises
    ------
    ForbiddenError
        When the actor may draft needs for nobody, or would show one to others and may not.
    FaultyRecordError
        When a field does not hold what it has to.
    RecordExistsError
        When the organization has a need of this id already.
    """
    if not any(may(actor, Permission.NEED_SUBMIT, owner_id=row.organization_id) for row in actor.affiliations):
        given = {"visibility": Visibility.PRIVATE, **given}
    return get_need(session, actor, create_record(session, actor, _KIND, given, clock=clock))


def change_need(
    session: Session, actor: Actor, need: Need, given: Mapping[str, Any], *, clock: Clock = now_utc
) -> Need:
    """Return a need after some of its fields were given other values.

    Raises
    ------
    ForbiddenError
        When the actor may not change it.
    FaultyRecordError
        When a field does not hold what it has to.
    """
    change_record(session, actor, _KIND, need, given, clock=clock)
    return get_need(session, actor, need.id)


def read_need_draft(
    session: Session, actor: Actor, given: Mapping[str, Any], *, reference: Reference | None = None
) -> DraftReading:
    """Return what fields say of a need that may not be whole yet; nothing is stored."""
    return read_draft(session, actor, _KIND, given, reference=reference)


def need_cells(need: Need, *, has_exclusions: bool, has_choices: bool) -> dict[str, Cell]:
    """Return what a file of our own says of a need, whom it excludes and was chosen for those alone who may see that."""
    return shared_cells(need) | {
        "state": LIST_SEPARATOR.join(need.state_codes),
        "earliest": need.earliest_on,
        "latest": need.latest_on,
        "priority": need.priority,
        "gap": need.gap,
        "audience": need.audience,
        "outcome": need.outcome,
        "underway": need.underway,
        "excluded_providers": LIST_SEPARATOR.join(need.excluded_providers) if has_exclusions else None,
        "chosen_providers": LIST_SEPARATOR.join(need.chosen_providers) if has_choices else None,
        "stated_on": need.stated_on,
    }


_KIND: Final[EntryKind[Need]] = EntryKind(
    noun="need",
    permission=Permission.NEED_DRAFT,
    column_by_field=COLUMN_BY_FIELD,
    cells_of=partial(need_cells, has_exclusions=True, has_choices=True),
    model=Need,
    take_in=take_in_needs,
    read=read_need_file,
    store=store_needs,
    stored_ids=stored_ids,
)
