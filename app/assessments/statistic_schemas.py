"""Statistics, and whether an assessment is counted in them, as the API answers and takes them."""

from __future__ import annotations

from marshmallow import fields

from app.assessments.questionnaires import HIGHEST_STAGE, LOWEST_STAGE
from app.db import MAX_CODE_LENGTH
from app.fields import Input, Output, PageQuery, instant_field, text_field
from app.states.models import GroupScheme
from app.strict import TrueOrFalse


class CountingSchema(Output):
    """Whether a State lets an assessment be counted in anonymous statistics."""

    assessment_id = fields.UUID()
    is_counted = fields.Boolean()
    counted_at = instant_field(allow_none=True)


class CountingEdit(Input):
    """Whether an assessment may be counted; it is once it is submitted, from the next release on."""

    is_counted = TrueOrFalse(required=True)


class StatisticQuery(PageQuery):
    """Which statistics are wanted."""

    group = text_field("The code of a UN regional group or a status such as LDC.", max_length=MAX_CODE_LENGTH)


def _stage(description: str) -> fields.Integer:
    return fields.Integer(
        metadata={"description": description, "minimum": LOWEST_STAGE, "maximum": HIGHEST_STAGE},
    )


class StatisticSchema(Output):
    """The stages now of one area over a group of States; only what the rules of disclosure let be shown is listed."""

    scheme = fields.Enum(GroupScheme, by_value=True)
    group = fields.String(attribute="group_code")
    title = fields.String(attribute="group.title_en")
    area = fields.String()
    n_states = fields.Integer(metadata={"description": "At least so many States count, told in steps of five."})
    lower_quartile = _stage("A quarter of the States are at this stage or below.")
    median = _stage("Half of the States are at this stage or below.")
    upper_quartile = _stage("Three quarters of the States are at this stage or below.")
    as_of_on = fields.Date(
        metadata={"description": "The day on which it was made: that of the last release, or of one before."}
    )
