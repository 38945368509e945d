"""What the coach tells: nine checks of a draft, the next best edit, and how many offers qualify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matching.coach.cues import CueReader
from matching.readings import Suggestion
from matching.records import Need
from matching.reference import Taxonomy
from matching.results import Reading
from matching.sentences import Sentence


class Check(StrEnum):
    """What makes a need one that somebody can answer, in the order in which it is told."""

    ONE_AREA = "one_area"
    WHAT_EXACTLY = "what_exactly"
    WHY = "why"
    OUTCOME = "outcome"
    BY_WHEN = "by_when"
    UNDERWAY = "underway"
    OWNER = "owner"
    ABSORPTION = "absorption"
    CONSENT = "consent"


class Verdict(StrEnum):
    """How a draft fares in a check; what is vague is there, but a reader would have to ask."""

    PASSED = "passed"
    VAGUE = "vague"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A need while it is being written, as the checks look at it.

    ``reading`` holds the areas and modes that the engine works with, ``suggested`` those that its text speaks of, the
    surest first. ``as_of_on`` is the day on which it is looked at.
    """

    need: Need
    reading: Reading
    suggested: tuple[Suggestion, ...]
    cues: CueReader
    taxonomy: Taxonomy
    as_of_on: date

    @property
    def text(self) -> str:
        """Title and description."""
        return f"{self.need.title}\n{self.need.description}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The result of one check.

    ``field`` is the column of the needs file in which to edit. ``example`` says how it could read; ``None`` where the
    check is passed.
    """

    check: Check
    verdict: Verdict
    field: str
    sentence: Sentence
    example: Sentence | None = None


class EditKind(StrEnum):
    """What a hypothetical edit of a draft changes; the easier ones first."""

    LANGUAGE = "language"
    AREA = "area"
    MODE = "mode"
    DATES = "dates"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEdit:
    """An edit of the draft, carried out in thought and scored against all offers.

    ``value`` is what would stand in ``field``. ``n_after`` offers qualify with it; of these ``n_gained`` do not now,
    and ``n_lost`` qualify now and would not any more.
    """

    kind: EditKind
    check: Check
    field: str
    value: str
    n_after: int
    n_gained: int
    n_lost: int
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEdit:
    """What to do next: an edit that was counted, or a check that is not passed and whose gain nobody can know.

    ``n_more`` is how many more offers would qualify; ``None`` where that depends on what is written.
    """

    check: Check
    field: str
    sentence: Sentence
    n_more: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coaching:
    """What the coach says about one draft; it advises and blocks nothing.

    ``advice`` holds the nine checks in their order. ``n_qualifying`` of ``n_offers`` offers are eligible now and reach
    the profile's minimum score. ``edits`` are those that gain offers, the best first.
    """

    need_id: str
    advice: tuple[Advice, ...]
    n_offers: int
    n_qualifying: int
    edits: tuple[CountedEdit, ...]
    next_edit: NextEdit | None

    @property
    def n_passed(self) -> int:
        """How many of the nine checks are passed."""
        return sum(item.verdict is Verdict.PASSED for item in self.advice)

    def as_document(self) -> dict[str, Any]:
        """Return the advice as a JSON object."""
        return {
            "need_id": self.need_id,
            "passed": self.n_passed,
            "checks": [_advice_document(item) for item in self.advice],
            "offers": self.n_offers,
            "qualifying": self.n_qualifying,
            "edits": [_edit_document(item) for item in self.edits],
            "next_edit": None if self.next_edit is None else _next_document(self.next_edit),
        }


def _advice_document(advice: Advice) -> dict[str, Any]:
    return {
        "check": advice.check.value,
        "verdict": advice.verdict.value,
        "field": advice.field,
        "sentence": str(advice.sentence),
        "example": None if advice.example is None else str(advice.example),
    }


def _edit_document(edit: CountedEdit) -> dict[str, Any]:
    return {
        "kind": edit.kind.value,
        "check": edit.check.value,
        "field": edit.field,
        "value": edit.value,
        "qualifying": edit.n_after,
        "gained": edit.n_gained,
        "lost": edit.n_lost,
        "sentence": str(edit.sentence),
    }


def _next_document(edit: NextEdit) -> dict[str, Any]:
    return {
        "check": edit.check.value,
        "field": edit.field,
        "more": edit.n_more,
        "sentence": str(edit.sentence),
    }
