"""Labels on offers: the secretariat grants one with a reason, confirms it anew where the offer changed, or withdraws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import is_field_visible, may, require
from app.access.vocabulary import Field, Permission
from app.actor import Actor
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc
from app.errors import InvalidFieldError
from app.offers.models import LabelInForce, Offer, OfferLabel
from app.organizations.moves import NotFromHereError
from app.texts import checked_text
from matching.sentences import N_

MAX_REASON_LENGTH: Final = 2000  # characters


class LabelAction(StrEnum):
    """Something that the secretariat can do with the label of an offer."""

    GRANT = "grant"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"


EVENTS: Final[Mapping[LabelAction, str]] = {
    LabelAction.GRANT: "offer.label_granted",
    LabelAction.CONFIRM: "offer.label_confirmed",
    LabelAction.WITHDRAW: "offer.label_withdrawn",
}
NEED_A_LABEL: Final = frozenset({LabelAction.CONFIRM, LabelAction.WITHDRAW})
WHY: Final = N_("Say why: the reason stands beside the label.")
HAS_ONE: Final = N_("The offer has a label already. Load the page again to see it.")
HAS_NONE: Final = N_("The offer has no label. Load the page again to see what can be done.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDecision:
    """What the secretariat decides, and why."""

    action: LabelAction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLabel:
    """A label that is over: withdrawn, with the reason, or confirmed anew by the next one."""

    id: UUID
    reason: str
    granted_at: datetime
    ended_at: datetime
    withdrawal_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStanding:
    """The label of an offer, what the reader can do with it, and those before it, where the reader may know of them.

    ``version`` is that of the offer: whoever decides has seen it as it is.
    """

    id: UUID
    version: int
    label: LabelInForce | None
    actions: tuple[LabelAction, ...]
    past: Sequence[PastLabel] | None

    @property
    def mark(self) -> str:
        """What is another one once somebody has changed the offer or decided on its label."""
        return f"{self.version}.{self.label.id if self.label else ''}"


def label_standing(session: Session, actor: Actor, offer: Offer) -> LabelStanding:
    """Return the label of an offer, which the actor sees, and what they can do with it."""
    owner_id, label = offer.organization_id, offer.label
    can_decide = may(actor, Permission.OFFER_LABEL, owner_id=owner_id)
    sees_past = is_field_visible(actor, Field.OFFER_PAST_LABELS, owner_id=owner_id)
    return LabelStanding(
        id=offer.id,
        version=offer.version,
        label=label,
        actions=tuple(action for action in LabelAction if can_decide and (action in NEED_A_LABEL) is bool(label)),
        past=_past(session, offer) if sees_past else None,
    )


def decide_on_label(
    session: Session, actor: Actor, offer: Offer, decision: LabelDecision, *, clock: Clock = now_utc
) -> LabelStanding:
    """Grant, confirm or withdraw the label of an offer, which the actor sees and which is locked.

    Nothing of the offer itself changes by it, so no run and no score does.

    Raises
    ------
    ForbiddenError
        When the actor is not of the secretariat.
    NotFromHereError
        When there is a label already, or none.
    InvalidFieldError
        When it is not said why.
    """
    require(actor, Permission.OFFER_LABEL, owner_id=offer.organization_id)
    present = session.scalars(select(OfferLabel).filter_by(offer_id=offer.id, ended_at=None)).one_or_none()
    if (decision.action in NEED_A_LABEL) is (present is None):
        raise NotFromHereError(HAS_ONE if present is not None else HAS_NONE)
    reason, now, before = _reason(decision.reason), clock(), _document(present)
    if present is not None:
        present.ended_at, present.ended_by = now, actor.user_id
        present.withdrawal_reason = reason if decision.action is LabelAction.WITHDRAW else None
        # The database holds one label in force, so the one before has to end first.
        session.flush()
    new = None if decision.action is LabelAction.WITHDRAW else _granted(offer, actor, reason, now)
    session.add_all([] if new is None else [new])
    session.flush()
    session.expire(offer, ["label_in_force"])
    change = Change(
        action=EVENTS[decision.action],
        record_type="offer",
        record_id=str(offer.id),
        before=before,
        after=_document(new or present),
    )
    record(session, actor, [change], clock=clock)
    return label_standing(session, actor, offer)


def _granted(offer: Offer, actor: Actor, reason: str, now: datetime) -> OfferLabel:
    return OfferLabel(
        id=uuid4(),
        offer_id=offer.id,
        contents_revision=offer.contents_revision,
        reason=reason,
        granted_at=now,
        granted_by=actor.user_id,
    )


def _reason(text: str) -> str:
    reason = checked_text(text, field="reason", limit=MAX_REASON_LENGTH)
    if not reason:
        raise InvalidFieldError("reason", WHY)
    return reason


def _past(session: Session, offer: Offer) -> Sequence[PastLabel]:
    over = select(OfferLabel).where(OfferLabel.offer_id == offer.id, OfferLabel.ended_at.is_not(None))
    rows = session.scalars(over.order_by(OfferLabel.granted_at.desc(), OfferLabel.id)).all()
    return tuple(
        PastLabel(
            id=row.id,
            reason=row.reason,
            granted_at=row.granted_at,
            ended_at=row.ended_at,
            withdrawal_reason=row.withdrawal_reason,
        )
        for row in rows
        if row.ended_at is not None
    )


def _document(row: OfferLabel | None) -> Document | None:
    if row is None:
        return None
    return {
        "label_id": str(row.id),
        "contents_revision": row.contents_revision,
        "reason": row.reason,
        "granted_at": row.granted_at.isoformat(),
        "ended_at": row.ended_at and row.ended_at.isoformat(),
        "withdrawal_reason": row.withdrawal_reason,
    }
