"""Reading needs: one, a page, all, and how many; only what the actor may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.access.policy import Field, sees_field_somewhere
from app.access.visibility import visible_to
from app.actor import Actor
from app.areas.models import Area
from app.errors import NotFoundError
from app.needs.models import Need, NeedArea, NeedLanguage, NeedMode, NeedState
from app.organizations.importing import ambiguous_ids
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page
from app.states.queries import member_codes
from app.text import holds_text
from matching.vocabulary import Mode

STREAM_ROWS: Final = 500  # how many needs an export holds in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFilter:
    """Which needs are wanted; all that is given has to hold.

    ``area`` includes its subtopics; ``language`` is the one code that records have for it; ``group`` is a region, a UN regional group, a status or a bloc; ``ids`` is a
    selection of need ids, such as the unmet needs of a run.
    """

    text: str = ""
    area: str | None = None
    state: str | None = None
    group: str | None = None
    mode: Mode | None = None
    language: str | None = None
    is_open_on: date | None = None
    ids: Select[UUID] | None = None


EVERY_NEED: Final = NeedFilter()


def get_need(session: Session, actor: Actor, need_id: UUID, *, is_locked: bool = False) -> Need:
    """Return a need with its lists, and its organization, States and areas; locked, nobody else changes it meanwhile.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    statement = select(Need).where(Need.id == need_id, visible_to(actor, Need)).options(*_whole(actor))
    if is_locked:
        statement = statement.with_for_update(of=Need)
    need = session.scalars(statement).one_or_none()
    if need is None:
        raise NotFoundError("There is no such need.")
    return need


def list_page(session: Session, actor: Actor, page: PageRequest, wanted: NeedFilter = EVERY_NEED) -> Page[Need]:
    """Return a page of needs by external id, each with its lists, and its organization, States and areas."""
    statement = select(Need).where(*_conditions(actor, wanted)).options(*_whole(actor))
    return read_page(session, statement, page, order_by=[Need.external_id, Need.id])


def iter_rows(session: Session, actor: Actor, wanted: NeedFilter = EVERY_NEED) -> Iterator[Need]:
    """Yield the needs by external id, each with its lists and organization, a few hundred at a time.

    The providers that a State excludes are loaded for those only who see them of some need.
    """
    statement = (
        select(Need)
        .where(*_conditions(actor, wanted))
        .options(joinedload(Need.organization, innerjoin=True))
        .order_by(Need.external_id, Need.id)
        .execution_options(yield_per=STREAM_ROWS)
    )
    if _sees_exclusions(actor):
        statement = statement.options(selectinload(Need.exclusions))
    yield from session.scalars(statement)


def count(session: Session, actor: Actor, wanted: NeedFilter = EVERY_NEED) -> int:
    """Return how many needs there are."""
    return session.scalar(select(func.count(Need.id)).where(*_conditions(actor, wanted))) or 0


def count_by_area(session: Session, actor: Actor) -> Mapping[str, int]:
    """Return how many needs each area has; a top-level area counts those of its subtopics, each need once."""
    top = func.coalesce(Area.parent_code, Area.code)
    counts: dict[str, int] = {}
    for level in (NeedArea.area_code, top):
        statement = (
            select(level, func.count(func.distinct(Need.id)))
            .join(NeedArea, NeedArea.need_id == Need.id)
            .join(Area, Area.code == NeedArea.area_code)
            .where(visible_to(actor, Need))
            .group_by(level)
        )
        counts.update((code, n) for code, n in session.execute(statement))
    return counts


def ambiguous_external_ids(session: Session, actor: Actor) -> frozenset[str]:
    """Return the external ids that do not name one need among all that the actor may see, whatever is filtered."""
    seen = select(Organization.code, Need.external_id).join(Need.organization).where(visible_to(actor, Need))
    return ambiguous_ids(session, seen)


def _whole(actor: Actor) -> tuple[ORMOption, ...]:
    # Not even loaded for those who see no exclusion at all.
    confidential = (selectinload(Need.exclusions),) if _sees_exclusions(actor) else ()
    return (
        *confidential,
        joinedload(Need.organization, innerjoin=True),
        selectinload(Need.states).joinedload(NeedState.state, innerjoin=True),
        selectinload(Need.areas).joinedload(NeedArea.area, innerjoin=True),
    )


def _sees_exclusions(actor: Actor) -> bool:
    return sees_field_somewhere(actor, Field.NEED_EXCLUDED_PROVIDERS)


def _conditions(actor: Actor, wanted: NeedFilter) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor, Need), *_listed(wanted)]
    if wanted.text:
        conditions.append(holds_text(wanted.text, Need.title, Need.description, Need.external_id))
    if wanted.is_open_on:
        conditions.append(or_(Need.latest_on.is_(None), Need.latest_on >= wanted.is_open_on))
    if wanted.ids is not None:
        conditions.append(Need.id.in_(wanted.ids))
    return conditions


def _listed(wanted: NeedFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the lists that a need holds."""
    conditions = []
    if wanted.area:
        code = wanted.area.upper()
        within = or_(
            NeedArea.area_code == code,
            NeedArea.area_code.startswith(f"{code}.", autoescape=True),
        )
        conditions.append(Need.areas.any(within))
    if wanted.state:
        conditions.append(Need.states.any(NeedState.state_code == wanted.state.upper()))
    if wanted.group:
        conditions.append(Need.states.any(NeedState.state_code.in_(member_codes(wanted.group))))
    if wanted.mode:
        conditions.append(Need.modes.any(NeedMode.mode == wanted.mode))
    if wanted.language:
        conditions.append(Need.languages.any(NeedLanguage.language == wanted.language))
    return conditions
