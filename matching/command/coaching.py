"""``python -m matching coach``: what would make one need more specific, and what that would bring."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from matching.coach import Coach, Coaching, Verdict
from matching.command.arguments import as_of, parse_coach_arguments
from matching.command.inputs import as_written, warned_inputs
from matching.errors import UnknownRecordError
from matching.live import LiveEngine
from matching.records import Need


def tell_advice(arguments: Sequence[str]) -> None:
    """Print the nine checks of a need, the next best edit and how many offers qualify.

    Raises
    ------
    UnknownRecordError
        When there is no such need among those that may be matched.
    """
    options = parse_coach_arguments(arguments)
    as_of_on = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    need = _need_of(inputs.pool.needs, options.need)
    engine = LiveEngine(
        inputs.pool.offers,
        inputs.reference,
        inputs.profile,
        as_of_on=as_of_on,
        outcomes=inputs.pool.outcomes,
        sentence_model=inputs.sentence_model,
    )
    coaching = Coach(inputs.reference, engine, as_of_on=as_of_on).advise(need)
    if options.json:
        sys.stdout.write(json.dumps(coaching.as_document(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_told(need, coaching))


def _need_of(needs: Sequence[Need], wanted: str) -> Need:
    matched = {need.need_id: need for need in needs if not need.is_private}
    need = matched.get(as_written(wanted, list(matched)))
    if need is None:
        raise UnknownRecordError(f"There is no need '{wanted}' among those that may be matched.")
    return need


def _told(need: Need, coaching: Coaching) -> str:
    lines = [
        f"Need {need.need_id}: {need.title}",
        f"Checks passed: {coaching.n_passed} of {len(coaching.advice)}.",
    ]
    for advice in coaching.advice:
        lines.append(f"  {advice.verdict:<8} {advice.check:<13} {advice.sentence}")
        if advice.verdict is not Verdict.PASSED and advice.example is not None:
            lines.append(f"{'':<25}{advice.field}: {advice.example}")
    lines.append(f"Offers that qualify now: {coaching.n_qualifying} of {coaching.n_offers}.")
    if coaching.next_edit is None:
        lines.append("Nothing is left to make more specific.")
    else:
        lines.append(f"Next best edit ({coaching.next_edit.field}): {coaching.next_edit.sentence}")
    lines += [f"  Or ({edit.field}): {edit.sentence}" for edit in coaching.edits[1:]]
    return "\n".join(lines) + "\n"
