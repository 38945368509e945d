"""Organizations as the API answers them, within the records they own."""

from __future__ import annotations

from marshmallow import fields

from app.fields import Output
from app.organizations.models import OrganizationKind


class OrganizationSchema(Output):
    """Who keeps a record in Tandem."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    kind = fields.Enum(OrganizationKind, by_value=True)
