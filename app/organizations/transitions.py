"""What can be done with a record from where it stands: by whom, to where it leads, and who sees it then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.access.vocabulary import Permission
from app.organizations.lives import IN_REVIEW, Status

DRAFT: Final = frozenset({Status.DRAFT})
SHOWN: Final = frozenset({Status.PUBLISHED, Status.EXPIRED, Status.ASLEEP})


class Action(StrEnum):
    """Something that can be done with a whole record."""

    SUBMIT = "submit"
    TAKE_UP = "take_up"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"
    PUBLISH = "publish"
    CONFIRM = "confirm"
    MATCH = "match"
    PART = "part"
    FULFIL = "fulfil"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


class Shown(StrEnum):
    """To whom an action shows the record."""

    AS_BEFORE = "as before"
    TO_NOBODY = "to nobody"  # but its keeper
    TO_SECRETARIAT = "to the secretariat"  # which keeps in mind whom it is for
    AS_GIVEN = "as given"
    AS_WANTED = "as wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """From where an action leads where, who may take it, and what it does to the visibility.

    One of the permissions is enough. ``event`` ends the word for it in the audit trail.
    """

    sources: frozenset[Status]
    target: Status
    permissions: tuple[Permission, ...]
    event: str
    shown: Shown = Shown.AS_BEFORE
    has_reason: bool = False
    is_sign_of_life: bool = False

    @property
    def takes_visibility(self) -> bool:
        """Whether somebody has to say whom the record is for."""
        return self.shown in (Shown.TO_SECRETARIAT, Shown.AS_GIVEN)


Transitions = Mapping[Action, Transition]


def draft_transitions(keep: Permission, review: Permission) -> Transitions:
    """Return what needs and offers have in common: from a draft, by way of a review or not, to the public and back.

    ``keep`` is what it takes to answer for a record, ``review`` to read it first for the secretariat.
    """
    return {**_submitting(keep), **_reviewing(review), **_keeping(keep)}


def _submitting(keep: Permission) -> Transitions:
    return {
        Action.SUBMIT: Transition(
            sources=DRAFT,
            target=Status.SUBMITTED,
            permissions=(keep,),
            event="submitted",
            shown=Shown.TO_SECRETARIAT,
        ),
        Action.TAKE_BACK: Transition(
            sources=IN_REVIEW,
            target=Status.DRAFT,
            permissions=(keep,),
            event="taken_back",
            shown=Shown.TO_NOBODY,
        ),
    }


def _reviewing(review: Permission) -> Transitions:
    return {
        Action.TAKE_UP: Transition(
            sources=frozenset({Status.SUBMITTED}),
            target=Status.UNDER_REVIEW,
            permissions=(review,),
            event="taken_up",
        ),
        Action.APPROVE: Transition(
            sources=IN_REVIEW,
            target=Status.PUBLISHED,
            permissions=(review,),
            event="approved",
            shown=Shown.AS_WANTED,
            is_sign_of_life=True,
        ),
        Action.SEND_BACK: Transition(
            sources=IN_REVIEW,
            target=Status.DRAFT,
            permissions=(review,),
            event="sent_back",
            shown=Shown.TO_NOBODY,
            has_reason=True,
        ),
    }


def _keeping(keep: Permission) -> Transitions:
    return {
        Action.PUBLISH: Transition(
            sources=DRAFT,
            target=Status.PUBLISHED,
            permissions=(keep,),
            event="published",
            shown=Shown.AS_GIVEN,
            is_sign_of_life=True,
        ),
        Action.CONFIRM: Transition(
            sources=frozenset({Status.PUBLISHED, Status.ASLEEP}),
            target=Status.PUBLISHED,
            permissions=(keep,),
            event="confirmed",
            is_sign_of_life=True,
        ),
        Action.WITHDRAW: Transition(
            sources=DRAFT | IN_REVIEW | SHOWN,
            target=Status.WITHDRAWN,
            permissions=(keep,),
            event="withdrawn",
            shown=Shown.TO_NOBODY,
        ),
        Action.REOPEN: Transition(
            sources=frozenset({Status.WITHDRAWN}),
            target=Status.DRAFT,
            permissions=(keep,),
            event="reopened",
            shown=Shown.TO_NOBODY,
        ),
    }
