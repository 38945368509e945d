"""Events of the audit trail as the API answers them, and what one may ask for."""

from __future__ import annotations

from marshmallow import fields

from app.fields import Output, PageQuery, instant_field, text_field
from app.organizations.schemas import OrganizationSchema
from app.reports.trail_actors import ToldAs

MAX_WORD_LENGTH = 64
MAX_RECORD_ID_LENGTH = 200


class AuditEventQuery(PageQuery):
    """Which events are wanted; all that is given has to hold."""

    action = text_field("What happened, such as need.updated.", max_length=MAX_WORD_LENGTH)
    record_type = text_field("The type of the record, such as need.", max_length=MAX_WORD_LENGTH)
    record_id = text_field("The id of the record.", max_length=MAX_RECORD_ID_LENGTH)
    actor = text_field("The id of a person whom the caller sees, `system` or `public`.", max_length=MAX_WORD_LENGTH)
    occurred_on = fields.Date(metadata={"description": "The day, in UTC."})


class TrailActorSchema(Output):
    """Who made a change, as far as the caller is told."""

    kind = fields.Enum(ToldAs, by_value=True)
    user_id = fields.UUID(allow_none=True, metadata={"description": "Of a person whom the caller sees."})
    name = fields.String(allow_none=True, metadata={"description": "Of the person or of the organization."})
    organization = fields.Nested(
        OrganizationSchema,
        allow_none=True,
        metadata={"description": "Where somebody of it made the change, and no more is told."},
    )


class AuditEventSchema(Output):
    """One change of one record, or one thing that happened to an account; neither its place nor any hash is told."""

    id = fields.UUID()
    occurred_at = instant_field()
    actor = fields.Nested(TrailActorSchema)
    action = fields.String()
    record_type = fields.String()
    record_id = fields.String()
    request_id = fields.String(allow_none=True)
