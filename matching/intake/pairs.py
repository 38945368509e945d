"""Rules between two cells of a row: an end after its start, an amount with its currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from matching.intake.rows import Cells
from matching.tables import FaultCode


def check_period(cells: Cells, start_on: date | None, end_on: date | None, *, end_column: str) -> None:
    """Note ``end_before_start`` at the column of the end."""
    if start_on is not None and end_on is not None and end_on < start_on:
        sentence = f"The end {end_on} lies before the start {start_on}; correct one of them."
        cells.add(end_column, FaultCode.END_BEFORE_START, sentence)


def check_amount(cells: Cells, budget: Decimal | None) -> None:
    """Note ``missing_value`` when a budget stands there without its currency."""
    if budget is not None and not cells.has_text("currency"):
        sentence = "The budget has no currency; write its code of ISO 4217, for example EUR or USD."
        cells.add("currency", FaultCode.MISSING_VALUE, sentence)
