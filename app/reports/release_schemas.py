"""Releases of the areas as the API answers and takes them."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import fields, validate

from app.areas.checks import CODE
from app.areas.models import MAX_TERM_LENGTH, MAX_TITLE_LENGTH, ReleaseState
from app.codes import AREA_CODE
from app.datafiles import LANGUAGES
from app.db import MAX_CODE_LENGTH
from app.fields import Input, Output, ShownList, ShownObject, prose_field
from app.patterns import FAR_DAY, HIDDEN, LINE, SOME_LINE, told
from app.strict import Day

MAX_AREA_CODE: Final = 16
MAX_SCHEME_LENGTH: Final = 32
MAX_PARTS: Final = 2000  # terms or links of one area
A_TITLE: Final = {"pattern": LINE, "refused_when": HIDDEN}


class AreaReleaseSchema(Output):
    """A release of the areas."""

    release = fields.String()
    state = fields.Enum(ReleaseState, by_value=True)
    base_release = fields.String(allow_none=True, metadata={"description": "The one from which it was drafted."})
    adopted_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True, metadata={"description": "By when it is looked at again."})
    note = fields.String()
    version = fields.Integer()


class NewAreaRelease(Input):
    """A draft of the next release to begin; as yet it changes nothing."""

    note = prose_field("What it is about.")


class AreaReleaseEdit(Input):
    """What becomes of a draft: it is adopted, on a day and with the day of the next review, or discarded."""

    state = fields.Enum(
        ReleaseState,
        by_value=True,
        required=True,
        metadata=told(refused_when="it is `draft` or `superseded`: nobody brings a release there."),
    )
    adopted_on = Day(metadata=told(description="By default today.", refused_when=f"it is a day to come, or {FAR_DAY}"))
    review_on = Day(metadata=told(description="By default a year later.", refused_when="it has passed."))
    note = prose_field("What it is about.")


def _titles_field(**options: Any) -> ShownObject:  # noqa: ANN401 – passed on
    languages = {language: {"type": "string"} for language in LANGUAGES}
    return ShownObject(
        lambda titles: {language: titles.get(language, "") for language in LANGUAGES},
        metadata={"properties": languages, "additionalProperties": False},
        **options,
    )


def _pairs_field(first: str, second: str, **options: Any) -> ShownList:  # noqa: ANN401 – passed on
    """Return a field for a list of pairs of texts, written as objects."""
    item = {
        "type": "object",
        "properties": {first: {"type": "string"}, second: {"type": "string"}},
        "required": [first, second],
        "additionalProperties": False,
    }
    return ShownList(
        lambda pairs: [{first: one, second: other} for one, other in pairs], metadata={"items": item}, **options
    )


class AreaTextsSchema(Output):
    """What a release says of an area."""

    parent_code = fields.String(attribute="parent", allow_none=True)
    titles = _titles_field()
    scope = fields.String()
    is_adjacent = fields.Boolean()
    terms = _pairs_field("language", "term")
    links = _pairs_field("scheme", "code")
    is_retired = fields.Boolean()
    successor_code = fields.String(attribute="successor", allow_none=True)
    reason = fields.String(metadata={"description": "Why it has no successor."})


class ReleasedAreaSchema(Output):
    """An area as a release has it."""

    code = fields.String()
    area = fields.Nested(AreaTextsSchema)


class TouchedSchema(Output):
    """How many records refer to a code, of those that the caller sees."""

    n_areas = fields.Integer()
    n_needs = fields.Integer()
    n_offers = fields.Integer()
    n_questions = fields.Integer(metadata={"description": "Of the questionnaire in force."})
    n_assessments = fields.Integer()
    n_incidents = fields.Integer()
    n_runs = fields.Integer()


class AreaFaultSchema(Output):
    """What is wrong with an area of a draft, and in which field."""

    code = fields.String()
    field = fields.String()
    detail = fields.String(attribute="sentence")


class ChangedAreaSchema(Output):
    """An area that a release has otherwise than the one before."""

    code = fields.String(attribute="difference.code")
    kind = fields.String(attribute="difference.kind", validate=validate.OneOf(("added", "changed", "retired")))
    fields_ = fields.List(fields.String(), attribute="difference.fields", data_key="fields")
    before = fields.Nested(AreaTextsSchema, attribute="difference.before", allow_none=True)
    after = fields.Nested(AreaTextsSchema, attribute="difference.after")
    touched = fields.Nested(TouchedSchema)


class ReleaseReviewSchema(Output):
    """All that a release changes, with what that touches, and what stands in the way of its adoption."""

    changes = fields.List(fields.Nested(ChangedAreaSchema))
    faults = fields.List(fields.Nested(AreaFaultSchema))


def _code_field(*, refused_when: str = "", **options: Any) -> fields.String:  # noqa: ANN401 – passed on
    checks = [validate.Length(max=MAX_AREA_CODE), validate.Regexp(CODE)]
    return fields.String(validate=checks, metadata=told(pattern=AREA_CODE, refused_when=refused_when), **options)


class _TermInput(Input):
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    term = prose_field(
        "A word or phrase.",
        max_length=MAX_TERM_LENGTH,
        required=True,
        says={"pattern": SOME_LINE, "refused_when": HIDDEN},
    )


class _LinkInput(Input):
    scheme = prose_field(
        "A scheme.",
        max_length=MAX_SCHEME_LENGTH,
        required=True,
        says={"pattern": LINE, "refused_when": "there is no such entry."},
    )
    code = prose_field(
        "A code of it.",
        max_length=MAX_CODE_LENGTH,
        required=True,
        says={"pattern": LINE, "refused_when": "there is no such entry."},
    )


class _TitlesInput(Input):
    en = prose_field("English.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)
    fr = prose_field("French.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)
    es = prose_field("Spanish.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)
    ru = prose_field("Russian.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)
    zh = prose_field("Chinese.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)
    ar = prose_field("Arabic.", max_length=MAX_TITLE_LENGTH, says=A_TITLE)


class ReleasedAreaEdit(Input):
    """An area of a draft; what is not given stays as it is. Whether it can be so is told before the adoption."""

    titles = fields.Nested(_TitlesInput, metadata=told(refused_when=f"a title is no single line, or {HIDDEN}"))
    scope = prose_field("What belongs there.", says={"refused_when": HIDDEN})
    is_adjacent = fields.Boolean(truthy={True}, falsy={False})
    terms = fields.List(
        fields.Nested(_TermInput),
        validate=validate.Length(max=MAX_PARTS),
        metadata=told(refused_when=f"a term is no single line, or {HIDDEN}"),
    )
    links = fields.List(
        fields.Nested(_LinkInput),
        validate=validate.Length(max=MAX_PARTS),
        metadata=told(refused_when="there is no such scheme or entry."),
    )
    parent_code = _code_field(allow_none=True)
    is_retired = fields.Boolean(truthy={True}, falsy={False})
    successor_code = _code_field(allow_none=True)
    reason = prose_field("Why it has no successor.", says={"refused_when": HIDDEN})


class NewReleasedArea(ReleasedAreaEdit):
    """An area that a draft adds."""

    code = _code_field(required=True, refused_when="it is used, or was once.")
