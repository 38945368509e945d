"""One pair explained: the conditions that stand against it, and what every component adds to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.errors import UnknownRecordError
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.results import Contribution, Eligibility, Reading
from matching.scoring import total_score


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplanation:
    """Why a need and an offer match, or do not.

    ``score`` is in [0, 1] and the sum of the contributions' shares; it is given for a pair that is not eligible as
    well, as what it would be worth. ``minimum_score`` is the profile's: below it nothing is allocated. The readings
    are the areas and modes that were compared, with how each side came by them.
    """

    need: Need
    offer: Offer
    need_reading: Reading
    offer_reading: Reading
    eligibility: Eligibility
    score: float
    minimum_score: float
    contributions: tuple[Contribution, ...]

    @property
    def reaches_minimum(self) -> bool:
        """Whether the score is enough for an allocation."""
        return self.score >= self.minimum_score

    def as_document(self) -> dict[str, Any]:
        """Return the explanation as a JSON object."""
        return {
            "need_id": self.need.need_id,
            "offer_id": self.offer.offer_id,
            "need_reading": _reading_document(self.need_reading),
            "offer_reading": _reading_document(self.offer_reading),
            "eligible": self.eligibility.is_eligible,
            "conditions": [
                {"code": condition.value, "sentence": str(sentence)}
                for condition, sentence in zip(self.eligibility.failed, self.eligibility.sentences, strict=True)
            ],
            "score": self.score,
            "minimum_score": self.minimum_score,
            "reaches_minimum": self.reaches_minimum,
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


def explain_pair(model: Model, profile: ScoringProfile, *, need_id: str, offer_id: str) -> PairExplanation:
    """Return why a need and an offer match, or do not, under the profile that the model was made with.

    Raises
    ------
    UnknownRecordError
        When no such record is among those that may be matched.
    """
    row = position([need.need_id for need in model.needs], need_id, what="need")
    column = position([offer.offer_id for offer in model.offers], offer_id, what="offer")
    parts = model.scorer.explain(np.array([row]), np.array([column])).contributions()[0]
    return PairExplanation(
        need=model.needs[row],
        offer=model.offers[column],
        need_reading=model.need_readings[row],
        offer_reading=model.offer_readings[column],
        eligibility=model.eligibility.explain(row, column),
        score=total_score(parts),
        minimum_score=profile.minimum_score,
        contributions=parts,
    )


def _reading_document(reading: Reading) -> dict[str, Any]:
    return {
        "areas": list(reading.area_codes),
        "areas_basis": reading.areas_basis.value,
        "modes": [mode.value for mode in reading.modes],
        "modes_basis": reading.modes_basis.value,
        "audiences": [audience.value for audience in reading.audiences],
        "audiences_basis": reading.audiences_basis.value,
        "places": list(reading.places),
        "confidences": {
            "areas": list(reading.area_confidences),
            "modes": list(reading.mode_confidences),
            "audiences": list(reading.audience_confidences),
            "places": list(reading.place_confidences),
        },
    }


def position(ids: Sequence[str], wanted: str, *, what: str) -> int:
    """Return where a record stands among those that may be matched.

    Raises
    ------
    UnknownRecordError
        When it is not among them.
    """
    try:
        return ids.index(wanted)
    except ValueError:
        raise UnknownRecordError(f"There is no {what} '{wanted}' among those that may be matched.") from None
