"""Two runs side by side as the API answers it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app.fields import Output, Shown
from app.matches.comparison import RunComparison
from matching.differences import Change, PairView


class SettingSchema(Output):
    """What was set differently, with an empty text where one run has no such setting."""

    key = fields.String()
    before = fields.String()
    after = fields.String()


class ChangeCountsSchema(Output):
    """How many needs each change befell."""

    gains = fields.Integer()
    loses = fields.Integer()
    moves = fields.Integer()
    same = fields.Integer()
    new = fields.Integer()
    gone = fields.Integer()


class HeldOfferSchema(Output):
    """The offer that a run allocated to the need."""

    offer_id = fields.UUID()
    offer_external_id = fields.String()
    rank = fields.Integer()
    score = fields.Float(validate=validate.Range(0, 1))


class NeedChangeSchema(Output):
    """What became of one need from the first run to the second, and why."""

    need_id = fields.UUID()
    need_external_id = fields.String()
    change = fields.Enum(Change, by_value=True)
    before = fields.Nested(HeldOfferSchema, allow_none=True)
    after = fields.Nested(HeldOfferSchema, allow_none=True)
    reasons = fields.List(Shown(str))


class RunComparisonSchema(Output):
    """Two runs side by side: what was set differently, and every need whose outcome differs, with the reasons."""

    before_run_id = fields.UUID()
    after_run_id = fields.UUID()
    settings = fields.List(fields.Nested(SettingSchema))
    counts = fields.Nested(ChangeCountsSchema)
    needs = fields.List(fields.Nested(NeedChangeSchema))


def comparison_document(compared: RunComparison) -> dict[str, Any]:
    """Return a comparison in the shape of ``RunComparisonSchema``."""
    return {
        "before_run_id": compared.before.id,
        "after_run_id": compared.after.id,
        "settings": [
            {"key": key, "before": first, "after": second} for key, (first, second) in compared.settings.items()
        ],
        "counts": {change.value: number for change, number in compared.n_by_change.items()},
        "needs": [
            {
                "need_id": compared.need_by_name[need.need_id].id,
                "need_external_id": compared.need_by_name[need.need_id].external_id,
                "change": need.change,
                "before": _held(need.before, compared),
                "after": _held(need.after, compared),
                "reasons": need.reasons,
            }
            for need in compared.changed
        ],
    }


def _held(pair: PairView | None, compared: RunComparison) -> dict[str, Any] | None:
    if pair is None:
        return None
    offer = compared.offer_by_name[pair.offer_id]
    return {"offer_id": offer.id, "offer_external_id": offer.external_id, "rank": pair.rank, "score": pair.score}
