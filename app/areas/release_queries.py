"""Reading releases of the areas: the one in force, the draft, and what each of them holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from app.access.policy import may, require
from app.access.vocabulary import Permission
from app.actor import SYSTEM, Actor
from app.areas.models import Area, AreaChange, AreaRelease, ReleaseState
from app.areas.queries import find_release
from app.areas.released import (
    AreaDifference,
    ReleasedArea,
    ReleasedAreas,
    area_in_force,
    area_of,
    areas_of_content,
    differences,
    in_order,
)
from app.errors import ConflictError, NotFoundError
from app.paging import Page, PageRequest, read_page

REVIEW_NOTICE_DAYS: Final = 60  # before the day of a review from which its notice is shown


def release_in_force(session: Session, *, is_locked: bool = False) -> AreaRelease:
    """Return the release in force; locked, nobody else supersedes it meanwhile.

    Raises
    ------
    ConflictError
        When none was loaded.
    """
    found = find_release(session, SYSTEM, is_locked=is_locked)
    if found is None:
        raise ConflictError("The areas are not loaded; run `flask --app wsgi load reference` first.")
    return found


def find_draft(session: Session, actor: Actor) -> AreaRelease | None:
    """Return the draft of the next release; None where there is none, or the actor may see none."""
    if not may(actor, Permission.AREA_RELEASE_READ):
        return None
    return session.scalars(select(AreaRelease).where(AreaRelease.state == ReleaseState.DRAFT)).one_or_none()


def get_release(session: Session, actor: Actor, release: str, *, is_locked: bool = False) -> AreaRelease:
    """Return a release, a draft or one of former days; locked, nobody else changes it meanwhile.

    Raises
    ------
    ForbiddenError
        When the actor may read none.
    NotFoundError
        When there is none of that name.
    """
    require(actor, Permission.AREA_RELEASE_READ)
    statement = select(AreaRelease).where(AreaRelease.release == release).options(undefer(AreaRelease.content))
    if is_locked:
        statement = statement.with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFoundError("There is no such release.")
    return found


def list_releases(session: Session, actor: Actor) -> Sequence[AreaRelease]:
    """Return all releases, the newest first.

    Raises
    ------
    ForbiddenError
        When the actor may read none.
    """
    require(actor, Permission.AREA_RELEASE_READ)
    found = session.scalars(select(AreaRelease)).all()
    return sorted(found, key=lambda one: (len(one.release), one.release), reverse=True)


def list_page(session: Session, actor: Actor, page: PageRequest) -> Page[AreaRelease]:
    """Return a page of releases by name; raises as ``list_releases``."""
    require(actor, Permission.AREA_RELEASE_READ)
    return read_page(session, select(AreaRelease), page, order_by=[AreaRelease.release])


def areas_of(session: Session, release: AreaRelease) -> ReleasedAreas:
    """Return the areas of a release by code, in order: of a draft as it has them, of one of former days as they were."""
    if release.state in (ReleaseState.DRAFT, ReleaseState.DISCARDED):
        return in_order({**areas_before(session, release), **_changed(session, release)})
    if release.content is not None:
        return in_order(areas_of_content(release.content))
    rows = session.scalars(
        select(Area).order_by(Area.position).options(selectinload(Area.terms), selectinload(Area.links))
    )
    return in_order({row.code: area_in_force(row) for row in rows.all()})


def areas_before(session: Session, release: AreaRelease) -> ReleasedAreas:
    """Return the areas of the release from which another was drafted; of the first one, none."""
    if release.base_release is None:
        return {}
    return areas_of(session, session.get_one(AreaRelease, release.base_release))


def differences_of(session: Session, release: AreaRelease) -> tuple[AreaDifference, ...]:
    """Return what a release has otherwise than the one from which it was drafted, by code."""
    if release.base_release is None:
        return ()
    return differences(areas_before(session, release), areas_of(session, release))


def get_area_of(session: Session, release: AreaRelease, code: str) -> ReleasedArea:
    """Return an area as a release has it.

    Raises
    ------
    NotFoundError
        When it has none of that code.
    """
    found = areas_of(session, release).get(code.upper())
    if found is None:
        raise NotFoundError("There is no such area in this release.")
    return found


def find_review(session: Session, actor: Actor, *, today: date) -> AreaRelease | None:
    """Return the release in force where it is time to look at it again and the actor may draft the next; else None."""
    if not may(actor, Permission.AREA_DRAFT):
        return None
    return find_due_review(session, today=today)


def find_due_review(session: Session, *, today: date) -> AreaRelease | None:
    """Return the release in force where it is time to look at it again."""
    release = find_release(session, SYSTEM)
    if release is None or release.review_on is None:
        return None
    return release if today >= release.review_on - timedelta(days=REVIEW_NOTICE_DAYS) else None


def has_own_releases(session: Session) -> bool:
    """Return whether a release of the areas was drafted here and was not discarded."""
    is_own = (AreaRelease.base_release.is_not(None), AreaRelease.state != ReleaseState.DISCARDED)
    return session.scalars(select(AreaRelease.release).where(*is_own).limit(1)).first() is not None


def rows_by_code(session: Session) -> dict[str, Area]:
    """Return the rows of all areas with their terms and links."""
    rows = session.scalars(select(Area).options(selectinload(Area.terms), selectinload(Area.links)))
    return {row.code: row for row in rows}


def _changed(session: Session, release: AreaRelease) -> dict[str, ReleasedArea]:
    rows = session.scalars(select(AreaChange).where(AreaChange.release == release.release))
    return {row.code: area_of(row.content) for row in rows}
