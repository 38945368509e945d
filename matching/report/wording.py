"""The words of the report for the closed sets of the engine: what each is called, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching.sentences import N_
from matching.vocabulary import AllocationRule, Basis, Component, TandemKind, UnmetReason

COMPONENT_TITLES: Final[Mapping[Component, str]] = {
    Component.AREA: N_("Area"),
    Component.TEXT: N_("Text"),
    Component.MODE: N_("Mode"),
    Component.LANGUAGE: N_("Language"),
    Component.GEOGRAPHY: N_("Geography"),
    Component.TIME: N_("Time"),
    Component.BUDGET: N_("Budget"),
    Component.RECORD: N_("Record"),
    Component.FRESHNESS: N_("Freshness"),
}

COMPONENT_MEANINGS: Final[Mapping[Component, str]] = {
    Component.AREA: N_("How near the areas of the offer are to the areas of the need."),
    Component.TEXT: N_("How much the words of title and description have in common."),
    Component.MODE: N_("Whether support comes in the ways the need asks for, such as training or equipment."),
    Component.LANGUAGE: N_("Whether the two sides have a working language in common."),
    Component.GEOGRAPHY: N_("How closely the offer is meant for the State: by name, for a group, or for all States."),
    Component.TIME: N_("How much of the need's dates the offer is available."),
    Component.BUDGET: N_("How much of the sum sought one place of the offer covers, in one currency only."),
    Component.RECORD: N_("What is known of how the provider did before; silent until outcomes are recorded."),
    Component.FRESHNESS: N_("How recently the provider confirmed that the offer stands."),
}

SERVED_TITLE: Final = N_("With an offer")
SHARED_OUT: Final[Mapping[AllocationRule, str]] = {
    AllocationRule.OPTIMAL: N_(
        "Proposals, with the best total over all needs and places: nothing is agreed until both sides say yes. A need may therefore have another offer here than the first of its own list."
    ),
    AllocationRule.WITH_FLOOR: N_(
        "Proposals, with the best total over all needs and places that keeps the equity floor: nothing is agreed until both sides say yes. A need may therefore have another offer here than the first of its own list."
    ),
    AllocationRule.GREEDY: N_(
        "Proposals, made greedily: one need after another, the most urgent first, took the best place that was left. Nothing is agreed until both sides say yes, and another allocation may have a better total."
    ),
    AllocationRule.STABLE: N_(
        "Proposals, made stably: no need and offer would both score better with each other than with what they have. Nothing is agreed until both sides say yes, and another allocation may have a better total."
    ),
}

SERVED_MEANINGS: Final[Mapping[AllocationRule, str]] = {
    AllocationRule.OPTIMAL: N_(
        "A place in an offer is proposed, for the best total over all needs; nothing is agreed until both sides say yes."
    ),
    AllocationRule.WITH_FLOOR: N_(
        "A place in an offer is proposed, for the equity floor and the best total; nothing is agreed until both sides say yes."
    ),
    AllocationRule.GREEDY: N_(
        "A place in an offer is proposed, to one need after another; nothing is agreed until both sides say yes."
    ),
    AllocationRule.STABLE: N_(
        "A place in an offer is proposed that both sides would keep; nothing is agreed until both sides say yes."
    ),
}

TAKEN_MEANINGS: Final[Mapping[AllocationRule, str]] = {
    AllocationRule.OPTIMAL: N_("Offers fit, but their places went to other needs, for a better total."),
    AllocationRule.WITH_FLOOR: N_(
        "Offers fit, but their places went to other needs, for the equity floor and a better total."
    ),
    AllocationRule.GREEDY: N_("Offers fit, but their places went to other needs, which came first."),
    AllocationRule.STABLE: N_("Offers fit, but their places went to other needs, which they fit better."),
}

REASON_TITLES: Final[Mapping[UnmetReason, str]] = {
    UnmetReason.NO_ELIGIBLE_OFFER: N_("No eligible offer"),
    UnmetReason.BELOW_THRESHOLD: N_("Below the threshold"),
    UnmetReason.CAPACITY_TAKEN: N_("Capacity taken"),
    UnmetReason.CLOSED: N_("Closed"),
}

REASON_MEANINGS: Final[Mapping[UnmetReason, str]] = {
    UnmetReason.NO_ELIGIBLE_OFFER: N_("No offer is open to the need: for other States, at other times, or otherwise."),
    UnmetReason.BELOW_THRESHOLD: N_("Offers are open to the need, but none reaches the profile's minimum score."),
    UnmetReason.CLOSED: N_("The need, or the offers that would be open to it, had closed by the day of the run."),
}

BASIS_TITLES: Final[Mapping[Basis, str]] = {
    Basis.STATED: N_("stated"),
    Basis.READ: N_("read"),
    Basis.INFERRED: N_("inferred"),
}

BASIS_MEANINGS: Final[Mapping[Basis, str]] = {
    Basis.STATED: N_("The record itself says so. Nothing is marked."),
    Basis.READ: N_("Assigned by someone who read the record's text."),
    Basis.INFERRED: N_("Suggested by the program from the record's text, and checked by nobody."),
}

TANDEM_TITLES: Final[Mapping[TandemKind, str]] = {
    TandemKind.LEAD: N_("A lead with partners"),
    TandemKind.PEER: N_("Peers with like needs"),
}


def meaning_of(reason: UnmetReason | None, rule: AllocationRule) -> str:
    """Return what an outcome of a need means, None for one that is served, where places were shared out by a rule."""
    if reason is None:
        return SERVED_MEANINGS[rule]
    return TAKEN_MEANINGS[rule] if reason is UnmetReason.CAPACITY_TAKEN else REASON_MEANINGS[reason]
