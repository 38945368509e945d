"""Scoring profiles: one named version of the weights, with what silence counts and the threshold to allocate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from matching.errors import UnreadableProfileError
from matching.tables import FaultCode, quoted
from matching.vocabulary import Component

DEFAULT_BACKGROUND: Final = "background-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringProfile:
    """One version of the weights.

    ``weights`` are at least 0 and not all 0; ``neutral`` is what a component counts, in [0, 1], where a side says
    nothing; pairs below ``minimum_score`` are listed but never allocated; ``equity_floor`` maps a group to the share
    of its needs that an allocation has to serve; ``background`` names the corpus behind the text statistics.
    ``sentence_model`` names the model whose reading counts ``sentence_share`` of the likeness of two English texts.
    """

    name: str
    version: str
    weights: Mapping[Component, float]
    neutral: Mapping[Component, float]
    minimum_score: float
    equity_floor: Mapping[str, float]
    background: str = DEFAULT_BACKGROUND
    sentence_model: str | None = None
    sentence_share: float = 0.0

    @property
    def total_weight(self) -> float:
        """The sum of the weights, above 0."""
        return math.fsum(self.weights.values())

    def as_document(self) -> dict[str, Any]:
        """Return the profile as the JSON object that ``parse_profile`` reads."""
        document: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "weights": {component.value: self.weights[component] for component in Component},
            "neutral": {component.value: self.neutral[component] for component in Component},
            "minimum_score": self.minimum_score,
            "equity_floor": dict(sorted(self.equity_floor.items())),
            "background": self.background,
        }
        if self.sentence_model is not None:
            document["sentence_model"] = {"name": self.sentence_model, "share": self.sentence_share}
        return document


def parse_profile(document: object) -> ScoringProfile:
    """Return the profile that a JSON document describes.

    Parameters
    ----------
    document
        An object with the keys of ``run.json``'s profile. ``neutral`` is an object with a value for each component,
        or one number for all of them.

    Raises
    ------
    UnreadableProfileError
        When a key is missing or unknown, or a value is out of its range; the message names the key.

    Examples
    --------
    >>> document = {"name": "plain", "version": "1", "weights": {"text": 1}, "neutral": 0.5,
    ...             "minimum_score": 0.2, "equity_floor": {}}
    >>> parse_profile(document).weights[Component.AREA]
    0.0
    """
    if not isinstance(document, dict):
        raise UnreadableProfileError("The profile has to be a JSON object with weights, neutral and minimum_score.")
    known = {"name", "version", "weights", "neutral", "minimum_score", "equity_floor", "background", "sentence_model"}
    unknown = sorted(str(key) for key in set(document) - known)
    if unknown:
        raise UnreadableProfileError(
            f"The profile has an unknown key {quoted(unknown[0])}; known are {_listed(known)}.",
            key=unknown[0],
            code=FaultCode.UNKNOWN_CODE,
        )
    missing = sorted(known - {"equity_floor", "background", "sentence_model"} - set(document))
    if missing:
        sentence = f"The profile has no key '{missing[0]}'; add it."
        raise UnreadableProfileError(sentence, key=missing[0], code=FaultCode.MISSING_VALUE)
    weights = _by_component(document["weights"], key="weights", absent=0.0, upper=1e6)
    if sum(weights.values()) <= 0:
        sentence = "The profile's weights are all 0; give at least one component a weight."
        raise UnreadableProfileError(sentence, key="weights", code=FaultCode.OUT_OF_RANGE)
    neutral = document["neutral"]
    if not isinstance(neutral, dict):
        neutral = dict.fromkeys(Component, neutral)
    sentence_model, sentence_share = _sentence_model(document.get("sentence_model"))
    return ScoringProfile(
        name=_text(document["name"], key="name"),
        version=_text(document["version"], key="version"),
        weights=weights,
        neutral=_by_component(neutral, key="neutral", absent=0.5, upper=1.0),
        minimum_score=_number(document["minimum_score"], key="minimum_score", upper=1.0),
        equity_floor=_equity_floor(document.get("equity_floor")),
        background=_text(document.get("background", DEFAULT_BACKGROUND), key="background"),
        sentence_model=sentence_model,
        sentence_share=sentence_share,
    )


def _sentence_model(value: object) -> tuple[str | None, float]:
    if value is None:
        return None, 0.0
    if not isinstance(value, dict) or set(value) != {"name", "share"}:
        sentence = "'sentence_model' has to be an object with the name of a model and its share of the text component."
        raise UnreadableProfileError(sentence, key="sentence_model", code=FaultCode.BAD_VALUE)
    share = _number(value["share"], key="sentence_model.share", upper=1.0)
    return _text(value["name"], key="sentence_model.name"), share


def _by_component(value: object, *, key: str, absent: float, upper: float) -> dict[Component, float]:
    if not isinstance(value, dict):
        sentence = f"'{key}' has to be an object with a number for each component."
        raise UnreadableProfileError(sentence, key=key, code=FaultCode.BAD_VALUE)
    names = {component.value for component in Component}
    for name in value:
        if name not in names:
            sentence = f"'{key}' names an unknown component {quoted(name)}; known are {_listed(names)}."
            raise UnreadableProfileError(sentence, key=f"{key}.{name}", code=FaultCode.UNKNOWN_CODE)
    return {
        component: _number(value.get(component, absent), key=f"{key}.{component}", upper=upper)
        for component in Component
    }


def _equity_floor(value: object) -> dict[str, float]:
    if value is None or value == 0:
        return {}
    if not isinstance(value, dict):
        sentence = "'equity_floor' has to be an object from a group to a share in [0, 1]."
        raise UnreadableProfileError(sentence, key="equity_floor", code=FaultCode.BAD_VALUE)
    return {str(group): _number(share, key=f"equity_floor.{group}", upper=1.0) for group, share in value.items()}


def _number(value: object, *, key: str, upper: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= upper:  # type: ignore[operator]  # is_number has just been checked
        sentence = f"'{key}' is {_shown(value)}; it has to be a number from 0 to {upper:g}."
        code = FaultCode.OUT_OF_RANGE if is_number else FaultCode.BAD_NUMBER
        raise UnreadableProfileError(sentence, key=key, code=code)
    return float(value)  # type: ignore[arg-type]  # as above


def _text(value: object, *, key: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        sentence = f"'{key}' is {_shown(value)}; it has to be a short text."
        raise UnreadableProfileError(sentence, key=key, code=FaultCode.BAD_VALUE)
    return str(value)


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else quoted(repr(value)).strip("'")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
