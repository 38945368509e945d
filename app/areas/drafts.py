"""Drafting the next release of the areas: begun from the one in force, and changed area by area."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.checks import CODE, LASTING
from app.areas.models import AreaChange, AreaRelease, ReleaseState, SchemeCode
from app.areas.release_events import area_edited, note_release, require_draft
from app.areas.release_queries import areas_before, areas_of, find_draft, release_in_force
from app.areas.released import ReleasedArea, ReleasedAreas, next_code
from app.audit.services import record
from app.clock import Clock, now_utc
from app.errors import ConflictError, InvalidFieldError, NotFoundError
from matching.sentences import N_, Sentence

ONE_DRAFT: Final = N_("Release %(release)s is being drafted already. Go on with that one, or discard it.")
CODE_USED: Final = N_("The code %(code)s is used already, or was once; a code stands for one area for good.")
BAD_CODE: Final = N_("Write three capital letters for an area, and for a topic a point and a number after them: GOV.7.")
NO_PLACE: Final = N_("An area that is in force can be moved under another one that is in force.")
NO_CHANGE: Final = N_("This draft leaves the area as it is; there is nothing to take back.")
HELD: Final = N_("Other areas of this draft rest on this one: %(codes)s. Change those first.")
UNKNOWN_LINK: Final = N_("There is no entry %(code)s in the scheme %(scheme)s.")


def begin_draft(session: Session, actor: Actor, *, note: str = "", clock: Clock = now_utc) -> AreaRelease:
    """Return a draft of the next release, which as yet changes nothing.

    Raises
    ------
    ForbiddenError
        When the actor may draft none.
    ConflictError
        When there is a draft already, or nothing to begin with.
    """
    require(actor, Permission.AREA_DRAFT)
    # Locked, so that of two who begin at once the second finds the draft of the first.
    base = release_in_force(session, is_locked=True)
    present = find_draft(session, actor)
    if present is not None:
        raise ConflictError(Sentence(message=ONE_DRAFT, values={"release": present.release}))
    names = session.scalars(select(AreaRelease.release)).all()
    draft = AreaRelease(
        release=str(max((int(name) for name in names if name.isdigit()), default=len(names)) + 1),
        state=ReleaseState.DRAFT,
        base_release=base.release,
        note=note,
    )
    session.add(draft)
    session.flush()
    note_release(session, actor, draft, "area_release.drafted", before=None, clock=clock)
    return draft


def add_area(
    session: Session, actor: Actor, draft: AreaRelease, code: str, area: ReleasedArea, *, clock: Clock = now_utc
) -> None:
    """Add an area to a draft, which has to be locked.

    Raises
    ------
    ForbiddenError
        When the actor may not draft.
    NoDraftError
        When it is no draft.
    InvalidFieldError
        When the code cannot be one, or is used, or the area has a link that leads nowhere.
    """
    require_draft(actor, draft)
    if not CODE.fullmatch(code):
        raise InvalidFieldError("code", Sentence(message=BAD_CODE))
    # A discarded draft leaves its codes free: nothing ever referred to them.
    if code in areas_of(session, draft):
        raise InvalidFieldError("code", Sentence(message=CODE_USED, values={"code": code}))
    _keep(session, actor, draft, {code: area}, clock=clock)


def change_areas(
    session: Session,
    actor: Actor,
    draft: AreaRelease,
    wanted: ReleasedAreas,
    *,
    may_add: bool = False,
    clock: Clock = now_utc,
) -> None:
    """Make areas of a draft, which has to be locked, what is given; one that is as before the draft is no change any more.

    New ones are taken in only where they may be added.

    Raises
    ------
    ForbiddenError
        When the actor may not draft.
    NoDraftError
        When it is no draft.
    NotFoundError
        When the draft has no such area.
    InvalidFieldError
        When an area has a link that leads nowhere.
    """
    require_draft(actor, draft)
    present = areas_of(session, draft)
    unknown = [code for code in wanted if code not in present]
    if unknown and not may_add:
        raise NotFoundError("There is no such area in this draft.")
    changed = {code: area for code, area in wanted.items() if present.get(code) != area}
    if changed:
        _keep(session, actor, draft, changed, clock=clock)


def move_area(
    session: Session, actor: Actor, draft: AreaRelease, code: str, parent: str, *, clock: Clock = now_utc
) -> str:
    """Give an area the place of a topic under another one, and return its new code; the old one is retired for it.

    Raises
    ------
    NotFoundError
        When the draft has no such area.
    InvalidFieldError
        When there is no such place.
    """
    require_draft(actor, draft)
    areas = areas_of(session, draft)
    if code not in areas:
        raise NotFoundError("There is no such area in this draft.")
    is_place = parent in areas and areas[parent].parent is None and not areas[parent].is_retired
    if not is_place or areas[code].is_retired or code in LASTING or parent in (code, areas[code].parent):
        raise InvalidFieldError("parent", Sentence(message=NO_PLACE))
    new = next_code(areas, parent)
    moved = {new: replace(areas[code], parent=parent), code: replace(areas[code], is_retired=True, successor=new)}
    _keep(session, actor, draft, moved, clock=clock)
    return new


def take_back(session: Session, actor: Actor, draft: AreaRelease, code: str, *, clock: Clock = now_utc) -> None:
    """Leave an area as it is in the release before; one that the draft adds is gone. The draft has to be locked.

    Raises
    ------
    ForbiddenError
        When the actor may not draft.
    NoDraftError
        When it is no draft.
    ConflictError
        When the draft adds the area and others rest on it.
    NotFoundError
        When the draft leaves the area as it is.
    """
    require_draft(actor, draft)
    row = session.get(AreaChange, (draft.release, code))
    if row is None:
        raise NotFoundError(Sentence(message=NO_CHANGE))
    if code not in areas_before(session, draft):
        resting = [one for one, area in areas_of(session, draft).items() if code in (area.parent, area.successor)]
        if resting:
            raise ConflictError(Sentence(message=HELD, values={"codes": ", ".join(resting)}))
    session.delete(row)
    _touch(session, draft)
    record(session, actor, [area_edited(draft, code, before=row.content, after=None)], clock=clock)


def _keep(session: Session, actor: Actor, draft: AreaRelease, wanted: ReleasedAreas, *, clock: Clock) -> None:
    """Store areas of a draft; of one that is as before the draft, nothing is kept."""
    for area in wanted.values():
        _require_known_links(session, area)
    base, changes = areas_before(session, draft), []
    for code, area in wanted.items():
        row, content = session.get(AreaChange, (draft.release, code)), area.document()
        before, after = None if row is None else row.content, None if base.get(code) == area else content
        if row is None and after is not None:
            session.add(AreaChange(release=draft.release, code=code, content=content))
        elif row is not None and after is None:
            session.delete(row)
        elif row is not None:
            row.content = content
        changes.append(area_edited(draft, code, before=before, after=after))
    _touch(session, draft)
    record(session, actor, changes, clock=clock)


def _touch(session: Session, draft: AreaRelease) -> None:
    """Let the version of a draft tell that one of its areas has changed."""
    flag_modified(draft, "note")
    session.flush()


def _require_known_links(session: Session, area: ReleasedArea) -> None:
    for scheme, code in area.links:
        if session.get(SchemeCode, (scheme, code)) is None:
            sentence = Sentence(message=UNKNOWN_LINK, values={"scheme": scheme, "code": code})
            raise InvalidFieldError("links", sentence)
