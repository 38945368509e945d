"""Needs as the API answers them, and what one may ask for; whom a State excludes is never among it."""

from __future__ import annotations

from marshmallow import fields, validate

from app.fields import Language, Output, PageQuery, amount_field, instant_field, text_field
from app.organizations.schemas import OrganizationSchema
from matching.vocabulary import Basis, Mode, Visibility


class NeedQuery(PageQuery):
    """Which needs are wanted; all that is given has to hold."""

    text = text_field("What the title, the description or the external id holds, in any case.")
    area = text_field("The code of an area; its subtopics are included.", max_length=16)
    state = text_field("The ISO 3166-1 alpha-3 code of a State that asks.", max_length=3)
    group = text_field("The code of a region, UN regional group, status or bloc of such a State.", max_length=64)
    mode = fields.Enum(Mode, by_value=True, metadata={"description": "How the support is to be given."})
    language = Language(metadata={"description": "A language in which the support may come (BCP 47 or ISO 639)."})
    is_open_on = fields.Date(metadata={"description": "A day on which the need has not closed."})


class NeedSchema(Output):
    """What one State, or several jointly, ask for."""

    id = fields.UUID()
    organization = fields.Nested(OrganizationSchema)
    external_id = fields.String(metadata={"description": "The id in the file that the need came from."})
    states = fields.List(fields.String(), attribute="state_codes")
    title = fields.String()
    description = fields.String()
    areas = fields.List(fields.String(), attribute="area_codes")
    areas_basis = fields.Enum(Basis, by_value=True)
    modes = fields.List(fields.Enum(Mode, by_value=True), attribute="mode_codes")
    modes_basis = fields.Enum(Basis, by_value=True)
    languages = fields.List(fields.String(), attribute="language_codes")
    earliest_on = fields.Date(allow_none=True)
    latest_on = fields.Date(allow_none=True)
    priority = fields.Integer(validate=validate.Range(1, 5), metadata={"description": "5 is most urgent."})
    gap = fields.Integer(
        allow_none=True, validate=validate.Range(0, 5), metadata={"description": "Target minus current maturity."}
    )
    budget = amount_field("The sum sought.")
    currency = fields.String(allow_none=True)
    audience = fields.String()
    outcome = fields.String()
    underway = fields.String()
    visibility = fields.Enum(Visibility, by_value=True)
    source_url = fields.String()
    stated_on = fields.String(metadata={"description": "When it was stated, as stated: a day, a month or a year."})
    is_sample = fields.Boolean(metadata={"description": "Taken from a public statement, not entered by the State."})
    version = fields.Integer()
    created_at = instant_field()
    updated_at = instant_field()
