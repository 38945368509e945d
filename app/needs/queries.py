"""Reading needs: one, a page, all, and how many; only what the actor may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.access.policy import holds, sees_field_somewhere
from app.access.visibility import visible_to
from app.access.vocabulary import Field
from app.actor import Actor
from app.areas.models import Area
from app.areas.succession import as_in_force, codes_within
from app.clock import today_utc
from app.errors import NotFoundError
from app.needs.filters import EVERY_NEED, NeedFilter
from app.needs.models import Need, NeedArea, NeedLanguage, NeedMode, NeedState
from app.needs.private import ambiguous_private_ids, count_private_by_area, private_ids
from app.needs.secrets import reveal
from app.organizations.importing import ambiguous_ids
from app.organizations.lives import has_status
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page
from app.states.queries import member_codes
from app.text import holds_text
from matching.vocabulary import Visibility

STREAM_ROWS: Final = 500  # how many needs an export holds in memory at a time
CONFIDENTIAL: Final = (Field.NEED_EXCLUDED_PROVIDERS, Field.NEED_CHOSEN_PROVIDERS)
# What was opened in memory before is read anew, as the lists are sorted by what the database holds.
AS_STORED: Final = {"populate_existing": True}


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
    need = session.scalars(statement.execution_options(**AS_STORED)).one_or_none()
    if need is None:
        raise NotFoundError("There is no such need.")
    reveal(session, actor, [need])
    return need


def list_page(session: Session, actor: Actor, page: PageRequest, wanted: NeedFilter = EVERY_NEED) -> Page[Need]:
    """Return a page of needs by external id, each with its lists and organization."""
    statement = select(Need).where(*_conditions(session, actor, wanted)).options(*_whole(actor))
    order_by = [Need.external_id, Need.id]
    found = read_page(session, statement.execution_options(**AS_STORED), page, order_by=order_by)
    reveal(session, actor, found.items)
    return found


def iter_rows(session: Session, actor: Actor, wanted: NeedFilter = EVERY_NEED) -> Iterator[Need]:
    """Yield the needs by external id, each with its lists and organization, a few hundred at a time.

    The providers that a State excludes are loaded for those only who see them of some need.
    """
    statement = select(Need).where(*_conditions(session, actor, wanted)).options(*_whole(actor))
    statement = statement.order_by(Need.external_id, Need.id)
    for batch in session.scalars(statement.execution_options(yield_per=STREAM_ROWS, **AS_STORED)).partitions():
        reveal(session, actor, batch)
        yield from batch


def needs_by_id(session: Session, actor: Actor, need_ids: Collection[UUID]) -> Mapping[UUID, Need]:
    """Return the needs of these ids that the actor may see, by id, with their lists and organization."""
    statement = select(Need).where(Need.id.in_(need_ids), visible_to(actor, Need)).options(*_whole(actor))
    needs = session.scalars(statement.execution_options(**AS_STORED)).all()
    reveal(session, actor, needs)
    return {need.id: need for need in needs}


def count(session: Session, actor: Actor, wanted: NeedFilter = EVERY_NEED) -> int:
    """Return how many needs there are."""
    return session.scalar(select(func.count(Need.id)).where(*_conditions(session, actor, wanted))) or 0


def count_by_area(session: Session, actor: Actor) -> Mapping[str, int]:
    """Return how many needs each area has; a top-level area counts those of its subtopics, each need once.

    A retired code counts as its successor.
    """
    top, in_force = func.coalesce(Area.parent_code, Area.code), as_in_force(session, NeedArea.area_code)
    counts: dict[str, int] = {}
    for level in (Area.code, top):
        statement = (
            select(level, func.count(func.distinct(Need.id)))
            .join(NeedArea, NeedArea.need_id == Need.id)
            .join(Area, Area.code == in_force)
            .where(visible_to(actor, Need))
            .group_by(level)
        )
        counts.update((code, n) for code, n in session.execute(statement))
    return Counter(counts) + Counter(count_private_by_area(session, actor))


def ambiguous_external_ids(session: Session, actor: Actor) -> frozenset[str]:
    """Return the external ids that do not name one need among all that the actor may see, whatever is filtered."""
    seen = select(Organization.code, Need.external_id).join(Need.organization).where(visible_to(actor, Need))
    in_the_open = ambiguous_ids(session, seen.where(Need.visibility != Visibility.PRIVATE))
    return in_the_open | ambiguous_private_ids(session, actor)


def _whole(actor: Actor) -> tuple[ORMOption, ...]:
    # Not even loaded for those who see none of it and keep no need.
    sees_secrets = any(sees_field_somewhere(actor, field) for field in CONFIDENTIAL) or holds(
        actor, Need.READ_PERMISSION
    )
    secret = (selectinload(Need.secret), selectinload(Need.choices)) if sees_secrets else ()
    return (*secret, joinedload(Need.organization, innerjoin=True))


def _conditions(session: Session, actor: Actor, wanted: NeedFilter) -> list[ColumnElement[bool]]:
    in_the_open = _content_conditions(wanted)
    conditions = [visible_to(actor, Need)]
    if wanted.ids is not None:
        conditions.append(Need.id.in_(wanted.ids))
    if wanted.organization_id:
        conditions.append(Need.organization_id == wanted.organization_id)
    if wanted.status:
        conditions.append(has_status(Need, wanted.status, today_utc()))
    if in_the_open:
        # The database cannot look into private needs, so those of the actor are looked through here.
        ids = private_ids(session, actor, wanted)
        said = and_(Need.visibility != Visibility.PRIVATE, *in_the_open)
        conditions.append(or_(said, Need.id.in_(ids)) if ids else said)
    return conditions


def _content_conditions(wanted: NeedFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on what a need says."""
    conditions = _listed(wanted)
    if wanted.text:
        conditions.append(holds_text(wanted.text, Need.title, Need.description, Need.external_id))
    if wanted.is_open_on:
        conditions.append(or_(Need.latest_on.is_(None), Need.latest_on >= wanted.is_open_on))
    return conditions


def _listed(wanted: NeedFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the lists that a need holds."""
    conditions = []
    if wanted.area:
        conditions.append(Need.areas.any(NeedArea.area_code.in_(codes_within(wanted.area))))
    if wanted.state:
        conditions.append(Need.states.any(NeedState.state_code == wanted.state.upper()))
    if wanted.group:
        conditions.append(Need.states.any(NeedState.state_code.in_(member_codes(wanted.group))))
    if wanted.mode:
        conditions.append(Need.modes.any(NeedMode.mode == wanted.mode))
    if wanted.language:
        conditions.append(Need.languages.any(NeedLanguage.language == wanted.language))
    return conditions
