"""One pair explained: the conditions that stand against it, and what every component adds to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.errors import UnknownRecordError
from matching.model import Model
from matching.records import Need, Offer
from matching.results import Contribution, Eligibility
from matching.scoring import total_score


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplanation:
    """Why a need and an offer match, or do not.

    ``score`` is in [0, 1] and the sum of the contributions' shares; it is given for a pair that is not eligible as
    well, as what it would be worth.
    """

    need: Need
    offer: Offer
    eligibility: Eligibility
    score: float
    contributions: tuple[Contribution, ...]

    def as_document(self) -> dict[str, Any]:
        """Return the explanation as a JSON object."""
        return {
            "need_id": self.need.need_id,
            "offer_id": self.offer.offer_id,
            "eligible": self.eligibility.is_eligible,
            "conditions": [
                {"code": condition.value, "sentence": str(sentence)}
                for condition, sentence in zip(self.eligibility.failed, self.eligibility.sentences, strict=True)
            ],
            "score": self.score,
            "contributions": [
                {
                    "component": part.component.value,
                    "value": part.value,
                    "share": round(part.share, 9),
                    "sentence": str(part.sentence),
                }
                for part in self.contributions
            ],
        }


def explain_pair(model: Model, *, need_id: str, offer_id: str) -> PairExplanation:
    """Return why a need and an offer match, or do not.

    Raises
    ------
    UnknownRecordError
        When no such record is among those that may be matched.
    """
    row = _position([need.need_id for need in model.needs], need_id, what="need")
    column = _position([offer.offer_id for offer in model.offers], offer_id, what="offer")
    parts = model.scorer.contributions(np.array([row]), [[column]])[0][0]
    return PairExplanation(
        need=model.needs[row],
        offer=model.offers[column],
        eligibility=model.eligibility.explain(row, column),
        score=total_score(parts),
        contributions=parts,
    )


def _position(ids: Sequence[str], wanted: str, *, what: str) -> int:
    try:
        return ids.index(wanted)
    except ValueError:
        raise UnknownRecordError(f"There is no {what} '{wanted}' among those that may be matched.") from None
