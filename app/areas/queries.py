"""Reading areas: the tree, a search over titles, scopes and terms, and one area with its terms and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.actor import Actor
from app.areas.models import Area, AreaLink, AreaRelease, AreaTerm
from app.areas.succession import successors
from app.errors import NotFoundError
from app.paging import Page, PageRequest, read_page
from app.text import holds_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaNode:
    """An area of the tree with its subtopics."""

    area: Area
    children: tuple[Area, ...]


def get_area(session: Session, actor: Actor, code: str) -> Area:
    """Return an area with its search terms and its links to other taxonomies.

    Raises
    ------
    NotFoundError
        When no area has the code.
    """
    statement = (
        select(Area)
        .where(Area.code == code.upper())
        .options(
            selectinload(Area.terms),
            selectinload(Area.links).joinedload(AreaLink.scheme_code),
        )
    )
    area = session.scalars(statement).one_or_none()
    if area is None:
        raise NotFoundError("There is no such area.")
    return area


def list_areas(session: Session, actor: Actor, *, text: str = "") -> tuple[Area, ...]:
    """Return the areas in the order of the release, those that hold the text where there is one; nothing is loaded."""
    statement = select(Area).order_by(Area.position, Area.code)
    if text:
        statement = statement.where(_speaks_of(text))
    return tuple(session.scalars(statement))


def list_page(session: Session, actor: Actor, page: PageRequest, *, text: str = "") -> Page[Area]:
    """Return a page of areas by code; nothing else is loaded."""
    statement = select(Area).where(_speaks_of(text)) if text else select(Area)
    return read_page(session, statement, page, order_by=[Area.code])


def list_tree(session: Session, actor: Actor, *, text: str = "") -> tuple[AreaNode, ...]:
    """Return the top-level areas with their subtopics; with a text, only what holds it and what is above that."""
    areas = [area for area in list_areas(session, actor) if area.retired_in is None]
    if text:
        leads_to = successors(session)
        found = {leads_to.get(area.code, area.code) for area in list_areas(session, actor, text=text)}
        areas = _with_parents(areas, found)
    return tuple(
        AreaNode(
            area=top,
            children=tuple(area for area in areas if area.parent_code == top.code),
        )
        for top in areas
        if top.parent_code is None
    )


def list_children(session: Session, actor: Actor, code: str) -> tuple[Area, ...]:
    """Return the subtopics of an area that are in force, in the order of the release; nothing is loaded."""
    statement = (
        select(Area)
        .where(Area.parent_code == code.upper(), Area.retired_in.is_(None))
        .order_by(Area.position, Area.code)
    )
    return tuple(session.scalars(statement))


def find_release(session: Session, actor: Actor, *, is_locked: bool = False) -> AreaRelease | None:
    """Return the release of the areas in force, or None where none is loaded; locked, nobody else supersedes it meanwhile."""
    statement = select(AreaRelease).where(AreaRelease.is_in_force()).order_by(*AreaRelease.newest_first()).limit(1)
    if is_locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def count(session: Session, actor: Actor) -> int:
    """Return how many areas and subtopics there are, retired ones included."""
    return session.scalar(select(func.count()).select_from(Area)) or 0


def _with_parents(areas: Iterable[Area], found: set[str]) -> list[Area]:
    shown = found | {code.partition(".")[0] for code in found}
    return [area for area in areas if area.code in shown]


def _speaks_of(text: str) -> ColumnElement[bool]:
    titles = (
        Area.title_en,
        Area.title_fr,
        Area.title_es,
        Area.title_ru,
        Area.title_zh,
        Area.title_ar,
    )
    terms = select(AreaTerm.area_code).where(holds_text(text, AreaTerm.term))
    return or_(holds_text(text, Area.code, Area.scope_en, *titles), Area.code.in_(terms))
