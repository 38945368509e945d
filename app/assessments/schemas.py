"""Questionnaires, assessments and answers as the API answers and takes them."""

from __future__ import annotations

from typing import Final

from marshmallow import fields, validate

from app.assessments.checks import HIGHEST_PRIORITY, MAX_ADDRESS_LENGTH, MAX_ANSWER_LENGTH, MAX_EVIDENCE
from app.assessments.models import MAX_ITEM_LENGTH, Assessment, AssessmentState
from app.assessments.queries import is_own as is_own_assessment
from app.assessments.questionnaires import ENGLISH, HIGHEST_STAGE, HIGHEST_STATUS, LOWEST_STAGE, ItemKind, Texts
from app.db import MAX_CODE_LENGTH
from app.edge import request_readers
from app.fields import Input, NoQuery, Output, Shown, ShownObject, instant_field, prose_field
from app.organizations.schemas import OrganizationSchema
from app.patterns import ADDRESS, FAR_DAY, LINE, told
from app.strict import Day, WholeNumber
from matching.reference import LANGUAGES
from matching.vocabulary import Visibility

UNKNOWN_ORGANIZATION: Final = "there is no such organization, or it is no State's."
OTHER_KIND: Final = "the item is answered in another way."


def _texts_field(description: str) -> ShownObject:
    """Return a field for a text in the languages in which there is one."""
    return ShownObject(
        _by_language,
        metadata={
            "description": description,
            "properties": {language: {"type": "string"} for language in LANGUAGES},
            "additionalProperties": False,
        },
    )


def _by_language(texts: Texts) -> dict[str, str]:
    return dict(texts.by_language)


class ChoiceSchema(Output):
    """A word of a scale or a list, and its place there."""

    number = fields.Integer()
    code = fields.String()
    titles = _texts_field("What it is called.")
    meanings = _texts_field("What it means.")


class ItemSchema(Output):
    """One thing that is asked."""

    code = fields.String()
    kind = fields.Enum(ItemKind, by_value=True)
    area = fields.String(attribute="area_code", allow_none=True)
    titles = _texts_field("What it is called.")
    questions = _texts_field("What is asked.")
    helps = _texts_field("What to think of.")
    reference = fields.String(metadata={"description": "Where States agreed on it, if they did."})
    source = fields.String()
    descriptions = fields.List(
        _texts_field("What one stage looks like."),
        metadata={"description": "The stages of a maturity, the lowest first; none for a practice."},
    )


class SectionSchema(Output):
    """What belongs on one page: an area with its topics, or one of the other parts."""

    code = fields.String()
    titles = _texts_field("What it is called.")
    introductions = _texts_field("What it is about.")
    items = fields.List(fields.Nested(ItemSchema))


class QuestionnaireReleaseSchema(Output):
    """A release of the questionnaire."""

    release = fields.String()
    adopted_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    note = fields.String()


class QuestionnaireSchema(Output):
    """What a release of the questionnaire asks, and with which words it is answered."""

    release = fields.String()
    adopted_on = fields.Date(allow_none=True)
    sections = fields.List(fields.Nested(SectionSchema))
    stages = fields.List(fields.Nested(ChoiceSchema))
    statuses = fields.List(fields.Nested(ChoiceSchema))
    challenges = fields.List(fields.Nested(ChoiceSchema))


def _previous_id(assessment: Assessment) -> str | None:
    is_own = all(is_own_assessment(reader, assessment) for reader in request_readers())
    return str(assessment.previous_id) if is_own and assessment.previous_id else None


class AssessmentSchema(Output):
    """What a State says of its own capacity at one time; its answers are asked for apart."""

    id = fields.UUID()
    organization = fields.Nested(OrganizationSchema)
    release = fields.String(metadata={"description": "Of the questionnaire."})
    previous_id = Shown(
        _previous_id,
        is_whole=True,
        allow_none=True,
        metadata={
            "format": "uuid",
            "description": "The assessment whose answers this one began with; null for all but its State.",
        },
    )
    state = fields.Enum(AssessmentState, by_value=True)
    as_of_on = fields.Date(metadata={"description": "The day it speaks of."})
    version = fields.Integer()
    created_at = instant_field()
    updated_at = instant_field()
    submitted_at = instant_field(allow_none=True)


class NewAssessment(Input):
    """An assessment to begin; it starts with the answers of the last one."""

    organization = prose_field(
        "The code of the State's organization.",
        max_length=MAX_CODE_LENGTH,
        required=True,
        says={"pattern": LINE, "refused_when": UNKNOWN_ORGANIZATION},
    )
    as_of_on = Day(metadata=told(description="The day it speaks of; by default today.", refused_when=FAR_DAY))


class AssessmentEdit(Input):
    """What becomes of an assessment: submitted, a draft again, or withdrawn."""

    state = fields.Enum(AssessmentState, by_value=True, required=True)


class AnswerSchema(Output):
    """What is said of one item; all of it is empty where nothing was."""

    item = fields.String()
    current = fields.Integer(
        attribute="content.current", allow_none=True, metadata={"description": "The stage now, 1 to 5."}
    )
    target = fields.Integer(
        attribute="content.target", allow_none=True, metadata={"description": "The stage aimed at, 1 to 5."}
    )
    gap = fields.Integer(
        attribute="content.gap", allow_none=True, metadata={"description": "The stages between the two."}
    )
    priority = fields.Integer(
        attribute="content.priority", allow_none=True, metadata={"description": "5 is most urgent."}
    )
    status = fields.Integer(
        attribute="content.status", allow_none=True, metadata={"description": "Of a practice, 0 to 4."}
    )
    in_place = fields.String(attribute="content.in_place", metadata={"description": "What is in place."})
    challenges = fields.List(
        fields.String(), attribute="content.challenges", metadata={"description": "Codes of the questionnaire's list."}
    )
    obstacles = fields.String(attribute="content.obstacles", metadata={"description": "What stands in the way."})
    gaps = fields.String(attribute="content.gaps", metadata={"description": "Which capacity is missing."})
    evidence = fields.List(
        fields.String(), attribute="content.evidence", metadata={"description": "Addresses of documents that show it."}
    )
    updated_at = instant_field(allow_none=True)


def _stage_field() -> WholeNumber:
    return WholeNumber(
        allow_none=True,
        validate=validate.Range(LOWEST_STAGE, HIGHEST_STAGE),
        metadata=told(refused_when=OTHER_KIND),
    )


class AnswerEdit(Input):
    """What is said of one item; what is not given stays as it is."""

    current = _stage_field()
    target = _stage_field()
    priority = WholeNumber(allow_none=True, validate=validate.Range(1, HIGHEST_PRIORITY))
    status = WholeNumber(
        allow_none=True, validate=validate.Range(0, HIGHEST_STATUS), metadata=told(refused_when=OTHER_KIND)
    )
    in_place = prose_field("What is in place.", max_length=MAX_ANSWER_LENGTH)
    obstacles = prose_field("What stands in the way.", max_length=MAX_ANSWER_LENGTH)
    gaps = prose_field("Which capacity is missing.", max_length=MAX_ANSWER_LENGTH)
    challenges = fields.List(
        fields.String(metadata=told(pattern=LINE)),
        metadata=told(
            description="Codes of the questionnaire's list.", refused_when="a code is not in it, or stands there twice."
        ),
    )
    evidence = fields.List(
        fields.String(
            validate=validate.Length(max=MAX_ADDRESS_LENGTH),
            metadata=told(pattern=ADDRESS, refused_when="it is no whole address."),
        ),
        validate=validate.Length(max=MAX_EVIDENCE),
        metadata={"description": "Addresses of documents that show it."},
    )


class PaperQuery(NoQuery):
    """In which language a paper is wanted."""

    language = fields.String(
        load_default=ENGLISH,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "The language of the paper; English stands where a text is not in it."},
    )


class ShareSchema(Output):
    """That a State shows a part of an assessment to a circle."""

    id = fields.UUID()
    scope = fields.String(metadata={"description": "The code of a section or an item, or `*`."})
    visibility = fields.Enum(Visibility, by_value=True)
    until_on = fields.Date(allow_none=True, metadata={"description": "The last day on which it shows."})
    created_at = instant_field()


class NewShareSchema(Input):
    """A part of an assessment to show; others see it once the assessment is submitted."""

    scope = prose_field(
        "The code of a section or an item of the questionnaire; `*` for all of it.",
        max_length=MAX_ITEM_LENGTH,
        required=True,
        says={"pattern": LINE, "refused_when": "the questionnaire has no such part."},
    )
    visibility = fields.Enum(
        Visibility, by_value=True, required=True, metadata=told(refused_when="it is `private`: that is no share.")
    )
    until_on = Day(allow_none=True, metadata=told(refused_when=f"it has passed, or {FAR_DAY}"))


class AreaLineSchema(Output):
    """One area of a gap profile."""

    area = fields.String(attribute="item.code")
    current = fields.Integer(allow_none=True)
    target = fields.Integer(allow_none=True)
    last = fields.Integer(allow_none=True, metadata={"description": "The stage in the assessment before."})
    n_topics = fields.Integer(
        metadata={"description": "From how many topics its stage was taken; 0 where it was said of the whole."}
    )


class GapSchema(Output):
    """A gap, and how urgent it is."""

    item = fields.String(attribute="item.code")
    size = fields.Integer()
    priority = fields.Integer()
    weight = fields.Integer(metadata={"description": "Size times priority."})


class GapProfileSchema(Output):
    """Where a State stands in each area, and its gaps, those to close first first."""

    lines = fields.List(fields.Nested(AreaLineSchema))
    gaps = fields.List(fields.Nested(GapSchema))
    n_assessed = fields.Integer(metadata={"description": "How many areas have a stage."})
