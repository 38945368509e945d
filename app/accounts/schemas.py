"""People as the API answers and takes them."""

from __future__ import annotations

from marshmallow import fields

from app.accounts.models import MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, Standing
from app.actor import Role
from app.fields import Input, Output, Shown, instant_field, iso_instant, prose_field
from app.patterns import HIDDEN as HIDDEN_SIGN
from app.patterns import LINE, told

HIDDEN = "null for those who may not invite people there."


class HeldRoleSchema(Output):
    """A role that somebody has in the organization."""

    id = fields.UUID()
    role = fields.Enum(Role, by_value=True)
    created_at = instant_field()


class PersonSchema(Output):
    """Somebody who belongs to an organization."""

    id = fields.UUID()
    name = fields.String()
    roles = fields.List(fields.Nested(HeldRoleSchema))
    email = fields.String(allow_none=True, metadata={"description": f"The address; {HIDDEN}"})
    standing = fields.Enum(
        Standing, by_value=True, allow_none=True, metadata={"description": f"How far they have come; {HIDDEN}"}
    )
    has_second_factor = fields.Boolean(
        allow_none=True, metadata={"description": f"Whether logging in takes more than a password; {HIDDEN}"}
    )
    invitation_ends_at = Shown(
        iso_instant,
        allow_none=True,
        metadata={"format": "date-time", "description": "Until when the link works; null where none is open."},
    )


class InvitedPersonSchema(PersonSchema):
    """Somebody who was invited just now."""

    link = fields.String(
        allow_none=True,
        metadata={
            "description": "The path of the page on which the person chooses a password, once. It is answered this once; "
            "null for whoever has a password, and where a request is sent again."
        },
    )


class NewPersonSchema(Input):
    """A person to invite, and the role that they are to have."""

    email = prose_field(
        "Where the person is reached, and with what they log in.",
        max_length=MAX_EMAIL_LENGTH,
        required=True,
        says={"refused_when": "no mail can be sent to it."},
    )
    name = prose_field(
        "What the person is called.", max_length=MAX_NAME_LENGTH, says={"pattern": LINE, "refused_when": HIDDEN_SIGN}
    )
    role = fields.Enum(
        Role, by_value=True, required=True, metadata=told(refused_when="an organization of that kind has no such role.")
    )
