"""Reading offers: one, a page, all, and how many; only what the actor may see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.access.visibility import visible_to
from app.actor import Actor
from app.areas.models import Area
from app.areas.succession import as_in_force, codes_within
from app.clock import today_utc
from app.errors import NotFoundError
from app.offers.models import (
    LabelState,
    Offer,
    OfferArea,
    OfferEligibility,
    OfferLabel,
    OfferLanguage,
    OfferMode,
)
from app.organizations.importing import ambiguous_ids
from app.organizations.lives import Status, has_status
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page
from app.states.models import State
from app.states.queries import group_codes
from app.text import holds_text
from matching.reference import EVERYBODY
from matching.vocabulary import Mode

STREAM_ROWS: Final = 500  # how many offers an export holds in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFilter:
    """Which offers are wanted; all that is given has to hold.

    ``area`` includes its subtopics; ``state`` keeps the offers that are open to the State, by name, through a group
    or because they are open to all; ``language`` is the one code that records have for it; ``ids`` is a selection of offer ids;
    ``organization_id`` is who keeps the offer; ``status`` is where it stands today; ``label`` is whether it has a label.
    """

    text: str = ""
    area: str | None = None
    state: str | None = None
    mode: Mode | None = None
    language: str | None = None
    provider: str = ""
    kind: str = ""
    is_open_on: date | None = None
    ids: Select[UUID] | None = None
    organization_id: UUID | None = None
    status: Status | None = None
    label: LabelState | None = None


EVERY_OFFER: Final = OfferFilter()


def get_offer(session: Session, actor: Actor, offer_id: UUID, *, is_locked: bool = False) -> Offer:
    """Return an offer with its lists, and its organization and areas; locked, nobody else changes it meanwhile.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    statement = select(Offer).where(Offer.id == offer_id, visible_to(actor, Offer)).options(*_whole())
    if is_locked:
        statement = statement.with_for_update(of=Offer)
    offer = session.scalars(statement).one_or_none()
    if offer is None:
        raise NotFoundError("There is no such offer.")
    return offer


def list_page(session: Session, actor: Actor, page: PageRequest, wanted: OfferFilter = EVERY_OFFER) -> Page[Offer]:
    """Return a page of offers by external id, each with its lists, and its organization and areas."""
    statement = select(Offer).where(*_conditions(actor, wanted)).options(*_whole())
    return read_page(session, statement, page, order_by=[Offer.external_id, Offer.id])


def iter_rows(session: Session, actor: Actor, wanted: OfferFilter = EVERY_OFFER) -> Iterator[Offer]:
    """Yield the offers by external id, each with its lists and organization, a few hundred at a time."""
    statement = (
        select(Offer)
        .where(*_conditions(actor, wanted))
        .options(joinedload(Offer.organization, innerjoin=True))
        .order_by(Offer.external_id, Offer.id)
        .execution_options(yield_per=STREAM_ROWS)
    )
    yield from session.scalars(statement)


def offers_by_id(session: Session, actor: Actor, offer_ids: Collection[UUID]) -> Mapping[UUID, Offer]:
    """Return the offers of these ids that the actor may see, by id."""
    statement = select(Offer).where(Offer.id.in_(offer_ids), visible_to(actor, Offer))
    return {offer.id: offer for offer in session.scalars(statement)}


def count(session: Session, actor: Actor, wanted: OfferFilter = EVERY_OFFER) -> int:
    """Return how many offers there are."""
    return session.scalar(select(func.count(Offer.id)).where(*_conditions(actor, wanted))) or 0


def count_by_area(session: Session, actor: Actor) -> Mapping[str, int]:
    """Return how many offers each area has; a top-level area counts those of its subtopics, each offer once.

    A retired code counts as its successor.
    """
    top, in_force = func.coalesce(Area.parent_code, Area.code), as_in_force(session, OfferArea.area_code)
    counts: dict[str, int] = {}
    for level in (Area.code, top):
        statement = (
            select(level, func.count(func.distinct(Offer.id)))
            .join(OfferArea, OfferArea.offer_id == Offer.id)
            .join(Area, Area.code == in_force)
            .where(visible_to(actor, Offer))
            .group_by(level)
        )
        counts.update((code, n) for code, n in session.execute(statement))
    return counts


def ambiguous_external_ids(session: Session, actor: Actor) -> frozenset[str]:
    """Return the external ids that do not name one offer among all that the actor may see, whatever is filtered."""
    seen = select(Organization.code, Offer.external_id).join(Offer.organization).where(visible_to(actor, Offer))
    return ambiguous_ids(session, seen)


def _whole() -> tuple[ORMOption, ...]:
    return (
        joinedload(Offer.organization, innerjoin=True),
        selectinload(Offer.areas).joinedload(OfferArea.area, innerjoin=True),
    )


def _conditions(actor: Actor, wanted: OfferFilter) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor, Offer), *_listed(wanted), *_labelled(wanted)]
    if wanted.text:
        conditions.append(holds_text(wanted.text, Offer.title, Offer.description, Offer.external_id))
    if wanted.provider:
        conditions.append(Offer.provider == wanted.provider)
    if wanted.kind:
        conditions.append(Offer.kind == wanted.kind)
    if wanted.is_open_on:
        conditions.append(
            or_(
                Offer.available_until_on.is_(None),
                Offer.available_until_on >= wanted.is_open_on,
            )
        )
    if wanted.ids is not None:
        conditions.append(Offer.id.in_(wanted.ids))
    if wanted.status:
        conditions.append(has_status(Offer, wanted.status, today_utc()))
    if wanted.organization_id:
        conditions.append(Offer.organization_id == wanted.organization_id)
    return conditions


def _listed(wanted: OfferFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the lists that an offer holds."""
    conditions = []
    if wanted.area:
        conditions.append(Offer.areas.any(OfferArea.area_code.in_(codes_within(wanted.area))))
    if wanted.state:
        code = wanted.state.upper()
        tokens = or_(
            OfferEligibility.token.in_((EVERYBODY, code)),
            OfferEligibility.token.in_(group_codes(code)),
        )
        # An offer to everybody is not an offer to a State that does not exist.
        conditions.append(select(State.code).where(State.code == code).exists())
        conditions.append(Offer.eligibilities.any(tokens))
    if wanted.mode:
        conditions.append(Offer.modes.any(OfferMode.mode == wanted.mode))
    if wanted.language:
        conditions.append(Offer.languages.any(OfferLanguage.language == wanted.language))
    return conditions


def _labelled(wanted: OfferFilter) -> Iterator[ColumnElement[bool]]:
    in_force = select(OfferLabel.id).where(OfferLabel.offer_id == Offer.id, OfferLabel.ended_at.is_(None))
    match wanted.label:
        case LabelState.IN_FORCE:
            yield in_force.exists()
        case LabelState.CHANGED:
            yield in_force.where(OfferLabel.contents_revision != Offer.contents_revision).exists()
        case LabelState.NONE:
            yield ~in_force.exists()
