"""What differs between two runs: who gains an offer, who loses one, and why.

The modules in reading order: views, reasons, comparison.
"""

from matching.differences.comparison import Change, Difference, NeedDifference, compare_runs
from matching.differences.views import PairView, RunView, UnmetView, view_of

__all__ = [
    "Change",
    "Difference",
    "NeedDifference",
    "PairView",
    "RunView",
    "UnmetView",
    "compare_runs",
    "view_of",
]
