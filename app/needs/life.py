"""The life of a need: what may be done with it where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.vocabulary import Permission
from app.audit.services import Document
from app.clock import now_utc
from app.needs.consent import require_signatures
from app.needs.models import Need
from app.needs.storing import NeedKind
from app.organizations.lives import Status
from app.organizations.moves import Life, Showing
from app.organizations.transitions import Action, Transition, Transitions, draft_transitions
from matching.vocabulary import Visibility

_KEEPER: Final = (Permission.NEED_SUBMIT,)
_KEEPER_OR_REVIEWER: Final = (Permission.NEED_SUBMIT, Permission.NEED_REVIEW)

NEED_TRANSITIONS: Final[Transitions] = {
    **draft_transitions(Permission.NEED_SUBMIT, Permission.NEED_REVIEW),
    # Somebody meets it, whether they are listed here or not.
    Action.MATCH: Transition(
        sources=frozenset({Status.PUBLISHED, Status.EXPIRED, Status.ASLEEP}),
        target=Status.MATCHED,
        permissions=_KEEPER_OR_REVIEWER,
        event="matched",
    ),
    Action.PART: Transition(
        sources=frozenset({Status.MATCHED}),
        target=Status.PUBLISHED,
        permissions=_KEEPER_OR_REVIEWER,
        event="parted",
        is_sign_of_life=True,
    ),
    Action.FULFIL: Transition(
        sources=frozenset({Status.MATCHED}),
        target=Status.FULFILLED,
        permissions=_KEEPER,
        event="fulfilled",
    ),
}


def _described(session: Session, need: Need) -> Document:
    return NeedKind(session=session, organization_id=need.organization_id, now=now_utc()).describe_row(need)


def _show(session: Session, need: Need, showing: Showing) -> None:
    kind = NeedKind(session=session, organization_id=need.organization_id, now=showing.now)
    entry = kind.entry_of(need)
    # Once opened it says in memory what the database holds sealed: it is filled as it is stored.
    stored = select(Need).where(Need.id == need.id).options(selectinload(Need.secret), selectinload(Need.choices))
    row = session.scalars(stored.execution_options(populate_existing=True)).one()
    shown = replace(entry.need, visibility=showing.visibility)
    if showing.visibility is not Visibility.PRIVATE:
        require_signatures(session, kind.filing(need.id, kind.describe_value(entry)), showing.circle)
    kind.update(row, replace(entry, need=shown, review_note=showing.reason))


NEED_LIFE: Final[Life[Need]] = Life(noun="need", transitions=NEED_TRANSITIONS, describe=_described, show=_show)
