"""What a run answers beside its matches, found with it in one go, because it takes longer than a page may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.matches.answer_models import Answer
from app.matches.options import RunOptions
from matching.answers import PoolChanges, Sensitivity
from matching.duplicates import Duplicate, duplicate_offers
from matching.reference import Reference
from matching.results import RunResult

MOST_MEASURED_PAIRS: Final = 2_000_000
"""So many pairs of needs and offers at most are looked at for the firmness of first places, in the order of the needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswers:
    """Further answers; one that was not asked for, or that may not be told to whom the run is for, is ``None``."""

    sensitivities: tuple[Sensitivity, ...] | None = None
    changes: PoolChanges | None = None
    offer_duplicates: tuple[Duplicate, ...] | None = None


NO_ANSWERS: Final = RunAnswers()


def find_answers(result: RunResult, reference: Reference, options: RunOptions) -> RunAnswers:
    """Return what a run answers, as far as its readers may know."""
    what_if = result.what_if
    n_measured = MOST_MEASURED_PAIRS // max(1, len(result.offers))
    asked = [need.need_id for need in result.needs[:n_measured]]
    return RunAnswers(
        sensitivities=None if what_if is None else tuple(what_if.sensitivities(asked).values()),
        changes=None if what_if is None else what_if.pool_changes(is_asked=options.needs_changes),
        offer_duplicates=tuple(duplicate_offers(result.offers, reference, as_of_on=result.as_of_on)),
    )


def names_of_answers(result: RunResult, answers: RunAnswers) -> list[str]:
    """Return which questions a run answers, though the answer may be that there is nothing."""
    given = {
        Answer.COALITIONS: result.coalitions,
        Answer.SENSITIVITIES: answers.sensitivities,
        Answer.CHANGES: answers.changes,
        Answer.OFFER_DUPLICATES: answers.offer_duplicates,
    }
    return [name.value for name, answer in given.items() if answer is not None]
