"""What a run answers beside its matches, as the API answers it."""

from __future__ import annotations

from marshmallow import fields, validate

from app.fields import Input, Output, sentence_field, word_field
from app.matches.answer_models import ChangeList
from app.organizations.lives import Status
from app.patterns import told
from matching.answers import PoolEdit
from matching.duplicates import Suggestion
from matching.vocabulary import Component, Mode


class RunOptionsSchema(Output):
    """What the run was asked for beyond its profile and its day."""

    max_coalition = fields.Integer(metadata={"description": "How many offers may serve a need in parts; 1 for none."})
    equity_floor = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        allow_none=True,
        metadata={"description": "The floors in place of the profile's; null where those stand."},
    )
    needs_changes = fields.Boolean(metadata={"description": "Whether changes were asked for however large the pool."})


class FloorSchema(Output):
    """What a floor asks for one group, and what it gets."""

    group = fields.String()
    floor = fields.Float(validate=validate.Range(0, 1))
    open = fields.Integer(metadata={"description": "How many open needs the group has."})
    needed = fields.Integer(metadata={"description": "How many of them the floor asks to serve."})
    served = fields.Integer()
    served_without = fields.Integer(metadata={"description": "How many the best total alone would serve."})
    reached = fields.Boolean()


class TotalsSchema(Output):
    """What an allocation adds up to; worth is the score with urgency counted."""

    served = fields.Integer()
    worth = fields.Float()
    score = fields.Float()


class PriceSchema(Output):
    """What the floors take from the best total; the score can gain, because urgency is not in it."""

    worth = fields.Float()
    score = fields.Float()


class FairnessSchema(Output):
    """What equity floors brought and cost."""

    groups = fields.List(fields.Nested(FloorSchema))
    with_floor = fields.Nested(TotalsSchema)
    without_floor = fields.Nested(TotalsSchema)
    price = fields.Nested(PriceSchema)
    proven = fields.Boolean(metadata={"description": "Whether no allocation does better by the floors."})


class WeightRangeSchema(Output):
    """Between which values one weight may move, the others staying, while the first offer stays first."""

    component = word_field(Component)
    weight = fields.Float()
    lowest = fields.Float()
    highest = fields.Float(allow_none=True, metadata={"description": "Null where there is no end."})


class SensitivitySchema(Output):
    """How firmly the first offer of a need stands."""

    run_id = fields.UUID()
    need_id = fields.UUID()
    need_external_id = fields.String(attribute="need.external_id")
    first_offer_id = fields.UUID()
    second_offer_id = fields.UUID(allow_none=True)
    margin = fields.Float(allow_none=True, metadata={"description": "By how much the first scores more."})
    trials = fields.Integer(attribute="n_trials", metadata={"description": "Plausible sets of weights tried."})
    first = fields.Integer(attribute="n_first", metadata={"description": "Under how many of them it stays first."})
    is_toss_up = fields.Boolean()
    rival_offer_ids = fields.List(fields.UUID(), metadata={"description": "Who comes first under the others."})
    ranges = fields.List(fields.Nested(WeightRangeSchema))
    sentences = fields.List(sentence_field(), attribute="told")


class PartSchema(Output):
    """A part of a need: an area in a mode; null where the need names none."""

    area_code = fields.String(allow_none=True)
    mode = word_field(Mode, allow_none=True)


class PartnerSchema(Output):
    """One offer of a coalition."""

    offer_id = fields.UUID()
    is_allocated = fields.Boolean()
    parts = fields.List(fields.Nested(PartSchema), metadata={"description": "What it serves best."})
    adds = fields.Float(metadata={"description": "What the coalition would lose without it."})


class CoalitionSchema(Output):
    """Offers that serve one need in parts, the allocated one first."""

    run_id = fields.UUID()
    need_id = fields.UUID()
    need_external_id = fields.String(attribute="need.external_id")
    value = fields.Float(validate=validate.Range(0, 1))
    alone = fields.Float(validate=validate.Range(0, 1), metadata={"description": "What the best of them is worth."})
    partners = fields.List(fields.Nested(PartnerSchema))


class PoolChangeSchema(Output):
    """A change to offers, or a new one, and whom it would serve in a new allocation of the whole pool."""

    run_id = fields.UUID()
    list = fields.Enum(ChangeList, by_value=True, attribute="listing")
    rank = fields.Integer()
    edit = fields.Enum(PoolEdit, by_value=True)
    change = sentence_field(attribute="told")
    needs_gained = fields.Integer(attribute="n_gained")
    places = fields.Integer(attribute="n_places", metadata={"description": "Places beside those there are."})
    need_ids = fields.List(fields.UUID(), metadata={"description": "Needs that would have a place."})
    lost_need_ids = fields.List(fields.UUID(), metadata={"description": "Needs that would lose theirs."})
    offer_ids = fields.List(fields.UUID(), metadata={"description": "Offers to change; none for a new one."})


class OfferDuplicateSchema(Output):
    """An offer that probably says the same."""

    offer_id = fields.UUID(attribute="offer.id")
    external_id = fields.String(attribute="offer.external_id")
    likeness = fields.Float(attribute="found.likeness", validate=validate.Range(0, 1))
    reasons = fields.List(sentence_field(), attribute="found.reasons")
    suggestion = fields.Enum(Suggestion, by_value=True, attribute="found.suggestion")
    advice = sentence_field(attribute="found.advice")


class OfferDuplicatesSchema(Output):
    """The offers that the reader may see and that probably say the same as one, the likest first."""

    data = fields.List(fields.Nested(OfferDuplicateSchema))


class JointNeedSchema(Output):
    """The draft of a need that two States could file together; nothing is filed by it."""

    need_ids = fields.List(fields.UUID(), metadata={"description": "The two needs that it is made of."})
    states = fields.List(fields.String())
    area_codes = fields.List(fields.String())
    modes = fields.List(word_field(Mode))
    languages = fields.List(fields.String())
    earliest_on = fields.String(allow_none=True, metadata={"format": "date"})
    latest_on = fields.String(allow_none=True, metadata={"format": "date"})
    priority = fields.Integer(validate=validate.Range(1, 5))
    title = sentence_field()
    text = fields.List(sentence_field())


class AgreementSchema(Output):
    """Which offer meets a need, as the secretariat noted it; null where nobody does, or somebody who is not listed here."""

    id = fields.UUID(attribute="need.id", metadata={"description": "The id of the need."})
    version = fields.Integer(attribute="need.version")
    status = fields.Enum(Status, by_value=True, attribute="need.status")
    offer = fields.UUID(attribute="offer.id", allow_none=True, dump_default=None)


class AgreementEdit(Input):
    """The offer that meets a need, as both sides have said."""

    offer = fields.UUID(
        required=True,
        metadata=told(refused_when="there is no such offer, it is not open, or the State does not want its provider."),
    )


class PlacesSchema(Output):
    """How many needs an offer can serve, and how many of these places are taken."""

    id = fields.UUID(attribute="offer.id", metadata={"description": "The id of the offer."})
    capacity = fields.Integer(attribute="offer.capacity")
    taken = fields.Integer(attribute="n_taken")
    left = fields.Integer(attribute="n_left")
