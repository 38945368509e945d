"""Tells how firmly the first offer of each need stands, as lines or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.answers import Sensitivity, WeightRange
from matching.command.arguments import as_of, parse_sensitivity_arguments
from matching.command.inputs import as_written, warned_inputs
from matching.explanation import position
from matching.model import prepare
from matching.sensitivity import measure_sensitivity, told


def tell_sensitivity(arguments: Sequence[str]) -> None:
    """Print how firmly the first offer of one need stands, or of every need.

    Raises
    ------
    UnknownRecordError
        When there is no such need among those that may be matched.
    """
    options = parse_sensitivity_arguments(arguments)
    as_of_on = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    model = prepare(
        inputs.pool, inputs.reference, inputs.profile, as_of_on=as_of_on, sentence_model=inputs.sentence_model
    )
    need_ids = [need.need_id for need in model.needs]
    rows = range(len(need_ids))
    if options.need is not None:
        rows = range(row := position(need_ids, as_written(options.need, need_ids), what="need"), row + 1)
    measured = measure_sensitivity(model, inputs.profile, np.array(rows, dtype=np.int64))
    if options.json:
        sys.stdout.write(told_as_json(measured))
    else:
        sys.stdout.write(told_in_lines(measured) if need_ids else "There is no need that may be matched.\n")


def told_as_json(sensitivities: Sequence[Sensitivity]) -> str:
    """Return a JSON list with an object for each need."""
    return json.dumps([_document(item) for item in sensitivities], ensure_ascii=False, indent=2) + "\n"


def told_in_lines(sensitivities: Sequence[Sensitivity]) -> str:
    """Return a paragraph for each need: the first offers, what the order hangs on, and the range of each weight.

    A need to which no offer is open has no order.
    """
    return "\n".join(map(_paragraph, sensitivities)) or "No offer is open to the need.\n"


def _document(sensitivity: Sensitivity) -> dict[str, Any]:
    return {
        "need_id": sensitivity.need_id,
        "first_offer_id": sensitivity.first_offer_id,
        "second_offer_id": sensitivity.second_offer_id,
        "margin": sensitivity.margin,
        "toss_up": sensitivity.is_toss_up,
        "stays_first": sensitivity.n_first,
        "trials": sensitivity.n_trials,
        "rival_offer_ids": list(sensitivity.rival_offer_ids),
        "weights": {
            part.component.value: {
                "weight": part.weight,
                "lowest": part.lowest,
                "highest": part.highest,
            }
            for part in sensitivity.ranges
        },
        "sentences": [str(sentence) for sentence in told(sensitivity)],
    }


def _paragraph(sensitivity: Sensitivity) -> str:
    lines = [f"Need {sensitivity.need_id}: {sensitivity.first_offer_id} comes first{_followed(sensitivity)}."]
    lines += [f"  {sentence}" for sentence in told(sensitivity)]
    lines += [f"  {part.component.value:<10} {part.weight:g} {_range(part)}" for part in sensitivity.ranges]
    return "\n".join(lines) + "\n"


def _followed(sensitivity: Sensitivity) -> str:
    if sensitivity.second_offer_id is None:
        return ""
    return f", {sensitivity.margin:.6f} before {sensitivity.second_offer_id}"


def _range(part: WeightRange) -> str:
    lowest = f"{part.lowest:.6f}"
    return f"(from {lowest})" if part.highest is None else f"(from {lowest} to {part.highest:.6f})"
