"""What is compared for duplicates, and what is told of a pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matching.records import Need, Outcome
from matching.sentences import Sentence
from matching.vocabulary import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Work that is under way in one or several States.

    ``starts_on`` and ``ends_on`` include both ends; ``None`` is open-ended. ``need_id`` is the need that tells of the
    project, empty where a record of its own does: a need is not compared with what it tells itself.
    """

    project_id: str
    states: tuple[str, ...]
    title: str = ""
    description: str = ""
    area_codes: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    need_id: str = ""


class DuplicateKind(StrEnum):
    """Which two records look like one."""

    NEEDS = "needs"
    OFFERS = "offers"
    PROJECT = "project"


class Suggestion(StrEnum):
    """What could be done about a likely duplicate; its owners decide."""

    KEEP_ONE = "keep_one"
    JOIN = "join"
    JOINT_NEED = "joint_need"
    COORDINATE = "coordinate"
    ASK_PROJECT = "ask_project"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Two records that probably say the same.

    ``one_id`` stands before ``other_id`` in code-point order; of a need and a project the need is the first.
    ``likeness`` is in [0, 1].
    """

    kind: DuplicateKind
    one_id: str
    other_id: str
    likeness: float
    reasons: tuple[Sentence, ...]
    suggestion: Suggestion
    advice: Sentence

    def as_document(self) -> dict[str, Any]:
        """Return the pair as a JSON object."""
        return {
            "kind": self.kind.value,
            "one_id": self.one_id,
            "other_id": self.other_id,
            "likeness": self.likeness,
            "reasons": [str(reason) for reason in self.reasons],
            "suggestion": self.suggestion.value,
            "advice": str(self.advice),
        }


def projects_of_needs(needs: Iterable[Need]) -> list[Project]:
    """Return what needs tell of work under way in their States, one project for each need that tells of any."""
    return [
        Project(project_id=need.need_id, states=need.states, title=need.underway, need_id=need.need_id)
        for need in needs
        if need.underway.strip()
    ]


def projects_of_outcomes(outcomes: Iterable[Outcome]) -> list[Project]:
    """Return the engagements that have not ended; they have areas and modes and no text."""
    return [
        Project(
            project_id=outcome.outcome_id,
            states=outcome.states,
            area_codes=outcome.area_codes,
            modes=outcome.modes,
        )
        for outcome in outcomes
        if outcome.ended_on is None
    ]
