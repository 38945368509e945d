"""Runs and what they found as the API answers them, and what one may ask for."""

from __future__ import annotations

from marshmallow import fields, validate

from app.fields import Output, PageQuery, Shown, instant_field, sentence_field, word_field
from app.matches.answer_models import Answer
from app.matches.answer_schemas import FairnessSchema, JointNeedSchema, RunOptionsSchema
from app.organizations.lives import Status
from matching.coach import Check, EditKind, Verdict
from matching.duplicates import DuplicateKind, Suggestion
from matching.vocabulary import AllocationRule, Component, TandemKind, UnmetReason, Visibility


class RunQuery(PageQuery):
    """Of which run."""

    run_id = fields.UUID(metadata={"description": "The run; without it, the newest."})


class MatchQuery(RunQuery):
    """Which matches are wanted; all that is given has to hold."""

    need_id = fields.UUID()
    offer_id = fields.UUID()
    is_allocated = fields.Boolean(metadata={"description": "Whether the run allocated the offer to the need."})


class InputFileSchema(Output):
    """A file, and the digest of its bytes."""

    name = fields.String()
    sha256 = fields.String()


class ProfileSchema(Output):
    """A version of the weights."""

    name = fields.String()
    version = fields.String()
    weights = fields.Dict(keys=fields.String(), values=fields.Float(), attribute="document.weights")
    neutral = fields.Dict(keys=fields.String(), values=fields.Float(), attribute="document.neutral")
    minimum_score = fields.Float(attribute="document.minimum_score")
    equity_floor = fields.Dict(keys=fields.String(), values=fields.Float(), attribute="document.equity_floor")


class RunCountsSchema(Output):
    """The figures of a run; how many private records it left out is not told."""

    needs = fields.Integer()
    offers = fields.Integer()
    eligible_pairs = fields.Integer()
    allocated = fields.Integer()
    unmet = fields.Integer()


class MatchRunSchema(Output):
    """One run of the matcher with what explains it."""

    id = fields.UUID()
    engine_version = fields.String()
    profile = fields.Nested(ProfileSchema)
    as_of_on = fields.Date()
    area_release = fields.String()
    visibility = fields.Enum(Visibility, by_value=True)
    allocation = fields.Enum(AllocationRule, by_value=True)
    options = fields.Nested(RunOptionsSchema, attribute="asked")
    answers = fields.List(
        word_field(Answer),
        allow_none=True,
        metadata={"description": "Which further questions the run answers; null where nobody asked them yet."},
    )
    fairness = fields.Nested(FairnessSchema, allow_none=True)
    counts = fields.Nested(RunCountsSchema)
    inputs = fields.List(fields.Nested(InputFileSchema))
    files = fields.List(fields.Nested(InputFileSchema))
    ranking_sha256 = fields.String(metadata={"description": "The digest of matches.csv."})
    seconds = fields.Dict(keys=fields.String(), values=fields.Float())
    started_at = instant_field()
    finished_at = instant_field()


class ContributionSchema(Output):
    """What one component adds to a score."""

    component = word_field(Component)
    value = fields.Float(
        allow_none=True,
        metadata={"description": "In [0, 1]; null where a side says nothing and the neutral value counts."},
    )
    share = fields.Float(metadata={"description": "The shares of a match add up to its score."})
    reason = sentence_field(is_whole=True)


class MatchSchema(Output):
    """A proposed pair with its place in the need's ranking."""

    id = fields.UUID()
    run_id = fields.UUID()
    need_id = fields.UUID()
    need_external_id = fields.String(attribute="need.external_id")
    offer_id = fields.UUID()
    offer_external_id = fields.String(attribute="offer.external_id")
    rank = fields.Integer()
    score = fields.Float()
    is_allocated = fields.Boolean()
    contributions = fields.List(fields.Nested(ContributionSchema))


class RankedOfferSchema(Output):
    """An offer in the ranking of one need."""

    offer_id = fields.UUID()
    offer_external_id = fields.String(attribute="offer.external_id")
    rank = fields.Integer()
    score = fields.Float()
    contributions = fields.List(fields.Nested(ContributionSchema))


class RankingSchema(Output):
    """The best offers for a need among those that the caller may see, for whoever keeps the need and the secretariat."""

    need_id = fields.UUID(attribute="need.id")
    as_of_on = fields.Date(metadata={"description": "The day and the profile are those of the newest run."})
    offers = fields.Integer(attribute="n_offers", metadata={"description": "How many offers the caller may see."})
    eligible = fields.Integer(attribute="n_eligible", metadata={"description": "How many of them are open to it."})
    data = fields.List(fields.Nested(RankedOfferSchema), attribute="ranked")


class UnmetNeedSchema(Output):
    """A need without an allocation, why, and the smallest change that would match it."""

    run_id = fields.UUID()
    need_id = fields.UUID()
    need_external_id = fields.String(attribute="need.external_id")
    reason = fields.Enum(UnmetReason, by_value=True)
    detail = sentence_field()
    nearest_offer_id = fields.UUID(allow_none=True)
    would_match_if = sentence_field(allow_none=True)


class TandemSchema(Output):
    """States that could file together in one area; in a peer tandem neither leads."""

    id = fields.UUID()
    run_id = fields.UUID()
    area_code = fields.String()
    lead_code = fields.String()
    partner_codes = fields.List(fields.String())
    kind = fields.Enum(TandemKind, by_value=True)
    score = fields.Float()
    reasons = fields.List(sentence_field())
    joint_need = fields.Nested(JointNeedSchema, allow_none=True)


class CheckSchema(Output):
    """One of the nine checks of a need."""

    check = fields.Enum(Check, by_value=True)
    verdict = fields.Enum(Verdict, by_value=True)
    field = fields.String(metadata={"description": "The column of the needs file in which to edit."})
    sentence = Shown(str)
    example = Shown(str, allow_none=True)


class CountedEditSchema(Output):
    """An edit of a need, carried out in thought and scored against all offers that the reader may see."""

    kind = fields.Enum(EditKind, by_value=True)
    check = fields.Enum(Check, by_value=True)
    field = fields.String(metadata={"description": "The column of the needs file in which to edit."})
    value = fields.String(metadata={"description": "What would stand there."})
    qualifying = fields.Integer(attribute="n_after", metadata={"description": "How many offers would qualify."})
    gained = fields.Integer(attribute="n_gained")
    lost = fields.Integer(attribute="n_lost")
    sentence = Shown(str)


class NextEditSchema(Output):
    """What to do next."""

    check = fields.Enum(Check, by_value=True)
    field = fields.String(metadata={"description": "The column of the needs file in which to edit."})
    more = fields.Integer(
        attribute="n_more",
        allow_none=True,
        metadata={"description": "How many more offers would qualify; null where that depends on what is written."},
    )
    sentence = Shown(str)


class CoachingSchema(Output):
    """What would make a need more specific, and what that would bring; it blocks nothing."""

    passed = fields.Integer(attribute="n_passed", metadata={"description": "How many of the nine checks are passed."})
    checks = fields.List(fields.Nested(CheckSchema), attribute="advice")
    offers = fields.Integer(attribute="n_offers", metadata={"description": "How many offers the reader may see."})
    qualifying = fields.Integer(
        attribute="n_qualifying",
        metadata={"description": "How many of them are open to the need and reach the minimum score now."},
    )
    edits = fields.List(fields.Nested(CountedEditSchema))
    next_edit = fields.Nested(NextEditSchema, allow_none=True)


class DuplicateSchema(Output):
    """A need that probably says the same, or tells of work under way that does what is asked."""

    need_id = fields.UUID(attribute="need.id")
    external_id = fields.String(attribute="need.external_id")
    kind = fields.Enum(DuplicateKind, by_value=True, attribute="found.kind")
    likeness = fields.Float(attribute="found.likeness", validate=validate.Range(0, 1))
    reasons = fields.List(Shown(str), attribute="found.reasons")
    suggestion = fields.Enum(Suggestion, by_value=True, attribute="found.suggestion")
    advice = Shown(str, attribute="found.advice")


class DuplicatesSchema(Output):
    """The needs that the reader may see and that probably say the same as one, the likest first."""

    data = fields.List(fields.Nested(DuplicateSchema))


class UnderWaySchema(Output):
    """A need of the same State in the same area, and what is done there already."""

    need_id = fields.UUID(attribute="need.id")
    external_id = fields.String(attribute="need.external_id")
    title = fields.String(attribute="need.title")
    status = fields.Enum(Status, by_value=True)
    underway = fields.String(attribute="need.underway", metadata={"description": "What it says is being done already."})
    offer_id = fields.UUID(
        attribute="offer.id",
        allow_none=True,
        dump_default=None,
        metadata={"description": "Which offer meets it, for its keeper and the secretariat; null for others."},
    )


class AllUnderWaySchema(Output):
    """At most ten of them, what is met or under way first."""

    data = fields.List(fields.Nested(UnderWaySchema))
