"""What waits for somebody: records that the secretariat is to read, and one's own that sleep, are over, or were sent back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.policy import Permission, holds
from app.actor import Actor
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.organizations.lives import Status
from app.organizations.queries import list_kept_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """So many records of a kind that stand somewhere where somebody has to do something: those of one organization, or all."""

    noun: str
    status: Status
    count: int
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    noun: str
    review: Permission
    keep: Permission
    count: Callable[..., int]
    wanted: Callable[..., Any]


_KINDS: Final = (
    _Kind(
        noun="need",
        review=Permission.NEED_REVIEW,
        keep=Permission.NEED_SUBMIT,
        count=needs.count,
        wanted=NeedFilter,
    ),
    _Kind(
        noun="offer",
        review=Permission.OFFER_REVIEW,
        keep=Permission.OFFER_EDIT,
        count=offers.count,
        wanted=OfferFilter,
    ),
)
TO_READ: Final = (Status.SUBMITTED, Status.UNDER_REVIEW)
TO_WAKE: Final = (Status.ASLEEP, Status.EXPIRED)


def find_waiting(session: Session, actor: Actor) -> tuple[Waiting, ...]:
    """Return what waits for somebody, the needs first; nothing for who neither keeps records nor reads those of others."""
    return tuple(row for kind in _KINDS for row in _of_kind(session, actor, kind) if row.count)


def _of_kind(session: Session, actor: Actor, kind: _Kind) -> Iterator[Waiting]:
    if holds(actor, kind.review):
        for status in TO_READ:
            n = kind.count(session, actor, kind.wanted(status=status))
            yield Waiting(noun=kind.noun, status=status, count=n)
    for organization in list_kept_for(session, actor, kind.keep):
        for status in TO_WAKE:
            n = kind.count(session, actor, kind.wanted(status=status, organization_id=organization.id))
            yield Waiting(noun=kind.noun, status=status, count=n, organization=organization.code)
