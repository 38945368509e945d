"""Letting an assessment be counted in anonymous statistics, taking that back, and which assessments count at present."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments import queries
from app.assessments.models import Assessment, AssessmentState
from app.assessments.services import RECORD_TYPE
from app.assessments.statistic_models import CountedAssessment
from app.audit.services import Change, record
from app.clock import Clock, now_utc
from app.errors import NotFoundError
from app.organizations.models import Organization, OrganizationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Whether an assessment may be counted, and since when."""

    assessment_id: UUID
    is_counted: bool
    counted_at: datetime | None


def counting_of(session: Session, actor: Actor, assessment: Assessment) -> Counting:
    """Return whether an assessment may be counted, to those of its State alone.

    Raises
    ------
    NotFoundError
        When the actor is not of its State.
    """
    if not queries.is_own(actor, assessment):
        raise NotFoundError("There is no such assessment.")
    row = session.get(CountedAssessment, assessment.id)
    counted_at = None if row is None else row.created_at
    return Counting(assessment_id=assessment.id, is_counted=row is not None, counted_at=counted_at)


def let_count(
    session: Session, actor: Actor, assessment: Assessment, *, is_counted: bool, clock: Clock = now_utc
) -> Counting:
    """Let an assessment, which has to be locked, be counted once it is submitted, or no longer; return how it stands then.

    Raises
    ------
    ForbiddenError
        When the actor may not submit for this State.
    """
    require(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id)
    row = session.get(CountedAssessment, assessment.id)
    if is_counted is (row is not None):
        return counting_of(session, actor, assessment)
    if row is None:
        session.add(CountedAssessment(assessment_id=assessment.id, created_at=clock(), created_by=actor.user_id))
    else:
        session.delete(row)
    session.flush()
    change = Change(
        action="assessment.counted" if is_counted else "assessment.not_counted",
        record_type=RECORD_TYPE,
        record_id=str(assessment.id),
        before={"is_counted": not is_counted},
        after={"is_counted": is_counted},
    )
    record(session, actor, [change], clock=clock)
    return counting_of(session, actor, assessment)


def counted_by_state(session: Session, actor: Actor) -> Mapping[str, Assessment]:
    """Return the assessment that counts for each State that lets one, of those that the actor sees.

    Of an organization that is the last one that it submitted, and no other: what it let be counted is no word for what it
    said since. Of a State with several authorities it is the newest of those: whichever says nothing of it stops no other.
    """
    statement = (
        select(Assessment, CountedAssessment.assessment_id.is_not(None))
        .join(Assessment.organization)
        .outerjoin(CountedAssessment, CountedAssessment.assessment_id == Assessment.id)
        .where(
            Organization.kind == OrganizationKind.STATE,
            Organization.state_code.is_not(None),
            Assessment.state == AssessmentState.SUBMITTED,
            queries.is_seen(actor),
        )
        .options(joinedload(Assessment.organization, innerjoin=True))
        .order_by(Assessment.as_of_on, Assessment.created_at, Assessment.id)
    )
    # In this order the last of each stays.
    last = {
        assessment.organization_id: (assessment, is_counted) for assessment, is_counted in session.execute(statement)
    }
    counted = [assessment for assessment, is_counted in last.values() if is_counted]
    counted.sort(key=lambda one: (one.as_of_on, one.created_at, one.id))
    return {str(one.organization.state_code): one for one in counted}
