"""The life of a release of the areas: what may be done to it in which state, by whom, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.access.policy import may
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.models import ReleaseState


class Action(StrEnum):
    """What can be done to a whole release."""

    ADOPT = "adopt"
    DISCARD = "discard"
    SUPERSEDE = "supersede"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """From which state an action leads, to which, and what it takes; one that only follows from another has no button."""

    source: ReleaseState
    target: ReleaseState
    permission: Permission
    event: str
    has_button: bool = True


TRANSITIONS: Final[Mapping[Action, Transition]] = {
    Action.ADOPT: Transition(
        source=ReleaseState.DRAFT,
        target=ReleaseState.ADOPTED,
        permission=Permission.AREA_ADOPT,
        event="area_release.adopted",
    ),
    Action.DISCARD: Transition(
        source=ReleaseState.DRAFT,
        target=ReleaseState.DISCARDED,
        permission=Permission.AREA_DRAFT,
        event="area_release.discarded",
    ),
    # Of the release in force, when the next one is adopted.
    Action.SUPERSEDE: Transition(
        source=ReleaseState.ADOPTED,
        target=ReleaseState.SUPERSEDED,
        permission=Permission.AREA_ADOPT,
        event="area_release.superseded",
        has_button=False,
    ),
}


def actions_open_to(actor: Actor, state: ReleaseState) -> tuple[Action, ...]:
    """Return what somebody can do to a release in a state: the buttons of its page."""
    return tuple(
        action
        for action, transition in TRANSITIONS.items()
        if transition.has_button and transition.source is state and may(actor, transition.permission)
    )


def action_to(state: ReleaseState) -> Action | None:
    """Return the action with which somebody brings a release into a state; None where nobody can."""
    return next((one for one, step in TRANSITIONS.items() if step.has_button and step.target is state), None)
