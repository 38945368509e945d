"""Reading what a run answers beside its matches; a run closes with whatever an answer names, so all of it may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access.visibility import visible_to
from app.actor import Actor
from app.errors import NotFoundError
from app.matches.answer_models import Coalition, OfferDuplicate, PoolChange, Sensitivity
from app.matches.models import Tandem
from app.matches.queries import find_latest_run, get_run
from app.needs.models import Need, NeedState
from app.offers.models import Offer
from app.organizations.importing import IDS_PER_QUERY
from app.paging import Page, PageRequest, read_page
from matching.vocabulary import TandemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarOffer:
    """An offer that probably says the same as the one asked about."""

    offer: Offer
    found: OfferDuplicate


def list_sensitivities(session: Session, actor: Actor, run_id: UUID, page: PageRequest) -> Page[Sensitivity]:
    """Return a page of how firmly the first offers of a run stand, by need, with the needs and offers."""
    get_run(session, actor, run_id)
    return read_page(session, _sensitivities(run_id), page, order_by=[Sensitivity.need_id])


def toss_ups_of_run(
    session: Session, actor: Actor, run_id: UUID, *, limit: int | None = None
) -> tuple[Sensitivity, ...]:
    """Return the first places that other plausible weights would give to somebody else, the least firm first."""
    get_run(session, actor, run_id)
    statement = _sensitivities(run_id).where(Sensitivity.is_toss_up)
    order = (Sensitivity.n_first, Sensitivity.margin, Sensitivity.need_id)
    return tuple(session.scalars(statement.order_by(*order).limit(limit)))


def sensitivities_of_run(session: Session, actor: Actor, run_id: UUID) -> tuple[Sensitivity, ...]:
    """Return how firmly each first offer of a run stands, by the external ids of the needs."""
    get_run(session, actor, run_id)
    statement = _sensitivities(run_id).join(Sensitivity.need).order_by(Need.external_id, Need.id)
    return tuple(session.scalars(statement))


def count_first_places(session: Session, actor: Actor, run_id: UUID) -> tuple[int, int]:
    """Return how many first places of a run were looked at, and how many of them are a toss-up."""
    get_run(session, actor, run_id)
    statement = select(Sensitivity.is_toss_up, func.count()).where(Sensitivity.run_id == run_id)
    found = {row.is_toss_up: row[1] for row in session.execute(statement.group_by(Sensitivity.is_toss_up))}
    return sum(found.values()), found.get(True, 0)


def find_sensitivity(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> Sensitivity | None:
    """Return how firmly the first offer of a need stands in a run; None where that was not looked at."""
    get_run(session, actor, run_id)
    return session.scalars(_sensitivities(run_id).where(Sensitivity.need_id == need_id)).one_or_none()


def list_coalitions(session: Session, actor: Actor, run_id: UUID, page: PageRequest) -> Page[Coalition]:
    """Return a page of the coalitions of a run, by need, with the needs."""
    get_run(session, actor, run_id)
    return read_page(session, _coalitions(run_id), page, order_by=[Coalition.need_id])


def coalitions_of_run(
    session: Session, actor: Actor, run_id: UUID, *, limit: int | None = None
) -> tuple[Coalition, ...]:
    """Return the coalitions of a run by the external ids of their needs, with the needs."""
    get_run(session, actor, run_id)
    statement = _coalitions(run_id).join(Coalition.need).order_by(Need.external_id, Need.id)
    return tuple(session.scalars(statement.limit(limit)))


def list_changes(session: Session, actor: Actor, run_id: UUID, page: PageRequest) -> Page[PoolChange]:
    """Return a page of what would serve the most needs, each change alone before the best few together."""
    get_run(session, actor, run_id)
    return read_page(session, _changes(run_id), page, order_by=[PoolChange.listing, PoolChange.rank])


def changes_of_run(session: Session, actor: Actor, run_id: UUID) -> tuple[PoolChange, ...]:
    """Return what would serve the most needs, each change alone before the best few together."""
    get_run(session, actor, run_id)
    return tuple(session.scalars(_changes(run_id).order_by(PoolChange.listing, PoolChange.rank)))


def duplicates_of_offer(session: Session, actor: Actor, offer_id: UUID) -> tuple[SimilarOffer, ...]:
    """Return the offers that the actor may see and that probably say the same as one, the likest first.

    They are those of the newest run that the actor may see; before there is one, nobody has looked.

    Raises
    ------
    NotFoundError
        When there is no such offer that the actor may see.
    """
    if session.scalar(select(Offer.id).where(Offer.id == offer_id, visible_to(actor, Offer))) is None:
        raise NotFoundError("There is no such offer.")
    run = find_latest_run(session, actor)
    return () if run is None else duplicates_in_run(session, actor, run.id, offer_id)


def duplicates_in_run(session: Session, actor: Actor, run_id: UUID, offer_id: UUID) -> tuple[SimilarOffer, ...]:
    """Return the offers that the actor may see and that a run found to say the same as one, the likest first."""
    get_run(session, actor, run_id)
    statement = (
        select(OfferDuplicate)
        .where(OfferDuplicate.run_id == run_id)
        .where(or_(OfferDuplicate.one_id == offer_id, OfferDuplicate.other_id == offer_id))
        .options(joinedload(OfferDuplicate.one, innerjoin=True), joinedload(OfferDuplicate.other, innerjoin=True))
        .order_by(OfferDuplicate.likeness.desc(), OfferDuplicate.one_id, OfferDuplicate.other_id)
    )
    pairs = [(row.other if row.one_id == offer_id else row.one, row) for row in session.scalars(statement)]
    seen = offers_by_id(session, actor, [str(offer.id) for offer, _ in pairs])
    # What was withdrawn since the run is not heard of through its double.
    return tuple(SimilarOffer(offer=offer, found=row) for offer, row in pairs if str(offer.id) in seen)


def get_peers(session: Session, actor: Actor, run_id: UUID, tandem_id: UUID) -> Tandem:
    """Return a tandem of peers with the draft of what they could file, and its area.

    Raises
    ------
    NotFoundError
        When there is no such run that the actor may see, or no such tandem with a draft in it.
    """
    get_run(session, actor, run_id)
    statement = select(Tandem).where(Tandem.run_id == run_id, Tandem.id == tandem_id, Tandem.kind == TandemKind.PEER)
    tandem = session.scalars(statement.options(joinedload(Tandem.area, innerjoin=True))).one_or_none()
    if tandem is None or tandem.joint_need is None:
        raise NotFoundError("There is no such draft.")
    return tandem


def offers_by_id(session: Session, actor: Actor, ids: Iterable[str]) -> Mapping[str, Offer]:
    """Return the offers of these ids that the actor may see."""
    return {str(row.id): row for part in _batches(ids) for row in session.scalars(_seen_offers(actor, part))}


def needs_by_id(session: Session, actor: Actor, ids: Iterable[str]) -> Mapping[str, Need]:
    """Return the needs of these ids that the actor may see, with their States."""
    return {str(row.id): row for part in _batches(ids) for row in session.scalars(_seen_needs(actor, part))}


def _batches(ids: Iterable[str]) -> list[list[UUID]]:
    wanted = [UUID(one) for one in sorted(set(ids))]
    return [wanted[start : start + IDS_PER_QUERY] for start in range(0, len(wanted), IDS_PER_QUERY)]


def _seen_offers(actor: Actor, ids: list[UUID]) -> Select[Offer]:
    return select(Offer).where(Offer.id.in_(ids), visible_to(actor, Offer))


def _seen_needs(actor: Actor, ids: list[UUID]) -> Select[Need]:
    return select(Need).where(Need.id.in_(ids), visible_to(actor, Need))


def _sensitivities(run_id: UUID) -> Select[Sensitivity]:
    need = joinedload(Sensitivity.need, innerjoin=True)
    return (
        select(Sensitivity)
        .where(Sensitivity.run_id == run_id)
        .options(
            need.selectinload(Need.states).joinedload(NeedState.state, innerjoin=True),
            joinedload(Sensitivity.first_offer, innerjoin=True),
            joinedload(Sensitivity.second_offer),
        )
    )


def _coalitions(run_id: UUID) -> Select[Coalition]:
    need = joinedload(Coalition.need, innerjoin=True)
    return select(Coalition).where(Coalition.run_id == run_id).options(need.options(selectinload(Need.states)))


def _changes(run_id: UUID) -> Select[PoolChange]:
    return select(PoolChange).where(PoolChange.run_id == run_id)
