"""What becomes of a draft of the areas: it is discarded, or adopted as the release in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from app.access.policy import require
from app.actor import Actor
from app.areas.checks import DraftFault, faults_of
from app.areas.models import AreaRelease
from app.areas.release_events import described, note_release, require_state
from app.areas.release_queries import areas_before, areas_of, release_in_force, rows_by_code
from app.areas.released import ReleasedAreas, columns_of, content_of, differences
from app.areas.services import store_areas
from app.areas.transitions import TRANSITIONS, Action
from app.clock import Clock, now_utc, today_utc
from app.errors import ConflictError, InvalidFieldError
from matching.sentences import N_, Sentence

YEARS_TO_REVIEW: Final = 1
UNSOUND: Final = N_("The draft cannot be adopted yet; some areas have to be put right first.")
LATER: Final = N_("A release cannot be adopted on a day to come. Give today or a day before.")
BEFORE_LAST: Final = N_("This lies before the day on which the release in force was adopted.")
REVIEW_PAST: Final = N_("Give a day to come on which the areas are to be looked at again.")


class UnsoundDraftError(ConflictError):
    """A draft is not as a release has to be; ``faults`` says where."""

    def __init__(self, faults: Collection[DraftFault]) -> None:
        super().__init__(Sentence(message=UNSOUND))
        self.faults = tuple(faults)
        self.errors = [{"pointer": f"/areas/{one.code}/{one.field}", "detail": str(one.sentence)} for one in faults]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """The day on which a release was adopted, and the one on which it is to be looked at again."""

    adopted_on: date
    review_on: date
    note: str | None = None


def discard_draft(session: Session, actor: Actor, draft: AreaRelease, *, clock: Clock = now_utc) -> None:
    """Give a draft up; it stays readable, and its name is not given again. It has to be locked.

    Raises
    ------
    ForbiddenError
        When the actor may not draft.
    NoDraftError
        When it is no draft.
    """
    _move(session, actor, draft, Action.DISCARD, clock=clock)


def adopt_draft(
    session: Session,
    actor: Actor,
    draft: AreaRelease,
    adoption: Adoption,
    *,
    n_referring: Mapping[str, int],
    clock: Clock = now_utc,
) -> None:
    """Make a draft, which has to be locked, the release in force; ``n_referring`` says how many records refer to a code.

    Raises
    ------
    ForbiddenError
        When the actor may not adopt one.
    NoDraftError
        When it is no draft.
    InvalidFieldError
        When a day cannot be the one that it is said to be.
    UnsoundDraftError
        When the areas are not as those of a release have to be.
    """
    require(actor, TRANSITIONS[Action.ADOPT].permission)
    require_state(draft, Action.ADOPT)
    last = release_in_force(session, is_locked=True)
    _require_days(adoption, last, today=today_utc(clock))
    before, after = areas_before(session, draft), areas_of(session, draft)
    faults = faults_of(before, after, n_referring)
    if faults:
        raise UnsoundDraftError(faults)
    last.content = content_of(before)
    _move(session, actor, last, Action.SUPERSEDE, clock=clock)
    draft.adopted_on, draft.review_on = adoption.adopted_on, adoption.review_on
    draft.note = draft.note if adoption.note is None else adoption.note
    draft.content = content_of(after)
    _move(session, actor, draft, Action.ADOPT, clock=clock)
    _store(session, actor, draft, before, after, clock=clock)


def default_review(adopted_on: date) -> date:
    """Return the day on which a release is looked at again where nobody says otherwise."""
    year = adopted_on.year + YEARS_TO_REVIEW
    is_leap_day = (adopted_on.month, adopted_on.day) == (2, 29)
    return date(year, 2, 28) if is_leap_day else adopted_on.replace(year=year)


def _require_days(adoption: Adoption, last: AreaRelease, *, today: date) -> None:
    if adoption.adopted_on > today:
        raise InvalidFieldError("adopted_on", Sentence(message=LATER))
    if last.adopted_on is not None and adoption.adopted_on < last.adopted_on:
        raise InvalidFieldError("adopted_on", Sentence(message=BEFORE_LAST))
    if adoption.review_on <= today:
        raise InvalidFieldError("review_on", Sentence(message=REVIEW_PAST))


def _move(session: Session, actor: Actor, release: AreaRelease, action: Action, *, clock: Clock) -> None:
    transition = TRANSITIONS[action]
    require(actor, transition.permission)
    require_state(release, action)
    before = described(release)
    release.state = transition.target
    session.flush()
    note_release(session, actor, release, transition.event, before=before, clock=clock)


def _store(
    session: Session, actor: Actor, release: AreaRelease, before: ReleasedAreas, after: ReleasedAreas, *, clock: Clock
) -> None:
    """Give the table of areas what a release has otherwise than the one before."""
    existing = rows_by_code(session)
    position = max((row.position for row in existing.values()), default=-1)
    wanted: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(differences(before, after), start=1):
        row = existing.get(one.code)
        wanted[one.code] = columns_of(
            one.code,
            one.after,
            since_release=release.release if row is None else row.since_release,
            retired_in=release.release if one.kind == "retired" else None if row is None else row.retired_in,
            position=position + place if row is None else row.position,
        )
    store_areas(session, actor, wanted, existing=existing, clock=clock)
