"""The principles, and how offers stand to them, as columns of exports."""

from __future__ import annotations

from typing import Final

from app.offers.models import Offer, Principle
from app.organizations.entries import LIST_SEPARATOR
from app.tables import Cell

PRINCIPLE_COLUMNS: Final = ("code", "section", "title_en", "sentence_en", "reference", "source", "evidence")


def label_cells(offer: Offer) -> dict[str, Cell]:
    """Return what the columns of an offer hold about its label and its checklist."""
    label = offer.label
    met, not_met = (
        LIST_SEPARATOR.join(line.principle_code for line in offer.checklist if line.is_met is is_met)
        for is_met in (True, False)
    )
    said: dict[str, Cell] = {"principles_met": met, "principles_not_met": not_met}
    if label is None:
        return said | {"label": "", "labelled_on": None, "label_reason": ""}
    return said | {"label": label.state.value, "labelled_on": label.granted_on, "label_reason": label.reason}


def principle_row(principle: Principle) -> dict[str, Cell]:
    """Return a principle by column."""
    return {name: getattr(principle, name) for name in PRINCIPLE_COLUMNS} | {"section": principle.section.value}
