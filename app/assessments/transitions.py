"""The life of an assessment: what may be done to it in which state, by whom, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.access.vocabulary import Permission
from app.assessments.models import AssessmentState


class Action(StrEnum):
    """What can be done to a whole assessment."""

    SUBMIT = "submit"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """From which states an action leads, to which, and what it takes."""

    sources: frozenset[AssessmentState]
    target: AssessmentState
    permission: Permission
    event: str


TRANSITIONS: Final[Mapping[Action, Transition]] = {
    Action.SUBMIT: Transition(
        sources=frozenset({AssessmentState.DRAFT}),
        target=AssessmentState.SUBMITTED,
        permission=Permission.ASSESSMENT_SUBMIT,
        event="assessment.submitted",
    ),
    Action.REOPEN: Transition(
        sources=frozenset({AssessmentState.SUBMITTED, AssessmentState.WITHDRAWN}),
        target=AssessmentState.DRAFT,
        permission=Permission.ASSESSMENT_SUBMIT,
        event="assessment.reopened",
    ),
    Action.WITHDRAW: Transition(
        sources=frozenset({AssessmentState.DRAFT, AssessmentState.SUBMITTED}),
        target=AssessmentState.WITHDRAWN,
        permission=Permission.ASSESSMENT_SUBMIT,
        event="assessment.withdrawn",
    ),
}


def actions_open_to(state: AssessmentState, *, may_submit: bool) -> tuple[Action, ...]:
    """Return what somebody can do to an assessment in a state: the buttons of its page."""
    if not may_submit:
        return ()
    return tuple(action for action, transition in TRANSITIONS.items() if state in transition.sources)


def action_to(state: AssessmentState) -> Action:
    """Return the action that leads to a state."""
    return next(action for action, transition in TRANSITIONS.items() if transition.target is state)
