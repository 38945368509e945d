"""Statistics of self-assessments in the API, and letting an assessment be counted in them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from app.access.policy import require
from app.access.vocabulary import Permission
from app.assessments import queries, statistic_queries
from app.assessments.counting import Counting, counting_of, let_count
from app.assessments.statistic_models import Statistic
from app.assessments.statistic_schemas import CountingEdit, CountingSchema, StatisticQuery, StatisticSchema
from app.edge import request_actor, request_session, request_unit_of_work
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.paging import Page

COUNTING: Final = "/assessments/<uuid:assessment_id>/counting"

statistics_blueprint = ApiBlueprint("statistics", __name__, description="What many States say of their capacity")


@statistics_blueprint.reads_page("/statistics", StatisticSchema, query=StatisticQuery, is_public=False)
def list_statistics(query: dict[str, Any]) -> Page[Statistic]:
    """Return a page of the statistics of the release in force by group and area, to the people of States."""
    page = page_request(query)
    return statistic_queries.list_page(request_session(), request_actor(), page, **query)


@statistics_blueprint.reads_one(COUNTING, CountingSchema, is_public=False)
def get_counting(assessment_id: UUID) -> Counting:
    """Return whether an assessment may be counted, to those of its State alone."""
    session, actor = request_session(), request_actor()
    return counting_of(session, actor, queries.get_assessment(session, actor, assessment_id))


@statistics_blueprint.changes(COUNTING, CountingSchema, given=CountingEdit)
def change_counting(given: dict[str, Any], assessment_id: UUID) -> Counting:
    """Let an assessment be counted, or no longer."""
    actor = request_actor()
    with request_unit_of_work() as session:
        assessment = queries.get_assessment(session, actor, assessment_id, is_locked=True)
        # Whoever sees an assessment of another State is told that they may not, and not how it stands.
        require(actor, Permission.ASSESSMENT_SUBMIT, owner_id=assessment.organization_id)
        statistics_blueprint.check_etag(counting_of(session, actor, assessment), CountingSchema)
        return let_count(session, actor, assessment, **given)
