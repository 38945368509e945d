"""Allocation: who gets which place, at the best total over the whole pool.

The modules in reading order: edges, flow, prices, market, exact.
"""

from matching.allocation.edges import Edges, worth_of
from matching.allocation.exact import allocate_exactly
from matching.allocation.flow import allocate
from matching.allocation.market import Market, open_market
from matching.allocation.prices import Allocation, Chains

__all__ = [
    "Allocation",
    "Chains",
    "Edges",
    "Market",
    "allocate",
    "allocate_exactly",
    "open_market",
    "worth_of",
]
