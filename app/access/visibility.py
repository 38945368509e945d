"""Which rows an actor may see: the one condition that every query of records carries."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol, cast

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from app.actor import Actor
from matching.vocabulary import Visibility


class HasVisibility(Protocol):
    """A model whose rows say who may see them."""

    @property
    def visibility(self) -> Visibility:
        """Who may see the row."""


def visible_to(actor: Actor, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that a row of the model may be seen by the actor.

    The system sees every row. Until there are accounts, everybody else sees what is public.
    """
    if actor.is_system:
        return true()
    column = cast("InstrumentedAttribute[Visibility]", model.visibility)
    return column == Visibility.PUBLIC


def sight(actor: Actor) -> Hashable:
    """Return what ``visible_to`` looks at in an actor: two actors of one sight see the same rows."""
    return actor.is_system


def is_shared_with(circle: Visibility, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that everybody in a circle may see a row of the model.

    A private row is shared with nobody, so no circle holds it.
    """
    column = cast("InstrumentedAttribute[Visibility]", model.visibility)
    return column.in_(_as_wide_as(circle))


def is_visible_to(actor: Actor, visibility: Visibility) -> bool:
    """Return whether the actor may see a record of this visibility; says the same as ``visible_to``."""
    return actor.is_system or visibility is Visibility.PUBLIC


def _as_wide_as(circle: Visibility) -> Sequence[Visibility]:
    from_the_narrowest = list(Visibility)
    wide_enough = from_the_narrowest[from_the_narrowest.index(circle) :]
    return [visibility for visibility in wide_enough if visibility is not Visibility.PRIVATE]
