"""States as the API answers them."""

from __future__ import annotations

from marshmallow import fields

from app.fields import Output, titles_field
from app.states.models import GroupScheme


class MembershipSchema(Output):
    """A State in a group over a period."""

    scheme = fields.Enum(GroupScheme, by_value=True)
    code = fields.String()
    title = fields.String(attribute="group.title_en")
    valid_from_on = fields.Date(allow_none=True)
    valid_until_on = fields.Date(allow_none=True)


class StateSchema(Output):
    """A Member State or observer of the United Nations."""

    code = fields.String(metadata={"description": "ISO 3166-1 alpha-3."})
    iso2 = fields.String()
    m49 = fields.String()
    names = titles_field("name")
    languages = fields.List(fields.String())
    is_un_member = fields.Boolean()
    memberships = fields.List(fields.Nested(MembershipSchema))
