"""Signatures of needs as the API answers and takes them."""

from __future__ import annotations

from marshmallow import fields

from app.codes import STATE_CODES
from app.fields import Input, Output, instant_field, prose_field
from app.needs.consent import SIGNED_FIELDS
from app.needs.signature_models import Consent
from app.needs.signatures import SignatureAction
from app.patterns import HIDDEN, told
from matching.vocabulary import Visibility


class SignatureSchema(Output):
    """What a State has said to filing a need together, as far as the caller is told."""

    state = fields.String(attribute="told.state")
    consent = fields.Enum(Consent, by_value=True, attribute="told.consent")
    visibility = fields.Enum(
        Visibility,
        by_value=True,
        allow_none=True,
        attribute="told.visibility",
        metadata={"description": "The widest circle to which the State agrees that the need is shown."},
    )
    reason = fields.String(attribute="told.reason", metadata={"description": "Why it declined or left."})
    asked_at = instant_field(attribute="told.asked_at", allow_none=True)
    answered_at = instant_field(attribute="told.answered_at", allow_none=True)
    changed = fields.List(
        fields.String(metadata={"enum": [*SIGNED_FIELDS]}),
        attribute="told.changed",
        metadata={"description": "What is not as the State signed it."},
    )
    actions = fields.List(fields.Enum(SignatureAction, by_value=True))


class SignaturesSchema(Output):
    """What the States have said that have to sign a need beside its keeper's; `version` is that of the need."""

    need_id = fields.UUID()
    version = fields.Integer()
    signatures = fields.List(fields.Nested(SignatureSchema), attribute="shown")


class SignatureEdit(Input):
    """What to do about the signature of a State; its `actions` say what the caller can do."""

    state = prose_field(
        "The ISO 3166-1 alpha-3 code of the State.",
        max_length=3,
        required=True,
        says={"enum": list(STATE_CODES), "refused_when": "the need names no such State beside the one that keeps it."},
    )
    action = fields.Enum(SignatureAction, by_value=True, required=True)
    visibility = fields.Enum(
        Visibility,
        by_value=True,
        metadata=told(
            description="The widest circle to which the State agrees that the need is shown; asked for to `sign`.",
            refused_when="it is missing or `private` where it is asked for.",
        ),
    )
    reason = prose_field("Why the State declines or leaves, if it wants to say so.", says={"refused_when": HIDDEN})
