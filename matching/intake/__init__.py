"""Files in: tables of needs, offers, tandem candidates, outcomes, decisions and States become records, or faults to put right."""

from matching.intake.candidates import read_tandem_candidates
from matching.intake.decisions import read_decisions
from matching.intake.needs import read_needs
from matching.intake.offers import read_offers
from matching.intake.outcomes import read_outcomes
from matching.intake.rows import Intake
from matching.intake.states import StateEntry, read_states

__all__ = [
    "Intake",
    "StateEntry",
    "read_decisions",
    "read_needs",
    "read_offers",
    "read_outcomes",
    "read_states",
    "read_tandem_candidates",
]
