"""Where a record that an organization keeps stands in its life: as stored, and as told from the calendar.

See ``docs/decisions/0026-life-of-records.md``. What may be done with a record there stands in ``app.organizations.moves``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import CheckConstraint, ColumnElement, and_, not_, or_
from sqlalchemy.orm import InstrumentedAttribute, Mapped, class_mapper, mapped_column, validates

from app.db import Word, one_of
from matching.vocabulary import Visibility

SLEEPS_AFTER: Final = timedelta(days=365)
"""How long a published record stays awake after it was last confirmed or changed."""


class Status(StrEnum):
    """Where a record stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    PUBLISHED = "published"
    MATCHED = "matched"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ASLEEP = "asleep"


TOLD_FROM_DAYS: Final = frozenset({Status.EXPIRED, Status.ASLEEP})
"""What a published record becomes as time goes by; never stored."""
KEPT_BACK: Final = frozenset({Status.DRAFT, Status.WITHDRAWN})
"""Where a record is its keeper's alone."""
IN_REVIEW: Final = frozenset({Status.SUBMITTED, Status.UNDER_REVIEW})
"""Where a record is shown to the secretariat alone, whomever its keeper wants to show it to."""
HOLDS_PLACE: Final = frozenset({Status.MATCHED, Status.FULFILLED})
"""Where a need takes a place of the offer that meets it."""


def status_after(present: Status | None, visibility: Visibility) -> Status:
    """Return where a record, which may be new, stands once it is shown so widely: to show a draft is to publish it."""
    if present is None or (present in KEPT_BACK) is not (visibility is Visibility.PRIVATE):
        return Status.DRAFT if visibility is Visibility.PRIVATE else Status.PUBLISHED
    if present in IN_REVIEW and visibility is not Visibility.SECRETARIAT:
        return Status.PUBLISHED
    return present


class Living:
    """The columns of a record that has a life; ``LAST_DAY`` is the column with the day after which it is over."""

    LAST_DAY: ClassVar[str]

    status: Mapped[Status] = mapped_column(Word(Status), default=Status.PUBLISHED, index=True)
    confirmed_on: Mapped[date | None]
    # Whom its keeper wants to show it to, while the secretariat looks at it.
    wanted_visibility: Mapped[Visibility | None] = mapped_column(Word(Visibility))

    @validates("visibility")
    def _keep_in_step(self, _column: str, visibility: Visibility) -> Visibility:
        """Let the status follow the visibility."""
        status = status_after(self.status, visibility)
        if status is not self.status:
            self.status, self.wanted_visibility = status, None
        return visibility

    def status_on(self, day: date) -> Status:
        """Return where the record stands on a day, as ``has_status`` tells it of all."""
        if self.status is not Status.PUBLISHED:
            return self.status
        last_on: date | None = getattr(self, self.LAST_DAY)
        if last_on is not None and last_on < day:
            return Status.EXPIRED
        return Status.PUBLISHED if self.sleeps_on() > day else Status.ASLEEP

    def sleeps_on(self: Any) -> date:
        """Return the day on which the record falls asleep unless it is confirmed or changed before."""
        changed_on = self.updated_at.astimezone(UTC).date()
        latest: date = max(changed_on, self.confirmed_on or changed_on)
        return latest + SLEEPS_AFTER

    def last_confirmed(self: Any) -> date | None:
        """Return the day on which the record was last confirmed; none where that is not known."""
        found: date | None = self.confirmed_on
        return found

    def confirm(self: Any, day: date) -> None:
        """Note that the record still stands on a day."""
        self.confirmed_on = day


def life_constraints() -> tuple[CheckConstraint, ...]:
    """Return what holds of the status of every record."""
    kept_back = ", ".join(f"'{status}'" for status in sorted(KEPT_BACK))
    in_review = ", ".join(f"'{status}'" for status in sorted(IN_REVIEW))
    return (
        one_of("status", [status for status in Status if status not in TOLD_FROM_DAYS]),
        one_of("wanted_visibility", Visibility),
        CheckConstraint(f"(status IN ({kept_back})) = (visibility = 'private')", name="kept_back_is_private"),
        CheckConstraint(
            f"status NOT IN ({in_review}) OR (visibility = 'secretariat' AND wanted_visibility <> 'private')",
            name="in_review_is_for_secretariat",
        ),
    )


def takes_part_on(model: type[Living], day: date) -> ColumnElement[bool]:
    """Return the condition that a row takes part in a run of that day: published, and awake; the run tells what is over."""
    return and_(model.status == Status.PUBLISHED, _is_awake(model, day))


def has_status(model: type[Living], status: Status, day: date) -> ColumnElement[bool]:
    """Return the condition that a row stands there on a day, as ``Living.status_on`` tells it of one."""
    last_on: InstrumentedAttribute[date | None] = getattr(model, model.LAST_DAY)
    is_over, is_published = and_(last_on.is_not(None), last_on < day), model.status == Status.PUBLISHED
    match status:
        case Status.EXPIRED:
            return and_(is_published, is_over)
        case Status.ASLEEP:
            return and_(is_published, not_(is_over), not_(_is_awake(model, day)))
        case Status.PUBLISHED:
            return and_(is_published, not_(is_over), _is_awake(model, day))
        case _:
            stored: ColumnElement[bool] = model.status == status
            return stored


def _is_awake(model: type[Living], day: date) -> ColumnElement[bool]:
    first = day - SLEEPS_AFTER + timedelta(days=1)
    confirmed, updated = (class_mapper(model).columns[name] for name in ("confirmed_on", "updated_at"))
    was_confirmed = and_(confirmed.is_not(None), confirmed >= first)
    return or_(was_confirmed, updated >= datetime.combine(first, time.min, UTC))
