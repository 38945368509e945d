"""Which rows an actor may see: the one condition that every query of records carries."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, Protocol, cast

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import InstrumentedAttribute, class_mapper

from app.access.policy import Permission, keeps_for, visibilities_seen
from app.actor import Actor
from matching.vocabulary import Visibility


class HasVisibility(Protocol):
    """A model whose rows say who may see them, and what it takes to see those that one's own organization keeps."""

    READ_PERMISSION: ClassVar[Permission]

    @property
    def visibility(self) -> Visibility:
        """Who may see the row."""


def visible_to(actor: Actor, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that a row of the model may be seen by the actor: as one of their own, or by its visibility."""
    if actor.is_system:
        return true()
    by_visibility = _visibility(model).in_(_in_order(visibilities_seen(actor)))
    own = keeps_for(actor, model.READ_PERMISSION)
    if not own:
        return by_visibility
    return or_(by_visibility, class_mapper(model).columns["organization_id"].in_(sorted(own)))


def sight(actor: Actor, model: type[HasVisibility]) -> Hashable:
    """Return what ``visible_to`` looks at in an actor: two actors of one sight see the same rows of the model."""
    return actor.is_system, visibilities_seen(actor), keeps_for(actor, model.READ_PERMISSION)


def is_shared_with(circle: Visibility, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that everybody in a circle may see a row of the model.

    A private row is shared with nobody, so no circle holds it.
    """
    return _visibility(model).in_(_as_wide_as(circle))


def _visibility(model: type[HasVisibility]) -> InstrumentedAttribute[Visibility]:
    return cast("InstrumentedAttribute[Visibility]", model.visibility)


def _as_wide_as(circle: Visibility) -> Sequence[Visibility]:
    from_the_narrowest = list(Visibility)
    wide_enough = from_the_narrowest[from_the_narrowest.index(circle) :]
    return [visibility for visibility in wide_enough if visibility is not Visibility.PRIVATE]


def _in_order(visibilities: frozenset[Visibility]) -> Sequence[Visibility]:
    """Return them in one order, so that equal conditions are equal statements."""
    return [visibility for visibility in Visibility if visibility in visibilities]
