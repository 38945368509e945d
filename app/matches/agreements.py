"""Which offer meets a need, and how many places of an offer that leaves.

The secretariat notes what the two sides have told it. A place is taken while the need is matched or fulfilled; there is no
counter beside it that could say something else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.policy import may, require
from app.access.visibility import is_shared_with, visible_to
from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc, today_utc
from app.errors import ConflictError, InvalidFieldError, NotFoundError
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.offers.models import Offer
from app.offers.queries import get_offer, offers_by_id
from app.organizations.lives import Status
from app.organizations.moves import Move, Standing, move_record
from app.organizations.transitions import Action
from matching.eligibility import provider_key
from matching.sentences import N_
from matching.vocabulary import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A need, and the offer that meets it; none where nobody does, or somebody who is not listed here."""

    need: Need
    offer: Offer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many needs an offer can serve, and how many of these places are taken."""

    offer: Offer
    n_taken: int

    @property
    def n_left(self) -> int:
        """How many more needs it can serve; none where its keeper has lowered the number since."""
        return max(0, int(self.offer.capacity) - self.n_taken)


class NoPlaceLeftError(ConflictError):
    """All places of the offer are taken."""

    code = "no_place_left"


NO_PLACE_LEFT = N_("All places of this offer are taken. Choose another offer, or ask its provider for one more place.")
NOT_OPEN = N_("This offer is not open now: its provider has to publish, confirm or prolong it first.")
NOT_WANTED = N_("The State does not want this provider.")


def find_agreement(session: Session, actor: Actor, need: Need) -> Agreement:
    """Return which offer meets a need that the actor sees.

    Raises
    ------
    ForbiddenError
        When the actor neither keeps it nor is of the secretariat.
    """
    require(actor, Permission.NEED_RANK_READ, owner_id=need.organization_id)
    return Agreement(need=need, offer=offers_agreed(session, actor, [need]).get(need.id))


def offers_agreed(session: Session, actor: Actor, needs: Collection[Need]) -> Mapping[UUID, Offer]:
    """Return the offers that meet these needs by the need's id, of those needs alone of which the actor may know it."""
    ids = {
        need.id: need.matched_offer_id
        for need in needs
        if need.matched_offer_id and may(actor, Permission.NEED_RANK_READ, owner_id=need.organization_id)
    }
    offers = offers_by_id(session, actor, set(ids.values())) if ids else {}
    return {need_id: offers[offer_id] for need_id, offer_id in ids.items() if offer_id in offers}


def agree(session: Session, actor: Actor, need: Need, offer_id: UUID, *, clock: Clock = now_utc) -> Standing:
    """Note that an offer meets a need, which has to be locked, and take a place of it.

    Raises
    ------
    ForbiddenError
        When the actor does not read needs for the secretariat.
    NotFromHereError
        When the need cannot be matched where it stands.
    InvalidFieldError
        When there is no such offer that the actor may see, it is not open, or the State does not want its provider.
    NoPlaceLeftError
        When all places of the offer are taken.
    """
    require(actor, Permission.NEED_REVIEW, owner_id=need.organization_id)
    try:
        # Locked: whoever wants the last place too waits here, and finds it taken.
        offer = get_offer(session, actor, offer_id, is_locked=True)
    except NotFoundError as error:
        raise InvalidFieldError("offer", N_("There is no such offer.")) from error
    if offer.status_on(today_utc(clock)) is not Status.PUBLISHED:
        raise InvalidFieldError("offer", NOT_OPEN)
    if _is_unwanted(offer.provider, {provider_key(name) for name in need.excluded_providers}):
        raise InvalidFieldError("offer", NOT_WANTED)
    if not _places(session, offer).n_left:
        raise NoPlaceLeftError(NO_PLACE_LEFT)
    standing = move_record(session, actor, NEED_LIFE, need, Move(action=Action.MATCH), clock=clock)
    need.matched_offer_id = offer.id
    session.flush()
    return standing


def find_places(session: Session, actor: Actor, offer: Offer) -> Places:
    """Return how many places are taken of an offer that the actor sees.

    Raises
    ------
    ForbiddenError
        When the actor neither keeps it nor is of the secretariat: that somebody took a place is theirs to know.
    """
    require(actor, Permission.OFFER_PREVIEW, owner_id=offer.organization_id)
    return _places(session, offer)


def taken_in_circle(session: Session, actor: Actor, *, circle: Visibility) -> Mapping[UUID, int]:
    """Return how many places of each offer are taken by needs that everybody in a circle sees: no others move a run."""
    is_seen = (visible_to(actor, Need), is_shared_with(circle, Need))
    statement = select(Need.matched_offer_id, func.count()).where(Need.matched_offer_id.is_not(None), *is_seen)
    return {offer_id: n for offer_id, n in session.execute(statement.group_by(Need.matched_offer_id)) if offer_id}


def _places(session: Session, offer: Offer) -> Places:
    n_taken = session.scalar(select(func.count()).where(Need.matched_offer_id == offer.id)) or 0
    return Places(offer=offer, n_taken=n_taken)


def _is_unwanted(provider: str, excluded: Collection[str]) -> bool:
    """Return whether a provider is excluded, itself or all those whose names stand in its own, as in a run."""
    parts = {provider_key(part) for part in provider.split(";") if part.strip()}
    return provider_key(provider) in excluded or (bool(parts) and parts <= set(excluded))
