"""Offers as the API answers and takes them, and what one may ask for."""

from __future__ import annotations

from marshmallow import fields, validate

from app.codes import ELIGIBLE_CODES
from app.fields import (
    MAX_LINE_LENGTH,
    Output,
    PageQuery,
    amount_field,
    instant_field,
    list_field,
    prose_field,
    text_field,
)
from app.offers.models import MAX_KIND_LENGTH
from app.organizations.lives import Status
from app.organizations.schemas import A_LINE, NewRecord, OrganizationSchema, PreviewSchema, RecordEdit, status_field
from app.patterns import FAR_DAY, HIDDEN, LINE, told
from app.strict import Day, Language, WholeNumber
from matching.intake.offers import MAX_CAPACITY
from matching.vocabulary import Basis, Mode, Visibility


class OfferQuery(PageQuery):
    """Which offers are wanted; all that is given has to hold."""

    text = text_field("What the title, the description or the external id holds, in any case.")
    area = text_field("The code of an area; its subtopics are included.", max_length=16)
    state = text_field("The ISO 3166-1 alpha-3 code of a State that the offer is open to.", max_length=3)
    mode = fields.Enum(Mode, by_value=True, metadata={"description": "How the support is given."})
    language = Language("A language in which the support comes (BCP 47 or ISO 639).")
    provider = text_field("The provider's name, as stated.", max_length=500)
    kind = text_field("What the source calls the offer, such as project or course.", max_length=64)
    status = fields.Enum(Status, by_value=True, metadata={"description": "Where it stands in its life, today."})
    is_open_on = Day(metadata={"description": "A day on which the offer has not closed."})


class OfferSchema(Output):
    """What one provider offers."""

    id = fields.UUID()
    organization = fields.Nested(OrganizationSchema)
    external_id = fields.String(metadata={"description": "The id in the file that the offer came from."})
    provider = fields.String()
    title = fields.String()
    description = fields.String()
    kind = fields.String(metadata={"description": "What the source calls it."})
    areas = fields.List(fields.String(), attribute="area_codes")
    areas_basis = fields.Enum(Basis, by_value=True)
    modes = fields.List(fields.Enum(Mode, by_value=True), attribute="mode_codes")
    modes_basis = fields.Enum(Basis, by_value=True)
    languages = fields.List(fields.String(), attribute="language_codes")
    eligible = fields.List(fields.String(), metadata={"description": "Codes of States and groups; `*` is every State."})
    capacity = fields.Integer(validate=validate.Range(0), metadata={"description": "How many needs it can serve."})
    available_from_on = fields.Date(allow_none=True)
    available_until_on = fields.Date(allow_none=True)
    budget = amount_field("The sum per place.")
    currency = fields.String(allow_none=True)
    funder = fields.String()
    confirmed_on = fields.Date(allow_none=True)
    visibility = fields.Enum(Visibility, by_value=True)
    status = status_field()
    source_url = fields.String()
    is_sample = fields.Boolean(metadata={"description": "Taken from a public statement, not entered by the provider."})
    version = fields.Integer()
    created_at = instant_field()
    updated_at = instant_field()


class OfferPreviewSchema(PreviewSchema):
    """An offer as somebody else sees it, as far as the caller sees it too; null where they do not."""

    offer = fields.Nested(OfferSchema, attribute="record", allow_none=True)


class OfferEdit(RecordEdit):
    """Fields of an offer, each as in a file of offers; what is not given stays as it is."""

    provider = prose_field("The provider's name.", max_length=MAX_LINE_LENGTH, says=A_LINE)
    eligible = list_field("Codes of States and groups; `*` is every State.", codes=ELIGIBLE_CODES)
    capacity = WholeNumber(validate=validate.Range(0, MAX_CAPACITY))
    available_from_on = Day(allow_none=True, metadata=told(refused_when=FAR_DAY))
    available_until_on = Day(
        allow_none=True, metadata=told(refused_when=f"it lies before available_from_on, or {FAR_DAY}")
    )
    funder = prose_field("Who pays.", max_length=MAX_LINE_LENGTH, says={"refused_when": HIDDEN})
    confirmed_on = Day(allow_none=True, metadata=told(refused_when=FAR_DAY))
    kind = prose_field(
        "What the source calls it, such as project or course.",
        max_length=MAX_KIND_LENGTH,
        says={"pattern": LINE, "refused_when": HIDDEN},
    )


class NewOffer(NewRecord, OfferEdit):
    """An offer to store; it is for the secretariat unless it says otherwise."""

    provider = prose_field("The provider's name.", max_length=MAX_LINE_LENGTH, says=A_LINE, required=True)
