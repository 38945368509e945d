"""Allocation: who gets which place, at the best total over the whole pool.

The modules in reading order: edges, flow, prices, market, exact → equity → sequence → totals, alternatives, rules.
"""

from matching.allocation.alternatives import Alternative, allocate_by_every_rule
from matching.allocation.edges import Edges, worth_of
from matching.allocation.equity import FairAllocation, allocate_with_floors
from matching.allocation.exact import allocate_exactly
from matching.allocation.flow import allocate
from matching.allocation.market import Market, open_market
from matching.allocation.prices import Allocation, Chains
from matching.allocation.rules import BEST_TOTAL, Placed, Sharing, allocate_by_rule, check_rule
from matching.allocation.sequence import allocate_greedily, allocate_stably
from matching.allocation.totals import add_up, tell_fairness

__all__ = [
    "BEST_TOTAL",
    "Allocation",
    "Alternative",
    "Chains",
    "Edges",
    "FairAllocation",
    "Market",
    "Placed",
    "Sharing",
    "add_up",
    "allocate",
    "allocate_by_every_rule",
    "allocate_by_rule",
    "allocate_exactly",
    "allocate_greedily",
    "allocate_stably",
    "allocate_with_floors",
    "check_rule",
    "open_market",
    "tell_fairness",
    "worth_of",
]
