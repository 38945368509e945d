"""Which offers qualify for drafts: the narrow place where the engine is asked, which ``matching.live`` answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from matching.arrays import Bools
from matching.records import Need, Offer


class DraftScorer(Protocol):
    """Tells which offers qualify for drafts, exactly as a run would."""

    @property
    def offers(self) -> Sequence[Offer]:
        """The offers, in the order of the columns."""

    def qualifying(self, drafts: Sequence[Need]) -> Bools:
        """Return which offers are eligible for each draft and reach the minimum score; shape (n_drafts, n_offers)."""
