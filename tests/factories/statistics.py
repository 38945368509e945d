"""Factories of statistics, and of assessments that are counted in them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.assessments.sealed_statistics import seal_said
from app.assessments.statistic_models import CountedAssessment, Statistic, StatisticsRelease
from app.organizations.models import OrganizationKind
from app.states.models import Group
from tests.factories.assessments import create_assessment
from tests.factories.organizations import create_organization
from tests.factories.states import create_group, create_membership, create_state
from tests.factories.storing import AN_INSTANT, filled, store

A_DAY: Final = AN_INSTANT.date()


def create_counted(session: Session, code: str, *groups: Group, stage: int = 2, **columns: Any) -> Assessment:
    """Return what the ministry of a State of that code in these groups has submitted and lets be counted; GOV is at the stage."""
    state = create_state(session, code)
    for group in groups:
        create_membership(session, state, group)
    ministry = create_organization(session, f"mfa-{code}", kind=OrganizationKind.STATE, state_code=code)
    ordinary = {"state": AssessmentState.SUBMITTED, "answers": {"GOV": AnswerContent(current=stage, target=5)}}
    assessment = create_assessment(session, organization=ministry, **filled(columns, **ordinary))
    create_counting(session, assessment)
    return assessment


def create_counting(session: Session, assessment: Assessment | None = None) -> CountedAssessment:
    """Return that an assessment is let be counted."""
    assessment = assessment or create_assessment(session)
    return store(session, CountedAssessment(assessment_id=assessment.id, created_at=AN_INSTANT))


def create_statistics_release(session: Session, made_on: date = A_DAY) -> StatisticsRelease:
    """Return the release of a day, stored at the first call."""
    existing = session.scalars(select(StatisticsRelease).filter_by(made_on=made_on)).one_or_none()
    return existing or store(session, StatisticsRelease(made_on=made_on, made_at=AN_INSTANT))


def create_statistic(session: Session, **columns: Any) -> Statistic:
    """Return what is shown of an area over a group, made of one State that no rule would let stand alone."""
    release, group = create_statistics_release(session), create_group(session, columns.pop("group", "AFR"))
    ordinary = {"area": "GOV", "as_of_on": release.made_on, "n_states": 10}
    quartiles = {"lower_quartile": 1, "median": 2, "upper_quartile": 3}
    row = Statistic(
        id=uuid4(),
        release_id=release.id,
        scheme=group.scheme,
        group_code=group.code,
        **filled(columns, **ordinary, **quartiles),
    )
    seal_said(session, row, frozenset({("XAA", 2)}))
    return store(session, row)
