"""Showing a part of an assessment to a circle, for a time, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments import queries
from app.assessments.models import Assessment, AssessmentShare
from app.assessments.services import RECORD_TYPE
from app.audit.services import Change, Document, record
from app.clock import Clock, now_utc, today_utc
from app.errors import InvalidFieldError, NotFoundError
from app.paging import Page, PageRequest, read_page
from matching.vocabulary import Visibility

SHOWN_TO: Final = tuple(level for level in Visibility if level is not Visibility.PRIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """What is to be shown: a section, an item or all of it; to which circle; and until which day, if any."""

    scope: str
    visibility: Visibility
    until_on: date | None = None


def share(
    session: Session, actor: Actor, assessment: Assessment, wanted: NewShare, *, clock: Clock = now_utc
) -> AssessmentShare:
    """Show a part of an assessment to a circle; others see it once the assessment is submitted. Returns the share.

    Raises
    ------
    ForbiddenError
        When the actor may not submit for this State.
    InvalidFieldError
        When there is no such part or circle, or the day has passed.
    """
    require(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id)
    scope = wanted.scope.upper()
    if not queries.get_questionnaire(session, actor, assessment.release).items_within(scope):
        raise InvalidFieldError("scope", "The questionnaire has no such section or item.")
    if wanted.visibility not in SHOWN_TO:
        raise InvalidFieldError("visibility", "To show it to nobody, take the share back.")
    if wanted.until_on is not None and wanted.until_on < today_utc(clock):
        raise InvalidFieldError("until_on", "This day has passed; choose one to come, or none.")
    row = AssessmentShare(
        id=uuid4(),
        assessment_id=assessment.id,
        scope=scope,
        visibility=wanted.visibility,
        until_on=wanted.until_on,
        created_at=clock(),
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    _note(session, actor, row, "assessment.shared", clock=clock)
    return row


def end_share(
    session: Session, actor: Actor, assessment: Assessment, share_id: UUID, *, clock: Clock = now_utc
) -> None:
    """Take a share back: it counts at the next request.

    Raises
    ------
    ForbiddenError
        When the actor may not submit for this State.
    NotFoundError
        When the assessment has no such share, or it has ended.
    """
    require(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id)
    row = get_share(session, actor, assessment, share_id)
    row.ended_at = clock()
    session.flush()
    _note(session, actor, row, "assessment.share_ended", clock=clock)


def list_shares(session: Session, actor: Actor, assessment: Assessment) -> Sequence[AssessmentShare]:
    """Return the shares of an assessment that are in force, the first first, to those of its State alone.

    Raises
    ------
    NotFoundError
        When the actor is not of its State.
    """
    statement = _in_force(actor, assessment)
    return session.scalars(statement.order_by(AssessmentShare.created_at, AssessmentShare.id)).all()


def list_page(session: Session, actor: Actor, assessment: Assessment, page: PageRequest) -> Page[AssessmentShare]:
    """Return a page of these shares; raises as ``list_shares``."""
    order_by = [AssessmentShare.created_at, AssessmentShare.id]
    return read_page(session, _in_force(actor, assessment), page, order_by=order_by)


def get_share(session: Session, actor: Actor, assessment: Assessment, share_id: UUID) -> AssessmentShare:
    """Return one of these shares.

    Raises
    ------
    NotFoundError
        When the actor is not of its State, or there is no such share in force.
    """
    row = session.scalars(_in_force(actor, assessment).where(AssessmentShare.id == share_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such share.")
    return row


def items_shown_to(
    session: Session, actor: Actor, assessment: Assessment, seen: frozenset[Visibility]
) -> Mapping[str, Sequence[AssessmentShare]]:
    """Return, by item, the shares that show it to who sees these visibilities; the preview of who keeps the assessment.

    Raises
    ------
    NotFoundError
        When the actor is not of its State.
    """
    questionnaire = queries.get_questionnaire(session, actor, assessment.release)
    shown: dict[str, list[AssessmentShare]] = {}
    for row in list_shares(session, actor, assessment):
        if row.visibility in seen:
            for item in questionnaire.items_within(row.scope):
                shown.setdefault(item, []).append(row)
    return shown


def _in_force(actor: Actor, assessment: Assessment) -> Select[AssessmentShare]:
    if not queries.is_own(actor, assessment):
        raise NotFoundError("There is no such assessment.")
    in_time = or_(AssessmentShare.until_on.is_(None), AssessmentShare.until_on >= today_utc())
    return select(AssessmentShare).where(
        AssessmentShare.assessment_id == assessment.id, AssessmentShare.ended_at.is_(None), in_time
    )


def _note(session: Session, actor: Actor, row: AssessmentShare, action: str, *, clock: Clock) -> None:
    document = _described(row)
    is_new = row.ended_at is None
    change = Change(
        action=action,
        record_type=RECORD_TYPE,
        record_id=str(row.assessment_id),
        before=None if is_new else document,
        after=document if is_new else None,
    )
    record(session, actor, [change], clock=clock)


def _described(row: AssessmentShare) -> Document:
    return {
        "share_id": str(row.id),
        "scope": row.scope,
        "visibility": row.visibility.value,
        "until_on": None if row.until_on is None else row.until_on.isoformat(),
    }
