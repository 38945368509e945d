"""One rule for a run: the best total, which keeps floors, or one of the rules it is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from matching.allocation.equity import allocate_with_floors
from matching.allocation.exact import allocate_exactly
from matching.allocation.market import Market
from matching.allocation.prices import Allocation
from matching.allocation.sequence import allocate_greedily, allocate_stably
from matching.allocation.totals import tell_fairness
from matching.arrays import Floats
from matching.errors import UnreadableProfileError
from matching.groups import Floors
from matching.results import Fairness
from matching.tables import FaultCode
from matching.vocabulary import AllocationRule


def check_rule(rule: AllocationRule, equity_floor: Mapping[str, float]) -> None:
    """Refuse a rule that keeps no floors where the profile sets some.

    Raises
    ------
    UnreadableProfileError
        When the rule is greedy or stable and there is a floor.
    """
    has_floor = any(share > 0 for share in equity_floor.values())
    if has_floor and rule in (AllocationRule.GREEDY, AllocationRule.STABLE):
        raise UnreadableProfileError(
            f"A {rule} allocation keeps no equity floor; choose the optimal one, or leave 'equity_floor' empty.",
            key="equity_floor",
            code=FaultCode.BAD_VALUE,
        )


@dataclass(frozen=True, slots=True)
class Sharing:
    """How places are shared out: by which rule, and with how many offers in a coalition at most; 1 asks for none."""

    rule: AllocationRule = AllocationRule.OPTIMAL
    max_coalition: int = 1


BEST_TOTAL: Final = Sharing()
"""The best total, one offer a need."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An allocation by one rule, how much a place counted for each need, and what floors bring and cost, if there are any.

    ``urgency`` has shape (n_needs,).
    """

    allocation: Allocation
    urgency: Floats
    fairness: Fairness | None = None


def allocate_by_rule(market: Market, floors: Floors, rule: AllocationRule) -> Placed:
    """Return who gets which place by a rule, and what floors bring and cost where there are any.

    Raises
    ------
    UnreadableProfileError
        When the rule keeps no floors and there are some.
    """
    check_rule(rule, dict(zip(floors.groups, floors.shares, strict=True)))
    if rule is AllocationRule.GREEDY:
        return Placed(allocate_greedily(market), market.urgency)
    if rule is AllocationRule.STABLE:
        return Placed(allocate_stably(market), market.urgency)
    if not floors.groups:
        return Placed(allocate_exactly(market), market.urgency)
    fair = allocate_with_floors(market, floors)
    return Placed(fair.with_floor, market.urgency, tell_fairness(market, floors, fair))
