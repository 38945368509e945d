"""The coach: nine checks of a draft need, the next best edit, and how many more offers would qualify after it."""

from matching.coach.checks import check_draft
from matching.coach.coaching import Coach
from matching.coach.scoring import DraftScorer
from matching.coach.values import Advice, Check, Coaching, CountedEdit, Draft, EditKind, NextEdit, Verdict

__all__ = [
    "Advice",
    "Check",
    "Coach",
    "Coaching",
    "CountedEdit",
    "Draft",
    "DraftScorer",
    "EditKind",
    "NextEdit",
    "Verdict",
    "check_draft",
]
