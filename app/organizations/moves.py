"""What may be done with a record where it stands: one table a kind, read by the service, the buttons and every refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.policy import may, require
from app.actor import Actor
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc, today_utc
from app.errors import ConflictError, InvalidFieldError
from app.organizations.lives import IN_REVIEW, Status
from app.organizations.transitions import Action, Shown, Transition, Transitions
from app.texts import checked_text
from matching.sentences import N_, Sentence
from matching.vocabulary import Visibility


class MovedRecord(Protocol):
    """A record with a life."""

    id: Any
    organization_id: Any
    version: Any
    status: Any
    visibility: Any
    wanted_visibility: Any

    @property
    def review_note(self) -> Any:  # noqa: ANN401 – a text
        """Why the record was sent back."""

    def status_on(self, day: date) -> Status:
        """Return where the record stands on a day."""

    def sleeps_on(self) -> date:
        """Return the day on which the record falls asleep."""

    def last_confirmed(self) -> date | None:
        """Return the day on which the record was last confirmed."""

    def confirm(self, day: date) -> None:
        """Note that the record still stands."""


RecordT = TypeVar("RecordT", bound=MovedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life(Generic[RecordT]):
    """The life of one kind of record.

    ``show`` gives a record another visibility, and keeps what a reviewer said of it; ``describe`` says what it holds.
    """

    noun: str
    transitions: Transitions
    describe: Callable[[Session, RecordT], Document]
    show: Callable[[Session, RecordT, Showing], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """To whom a record is shown from an instant on, and what a reviewer said of it; ``circle`` is whom it is for in the end."""

    visibility: Visibility
    circle: Visibility
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody wants to do with a record: for whom it is to be, and why, where that is asked."""

    action: Action
    visibility: Visibility | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a record stands, whom it is for, and what the reader can do with it there."""

    id: UUID
    version: int
    status: Status
    visibility: Visibility
    wanted_visibility: Visibility | None
    review_note: str
    confirmed_on: date | None
    sleeps_on: date | None
    actions: tuple[Action, ...]


class NotFromHereError(ConflictError):
    """What is asked for cannot be done with a record where it stands."""

    code = "not_from_here"


NOT_FROM_HERE: Final = N_("This cannot be done now: the record is %(status)s. Load the page again to see what can be.")
WHOM_FOR: Final = N_("Say who may see it once it is published.")
WHY: Final = N_("Say why, so that whoever wrote it knows what to do.")


def standing_of(actor: Actor, life: Life[RecordT], record: RecordT, *, clock: Clock = now_utc) -> Standing:
    """Return where a record, which the actor sees, stands today; its actions are the buttons of its page."""
    status = record.status_on(today_utc(clock))
    return Standing(
        id=record.id,
        version=record.version,
        status=status,
        visibility=record.visibility,
        wanted_visibility=record.wanted_visibility,
        review_note=record.review_note,
        confirmed_on=record.last_confirmed(),
        sleeps_on=record.sleeps_on() if status is Status.PUBLISHED else None,
        actions=tuple(
            action
            for action, transition in life.transitions.items()
            if status in transition.sources and _may_take(actor, transition, record)
        ),
    )


def move_record(
    session: Session, actor: Actor, life: Life[RecordT], moved: RecordT, move: Move, *, clock: Clock = now_utc
) -> Standing:
    """Do something with a record, which the actor sees and which is locked; return where it stands then.

    Raises
    ------
    ForbiddenError
        When the actor may not.
    NotFromHereError
        When that cannot be done where the record stands.
    InvalidFieldError
        When it is not said whom the record is for, or why it is sent back, or the reason cannot be kept.
    """
    transition, now = _allowed(actor, life, moved, move, clock), clock()
    reason = _reason(transition, move)
    before = _described(session, life, moved)
    visibility = _visibility(transition, moved, move)
    if transition.shown is not Shown.AS_BEFORE:
        circle = _wanted(transition, moved, move) or visibility
        life.show(session, moved, Showing(visibility=visibility, circle=circle, reason=reason, now=now))
    moved.status = transition.target
    moved.wanted_visibility = _wanted(transition, moved, move)
    if transition.is_sign_of_life:
        moved.confirm(today_utc(clock))
    session.flush()
    change = Change(
        action=f"{life.noun}.{transition.event}",
        record_type=life.noun,
        record_id=str(moved.id),
        before=before,
        after=_described(session, life, moved),
    )
    record(session, actor, [change], clock=clock)
    return standing_of(actor, life, moved, clock=clock)


def _allowed(actor: Actor, life: Life[RecordT], moved: RecordT, move: Move, clock: Clock) -> Transition:
    transition = life.transitions.get(move.action)
    if transition is None:
        raise InvalidFieldError("action", N_("There is no such step for this kind of record."))
    if not _may_take(actor, transition, moved):
        require(actor, transition.permissions[0], owner_id=moved.organization_id)
    status = moved.status_on(today_utc(clock))
    if status not in transition.sources:
        raise NotFromHereError(Sentence(message=NOT_FROM_HERE, values={"status": status.value}))
    if transition.takes_visibility and move.visibility in (None, Visibility.PRIVATE):
        raise InvalidFieldError("visibility", WHOM_FOR)
    return transition


def _reason(transition: Transition, move: Move) -> str:
    if not transition.has_reason:
        return ""
    reason = checked_text(move.reason, field="reason")
    if not reason:
        raise InvalidFieldError("reason", WHY)
    return reason


def _may_take(actor: Actor, transition: Transition, record: MovedRecord) -> bool:
    return any(may(actor, permission, owner_id=record.organization_id) for permission in transition.permissions)


def _visibility(transition: Transition, moved: MovedRecord, move: Move) -> Visibility:
    shown: Mapping[Shown, Any] = {
        Shown.AS_BEFORE: moved.visibility,
        Shown.TO_NOBODY: Visibility.PRIVATE,
        Shown.TO_SECRETARIAT: Visibility.SECRETARIAT,
        Shown.AS_GIVEN: move.visibility,
        Shown.AS_WANTED: moved.wanted_visibility,
    }
    return Visibility(shown[transition.shown])


def _wanted(transition: Transition, moved: MovedRecord, move: Move) -> Visibility | None:
    if transition.shown is Shown.TO_SECRETARIAT:
        return move.visibility
    return moved.wanted_visibility if transition.target in IN_REVIEW else None


def _described(session: Session, life: Life[RecordT], moved: RecordT) -> Document:
    wanted = moved.wanted_visibility
    standing = {"status": Status(moved.status).value, "wanted_visibility": wanted and wanted.value}
    confirmed_on = moved.last_confirmed()
    return {**life.describe(session, moved), **standing, "confirmed_on": confirmed_on and confirmed_on.isoformat()}
