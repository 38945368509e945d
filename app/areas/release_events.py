"""What all that is done to a release of the areas has in common: whether it can be done, and the event that it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.models import AreaRelease, ReleaseState
from app.areas.transitions import TRANSITIONS, Action
from app.audit.services import Change, Document, record
from app.clock import Clock
from app.errors import ConflictError
from matching.sentences import N_, Sentence

RECORD_TYPE: Final = "area_release"
NO_DRAFT: Final = N_("Release %(release)s is no draft: it cannot be changed. Draft the next one.")
NOT_IN_STATE: Final = N_("Release %(release)s is %(state)s; it cannot become %(target)s.")


class NoDraftError(ConflictError):
    """What is asked for can be done to a draft alone."""


def require_draft(actor: Actor, release: AreaRelease) -> None:
    """Do nothing where the actor may change a release now.

    Raises
    ------
    ForbiddenError
        When the actor may not draft.
    NoDraftError
        When it is no draft.
    """
    require(actor, Permission.AREA_DRAFT)
    if release.state is not ReleaseState.DRAFT:
        raise NoDraftError(Sentence(message=NO_DRAFT, values={"release": release.release}))


def require_state(release: AreaRelease, action: Action) -> None:
    """Do nothing where an action leads on from the state of a release.

    Raises
    ------
    NoDraftError
        When it does not.
    """
    transition = TRANSITIONS[action]
    if release.state is not transition.source:
        values = {"release": release.release, "state": release.state.value, "target": transition.target.value}
        raise NoDraftError(Sentence(message=NOT_IN_STATE, values=values))


def note_release(
    session: Session, actor: Actor, release: AreaRelease, action: str, *, before: Document | None, clock: Clock
) -> None:
    """Leave an event on a release as a whole."""
    change = Change(
        action=action, record_type=RECORD_TYPE, record_id=release.release, before=before, after=described(release)
    )
    record(session, actor, [change], clock=clock)


def described(release: AreaRelease) -> Document:
    """Return what the audit trail is told of a release."""
    return {
        "release": release.release,
        "state": release.state.value,
        "base_release": release.base_release,
        "adopted_on": None if release.adopted_on is None else release.adopted_on.isoformat(),
        "review_on": None if release.review_on is None else release.review_on.isoformat(),
        "note": release.note,
    }


def area_edited(
    draft: AreaRelease, code: str, *, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Change:
    """Return what happened to an area of a draft; absent where the draft leaves it as it is."""
    return Change(
        action="area_release.edited",
        record_type=RECORD_TYPE,
        record_id=draft.release,
        before=_told(draft, code, before),
        after=_told(draft, code, after),
    )


def _told(draft: AreaRelease, code: str, content: Mapping[str, Any] | None) -> Document:
    return {"release": draft.release, "code": code, "area": None if content is None else dict(content)}
