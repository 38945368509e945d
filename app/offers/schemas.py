"""Offers as the API answers and takes them, and what one may ask for."""

from __future__ import annotations

from typing import Final

from marshmallow import fields, validate

from app.codes import ELIGIBLE_CODES
from app.db import MAX_CODE_LENGTH
from app.fields import (
    MAX_LINE_LENGTH,
    MAX_LIST_LENGTH,
    Input,
    Output,
    PageQuery,
    amount_field,
    instant_field,
    list_field,
    prose_field,
    text_field,
)
from app.offers.labels import MAX_REASON_LENGTH, LabelAction
from app.offers.models import MAX_HOW_LENGTH, MAX_KIND_LENGTH, LabelState, Section
from app.organizations.lives import Status
from app.organizations.schemas import A_LINE, NewRecord, OrganizationSchema, PreviewSchema, RecordEdit, status_field
from app.patterns import FAR_DAY, HIDDEN, LINE, SOME_PROSE, told
from app.strict import Day, Language, TrueOrFalse, WholeNumber
from matching.intake.offers import MAX_CAPACITY
from matching.vocabulary import Basis, Mode, Visibility

LONGER: Final = "it is longer than that in composed Unicode."


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
    label = fields.Enum(
        LabelState,
        by_value=True,
        metadata={"description": "Whether it has a label: `in_force`, `changed` since it was granted, or `none`."},
    )


class PrincipleSchema(Output):
    """One of the ten principles of capacity-building on which States agreed, in our own words."""

    code = fields.String()
    section = fields.Enum(Section, by_value=True)
    position = fields.Integer(validate=validate.Range(0))
    title = fields.String(attribute="title_en")
    sentence = fields.String(attribute="sentence_en")
    reference = fields.String(metadata={"description": "The document and the paragraph."})
    source = fields.String(metadata={"description": "Where it was read."})
    evidence = fields.String(metadata={"description": "`seen` at the source, or `recalled` and to be checked there."})


class SaidOfPrincipleSchema(Output):
    """What the provider says of a principle."""

    principle = fields.String(attribute="principle_code")
    is_met = fields.Boolean(metadata={"description": "Whether the offer meets it."})
    how = fields.String()


class LabelSchema(Output):
    """The label by which the secretariat says that an offer is in line with the principles."""

    id = fields.UUID()
    reason = fields.String()
    granted_at = instant_field()
    has_changed = fields.Boolean(metadata={"description": "Whether the offer was changed since."})


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
    checklist = fields.List(
        fields.Nested(SaidOfPrincipleSchema),
        metadata={"description": "What the provider says of the principles; those left open are not listed."},
    )
    label = fields.Nested(
        LabelSchema, allow_none=True, metadata={"description": "The label in force; null where there is none."}
    )
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


class ChecklistLineSchema(Output):
    """What the provider says of a principle; null where nothing is said."""

    principle = fields.String()
    is_met = fields.Boolean(allow_none=True)
    how = fields.String()


class ChecklistSchema(Output):
    """What the provider says of each principle."""

    id = fields.UUID()
    version = fields.Integer()
    lines = fields.List(fields.Nested(ChecklistLineSchema))


class NewChecklistLine(Input):
    """What to say of a principle; with `is_met` null nothing is said of it any more."""

    principle = prose_field(
        "The code of the principle.",
        max_length=MAX_CODE_LENGTH,
        required=True,
        says={"pattern": LINE, "refused_when": "there is no principle of that code, or it is named twice."},
    )
    is_met = TrueOrFalse(
        required=True,
        allow_none=True,
        metadata=told(refused_when="it is null where it is said how."),
    )
    how = prose_field(
        "How the offer meets it, or why not.",
        max_length=MAX_HOW_LENGTH,
        says={"refused_when": LONGER},
    )


class ChecklistEdit(Input):
    """Lines of a checklist; of principles that are not named it stays as it is."""

    lines = fields.List(
        fields.Nested(NewChecklistLine),
        required=True,
        validate=validate.Length(max=MAX_LIST_LENGTH),
        metadata=told(
            refused_when="there is no principle of a code, one is named twice, or is said how and not whether."
        ),
    )


class PastLabelSchema(Output):
    """A label that is over: withdrawn, with the reason, or confirmed anew by the next one."""

    id = fields.UUID()
    reason = fields.String()
    granted_at = instant_field()
    ended_at = instant_field()
    withdrawal_reason = fields.String(allow_none=True)


class LabelStandingSchema(Output):
    """The label of an offer, what the caller can do with it, and those before it."""

    id = fields.UUID()
    version = fields.Integer(metadata={"description": "The version of the offer."})
    label = fields.Nested(LabelSchema, allow_none=True)
    actions = fields.List(fields.Enum(LabelAction, by_value=True))
    past = fields.List(
        fields.Nested(PastLabelSchema),
        allow_none=True,
        metadata={
            "description": "The newest first; null for whoever neither keeps the offer nor is of the secretariat."
        },
    )


class LabelDecisionSchema(Input):
    """What the secretariat decides on the label of an offer, and why."""

    action = fields.Enum(LabelAction, by_value=True, required=True)
    reason = prose_field(
        "Why: of a label as visible as the offer, of a withdrawal for who keeps the offer and the secretariat.",
        max_length=MAX_REASON_LENGTH,
        required=True,
        says={"pattern": SOME_PROSE, "refused_when": LONGER},
    )
