"""What waits for somebody: records that the secretariat is to read or to look at again, and one's own that sleep or are over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.access.policy import holds
from app.access.vocabulary import Permission
from app.actor import Actor
from app.offers import queries as offers
from app.offers.models import LabelState
from app.offers.queries import OfferFilter
from app.organizations.lives import Status
from app.organizations.queries import list_kept_for
from app.reports.lives import KIND_BY_NOUN, LivingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """So many records of a kind that stand somewhere where somebody has to do something: those of one organization, or all.

    They have a status in common, or how it is with their label.
    """

    noun: str
    count: int
    status: Status | None = None
    label: LabelState | None = None
    organization: str | None = None


TO_READ: Final = (Status.SUBMITTED, Status.UNDER_REVIEW)
TO_WAKE: Final = (Status.ASLEEP, Status.EXPIRED)


def find_waiting(session: Session, actor: Actor) -> tuple[Waiting, ...]:
    """Return what waits for somebody, the needs first; nothing for who neither keeps records nor reads those of others."""
    of_kinds = (row for noun, kind in KIND_BY_NOUN.items() for row in _of_kind(session, actor, noun, kind))
    return tuple(row for row in (*of_kinds, *_labelled(session, actor)) if row.count)


def _of_kind(session: Session, actor: Actor, noun: str, kind: LivingKind) -> Iterator[Waiting]:
    if holds(actor, kind.review):
        for status in TO_READ:
            n = kind.count(session, actor, kind.wanted(status=status))
            yield Waiting(noun=noun, status=status, count=n)
    for organization in list_kept_for(session, actor, kind.keep):
        for status in TO_WAKE:
            n = kind.count(session, actor, kind.wanted(status=status, organization_id=organization.id))
            yield Waiting(noun=noun, status=status, count=n, organization=organization.code)


def _labelled(session: Session, actor: Actor) -> Iterator[Waiting]:
    """Yield the offers that are not any more what they were when they got their label."""
    if holds(actor, Permission.OFFER_LABEL):
        n = offers.count(session, actor, OfferFilter(label=LabelState.CHANGED))
        yield Waiting(noun="offer", label=LabelState.CHANGED, count=n)
