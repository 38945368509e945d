"""Tells a run in four lines."""

from __future__ import annotations

from typing import Final

from matching.results import RunResult
from matching.vocabulary import UnmetReason

_WORDS_BY_REASON: Final = {
    UnmetReason.BELOW_THRESHOLD: "below the minimum score",
    UnmetReason.CAPACITY_TAKEN: "with every place taken by others",
    UnmetReason.CLOSED: "closed",
    UnmetReason.NO_ELIGIBLE_OFFER: "without an eligible offer",
}


def told_in_short(result: RunResult) -> str:
    """Return a run in four lines; a need that has an offer is not served yet, because people decide."""
    counts = result.counts
    have = "has" if counts.n_allocated == 1 else "have"
    have_not = "has" if counts.n_unmet == 1 else "have"
    return "\n".join(
        [
            f"{_counted(counts.n_needs, 'need')} and {_counted(counts.n_offers, 'offer')} as of {result.as_of_on}.",
            f"{_counted(counts.n_private, 'private record')} left out; {_counted(counts.n_eligible_pairs, 'eligible pair')}.",
            f"{_counted(counts.n_allocated, 'need')} {have} an offer, {counts.n_unmet} {have_not} none{_reasons(result)}.",
            f"{_counted(len(result.tandems), 'tandem')} proposed.",
        ]
    )


def _reasons(result: RunResult) -> str:
    number = {reason: sum(unmet.reason is reason for unmet in result.unmet) for reason in _WORDS_BY_REASON}
    told = [f"{number[reason]} {words}" for reason, words in _WORDS_BY_REASON.items() if number[reason]]
    return f": {', '.join(told)}" if told else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
