"""Reading runs and what they found; a run is seen by those whom it is for, while they may see every record in it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.access.visibility import visible_to
from app.actor import Actor
from app.errors import NotFoundError
from app.matches.answer_models import NamedOffer
from app.matches.models import RUN_FILE_NAMES, Match, MatchRun, MatchRunFile, Tandem, UnmetNeed
from app.matches.options import COMPARED_RULES
from app.needs.models import Need, NeedState
from app.offers.models import Offer
from app.paging import Page, PageRequest, SortKey, read_page
from matching.vocabulary import Visibility

NEWEST_FIRST: Final[tuple[SortKey, ...]] = (
    MatchRun.started_at.desc(),
    MatchRun.id.desc(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """One of the files of a run, byte for byte as the command line writes it."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFilter:
    """Which matches of a run are wanted; all that is given has to hold."""

    need_id: UUID | None = None
    offer_id: UUID | None = None
    is_allocated: bool | None = None


EVERY_MATCH: Final = MatchFilter()


def get_run(session: Session, actor: Actor, run_id: UUID) -> MatchRun:
    """Return a run with its profile and the names and digests of its files.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    statement = _runs(actor).where(MatchRun.id == run_id).options(selectinload(MatchRun.files))
    run = session.scalars(statement).one_or_none()
    if run is None:
        raise NotFoundError("There is no such run.")
    return run


def find_latest_run(session: Session, actor: Actor, *, also_seen_by: Actor | None = None) -> MatchRun | None:
    """Return the run for the latest day with its profile and files, or None where there is none the actor may see.

    Neither a run for an earlier day that is made later, to see how it would have been, takes its place, nor one by a rule
    that is there to be compared with.
    For the system that is the one for the secretariat where the last match made one; a run with a record that its owner
    has made private since does not count. With ``also_seen_by`` somebody else has to see the run as well.
    """
    statement = (
        _runs(actor).order_by(MatchRun.as_of_on.desc(), *NEWEST_FIRST).limit(1).options(selectinload(MatchRun.files))
    )
    statement = statement.where(MatchRun.allocation.not_in(COMPARED_RULES))
    if also_seen_by is not None:
        statement = statement.where(_is_open_to(also_seen_by))
    if actor.is_system:
        statement = statement.where(
            _holds_no(Need.visibility == Visibility.PRIVATE, Offer.visibility == Visibility.PRIVATE)
        )
    return session.scalars(statement).first()


def ids_of_runs(actor: Actor) -> Select[UUID]:
    """Return what selects the ids of the runs that the actor may see."""
    return select(MatchRun.id).where(_is_open_to(actor))


def list_runs(session: Session, actor: Actor, page: PageRequest) -> Page[MatchRun]:
    """Return a page of runs, the newest first, with their profiles and the names and digests of their files."""
    return read_page(
        session,
        _runs(actor).options(selectinload(MatchRun.files)),
        page,
        order_by=NEWEST_FIRST,
    )


def find_run_before(session: Session, actor: Actor, run: MatchRun) -> MatchRun | None:
    """Return the run that was made last before another one, or None where it was the first."""
    earlier = _runs(actor).where(MatchRun.started_at < run.started_at)
    return session.scalars(earlier.order_by(*NEWEST_FIRST).limit(1)).first()


def count_runs(session: Session, actor: Actor) -> int:
    """Return how many runs there are."""
    return session.scalar(select(func.count(MatchRun.id)).where(_is_open_to(actor))) or 0


def get_run_file(session: Session, actor: Actor, run_id: UUID, name: str) -> RunFile:
    """Return one of the files of a run.

    Raises
    ------
    NotFoundError
        When there is no such run or file that the actor may see.
    """
    get_run(session, actor, run_id)
    statement = select(MatchRunFile.content, MatchRunFile.sha256).where(
        MatchRunFile.run_id == run_id, MatchRunFile.name == name
    )
    # A name is anybody's text; PostgreSQL does not even take some as a value to compare with.
    found = session.execute(statement).one_or_none() if name in RUN_FILE_NAMES else None
    if found is None:
        raise NotFoundError("The run has no such file.")
    return RunFile(name=name, content=zlib.decompress(found.content), sha256=found.sha256)


def get_match(session: Session, actor: Actor, match_id: UUID) -> Match:
    """Return a match with its need and its offer.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    statement = (
        select(Match)
        .join(Match.run)
        .where(Match.id == match_id, _is_open_to(actor))
        .options(
            joinedload(Match.need, innerjoin=True),
            joinedload(Match.offer, innerjoin=True),
        )
    )
    match = session.scalars(statement).one_or_none()
    if match is None:
        raise NotFoundError("There is no such match.")
    return match


def list_matches(
    session: Session,
    actor: Actor,
    run_id: UUID,
    page: PageRequest,
    wanted: MatchFilter = EVERY_MATCH,
) -> Page[Match]:
    """Return a page of the matches of a run by need, then rank, with their needs and offers.

    Raises
    ------
    NotFoundError
        When there is no such run, need or offer that the actor may see.
    """
    get_run(session, actor, run_id)
    statement = _matches(run_id, wanted).options(*_pair())
    return read_page(session, statement, page, order_by=[Match.need_id, Match.rank])


def matches_of_need(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> tuple[Match, ...]:
    """Return the matches of a need in a run by rank, with their offers whole."""
    get_run(session, actor, run_id)
    statement = _matches(run_id, MatchFilter(need_id=need_id)).options(joinedload(Match.offer, innerjoin=True))
    return tuple(session.scalars(statement.order_by(Match.rank)))


def matches_of_offer(
    session: Session,
    actor: Actor,
    run_id: UUID,
    offer_id: UUID,
    *,
    limit: int | None = None,
) -> tuple[Match, ...]:
    """Return the matches of an offer in a run, allocated ones first, then by score, with their needs and States."""
    get_run(session, actor, run_id)
    statement = (
        _matches(run_id, MatchFilter(offer_id=offer_id))
        .options(_need_with_states())
        .order_by(Match.is_allocated.desc(), Match.score.desc(), Match.need_id)
        .limit(limit)
    )
    return tuple(session.scalars(statement))


def list_unmet(session: Session, actor: Actor, run_id: UUID, page: PageRequest) -> Page[UnmetNeed]:
    """Return a page of the unmet needs of a run, with their needs, States and nearest offers."""
    get_run(session, actor, run_id)
    return read_page(session, _unmet(run_id), page, order_by=[UnmetNeed.need_id])


def find_unmet(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> UnmetNeed | None:
    """Return why a need went unmet in a run, with its nearest offer, or None where it was met or is not seen."""
    get_run(session, actor, run_id)
    return session.scalars(_unmet(run_id).where(UnmetNeed.need_id == need_id)).one_or_none()


def tandems_of_run(session: Session, actor: Actor, run_id: UUID) -> tuple[Tandem, ...]:
    """Return the tandems of a run by area, kind and lead, with their areas and leads."""
    get_run(session, actor, run_id)
    statement = _tandems(run_id).order_by(Tandem.area_code, Tandem.kind, Tandem.lead_code, Tandem.id)
    return tuple(session.scalars(statement))


def list_tandems(session: Session, actor: Actor, run_id: UUID, page: PageRequest) -> Page[Tandem]:
    """Return a page of the tandems of a run by area and lead, with their areas and leads."""
    get_run(session, actor, run_id)
    return read_page(
        session,
        _tandems(run_id),
        page,
        order_by=[Tandem.area_code, Tandem.lead_code, Tandem.id],
    )


def _runs(actor: Actor) -> Select[MatchRun]:
    return select(MatchRun).where(_is_open_to(actor))


def _is_open_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that every record of a run may still be seen.

    A record that was withdrawn after the run is in the run's files too, so the whole run closes with it, to its owner as well.
    """
    if actor.is_system:
        return true()
    hidden = (or_(row.visibility == Visibility.PRIVATE, not_(visible_to(actor, row))) for row in (Need, Offer))
    return and_(visible_to(actor, MatchRun), _holds_no(*hidden))


def _holds_no(need: ColumnElement[bool], offer: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a run found nothing about such a need or such an offer."""
    matched = select(Match.id).where(Match.run_id == MatchRun.id).correlate(MatchRun)
    unmet = select(UnmetNeed.need_id).where(UnmetNeed.run_id == MatchRun.id).correlate(MatchRun)
    named = select(NamedOffer.offer_id).where(NamedOffer.run_id == MatchRun.id).correlate(MatchRun)
    return and_(
        ~matched.join(Match.need).where(need).exists(),
        ~matched.join(Match.offer).where(offer).exists(),
        ~unmet.join(UnmetNeed.need).where(need).exists(),
        ~unmet.join(UnmetNeed.nearest_offer).where(offer).exists(),
        ~named.join(NamedOffer.offer).where(offer).exists(),
    )


def _matches(run_id: UUID, wanted: MatchFilter) -> Select[Match]:
    statement = select(Match).where(Match.run_id == run_id)
    if wanted.need_id:
        statement = statement.where(Match.need_id == wanted.need_id)
    if wanted.offer_id:
        statement = statement.where(Match.offer_id == wanted.offer_id)
    if wanted.is_allocated is not None:
        statement = statement.where(Match.is_allocated == wanted.is_allocated)
    return statement


def _unmet(run_id: UUID) -> Select[UnmetNeed]:
    need = joinedload(UnmetNeed.need, innerjoin=True)
    return (
        select(UnmetNeed)
        .where(UnmetNeed.run_id == run_id)
        .options(
            need.selectinload(Need.states).joinedload(NeedState.state, innerjoin=True),
            joinedload(UnmetNeed.nearest_offer),
        )
    )


def _tandems(run_id: UUID) -> Select[Tandem]:
    return (
        select(Tandem)
        .where(Tandem.run_id == run_id)
        .options(
            joinedload(Tandem.area, innerjoin=True),
            joinedload(Tandem.lead, innerjoin=True),
        )
    )


def _pair() -> tuple[ORMOption, ...]:
    return joinedload(Match.need, innerjoin=True), joinedload(Match.offer, innerjoin=True)


def _need_with_states() -> ORMOption:
    need = joinedload(Match.need, innerjoin=True)
    return need.selectinload(Need.states).joinedload(NeedState.state, innerjoin=True)
