"""Tells a run in a few lines."""

from __future__ import annotations

from typing import Final

from matching.results import Fairness, RunResult
from matching.vocabulary import AllocationRule, UnmetReason

_WORDS_BY_REASON: Final = {
    UnmetReason.BELOW_THRESHOLD: "below the minimum score",
    UnmetReason.CAPACITY_TAKEN: "with every place taken by others",
    UnmetReason.CLOSED: "closed",
    UnmetReason.NO_ELIGIBLE_OFFER: "without an eligible offer",
}

_WORDS_BY_RULE: Final = {AllocationRule.GREEDY: " (greedily)", AllocationRule.STABLE: " (stably)"}


def told_in_short(result: RunResult) -> str:
    """Return a run in four lines, five with floors; a need that has an offer is not served yet, because people decide."""
    counts = result.counts
    by_rule = _WORDS_BY_RULE.get(result.rule, "")
    have = "has" if counts.n_allocated == 1 else "have"
    have_not = "has" if counts.n_unmet == 1 else "have"
    return "\n".join(
        [
            f"{_counted(counts.n_needs, 'need')} and {_counted(counts.n_offers, 'offer')} as of {result.as_of_on}.",
            f"{_counted(counts.n_private, 'private record')} left out; {_counted(counts.n_eligible_pairs, 'eligible pair')}.",
            f"{_counted(counts.n_allocated, 'need')} {have} an offer{by_rule}, {counts.n_unmet} {have_not} none{_reasons(result)}.",
            *([] if result.fairness is None else [_fairness(result.fairness)]),
            f"{_counted(len(result.tandems), 'tandem')} proposed.",
        ]
    )


def _fairness(fairness: Fairness) -> str:
    groups = ", ".join(
        f"{share.group} {share.n_served} served of {share.n_open}, {share.n_needed} needed ({share.n_served_without} without the floor)"
        for share in fairness.groups
    )
    missed = "" if all(share.is_reached for share in fairness.groups) else "; more cannot be served"
    if not fairness.is_proven:
        missed += "; not proven to be the best"
    price = f"{fairness.worth_price:.6f} of a total worth of {fairness.without_floor.worth:.6f}"
    return f"Equity floor: {groups}{missed}. It costs {price}."


def _reasons(result: RunResult) -> str:
    number = {reason: sum(unmet.reason is reason for unmet in result.unmet) for reason in _WORDS_BY_REASON}
    told = [f"{number[reason]} {words}" for reason, words in _WORDS_BY_REASON.items() if number[reason]]
    return f": {', '.join(told)}" if told else ""


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
