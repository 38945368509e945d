"""Which rows an actor may see: the one condition that every query of records carries."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from operator import attrgetter
from typing import ClassVar, Protocol, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute, class_mapper

from app.access.policy import CHOSEN_ROLES, keeps_for, may, partners_for, sees_for_whomever_chosen, visibilities_seen
from app.access.vocabulary import Permission
from app.actor import Actor
from app.db import Base
from matching.vocabulary import Visibility


class HasVisibility(Protocol):
    """A model whose rows say who may see them, and what it takes to see those that one's own organization keeps.

    Where rows for providers may be for chosen ones alone, it also says which: ``is_for_any_of`` takes the ids of
    organizations and returns the condition that nobody was chosen for a row, or one of these was. Where States file rows
    together, ``is_filed_with`` takes them and returns the condition that the State of one of these is asked to, or does.
    """

    READ_PERMISSION: ClassVar[Permission]

    @property
    def visibility(self) -> Visibility:
        """Who may see the row."""


def visible_to(actor: Actor, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that a row may be seen by the actor: as their own, as a partner's, or by its visibility."""
    if actor.is_system:
        return true()
    conditions = [_by_visibility(actor, model)]
    if own := keeps_for(actor, model.READ_PERMISSION):
        conditions.append(_keeper(model).in_(sorted(own)))
    if partners := partners_for(actor, model.READ_PERMISSION):
        conditions.append(_filed_with(model, sorted(partners)))
    return or_(*conditions)


def would_be_visible_to(
    actor: Actor,
    visibility: Visibility,
    *,
    permission: Permission,
    owner_id: UUID,
    chosen_ids: frozenset[UUID] = frozenset(),
) -> bool:
    """Return what ``visible_to`` would say of a row of that visibility which the organization keeps.

    ``permission`` is what it takes to see those that one's own organization keeps; ``chosen_ids`` are the providers that
    were chosen for it.
    """
    is_narrowed = visibility is Visibility.PROVIDERS and chosen_ids and not sees_for_whomever_chosen(actor)
    is_for_actor = not is_narrowed or not chosen_ids.isdisjoint(actor.organizations_as(*CHOSEN_ROLES))
    return (visibility in visibilities_seen(actor) and is_for_actor) or may(actor, permission, owner_id=owner_id)


def sight(actor: Actor, model: type[HasVisibility]) -> Hashable:
    """Return what ``visible_to`` looks at in an actor: two actors of one sight see the same rows of the model."""
    chosen_for = None if sees_for_whomever_chosen(actor) else actor.organizations_as(*CHOSEN_ROLES)
    own, partners = (found(actor, model.READ_PERMISSION) for found in (keeps_for, partners_for))
    return actor.is_system, visibilities_seen(actor), chosen_for, own, partners


def is_known_by_records(actor: Actor, organization_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Return the condition that the actor sees a record of any kind that the organization keeps."""
    return or_(
        false(),
        *(
            exists().where(_keeper(model) == organization_id, visible_to(actor, model)).correlate_except(model)
            for model in kept_models()
        ),
    )


def kept_models() -> tuple[type[HasVisibility], ...]:
    """Return the models of all records that an organization keeps and shows to others."""
    models = (mapper for mapper in Base.registry.mappers if hasattr(mapper.class_, "READ_PERMISSION"))
    kept = (mapper for mapper in models if "organization_id" in mapper.columns)
    return tuple(mapper.class_ for mapper in sorted(kept, key=attrgetter("class_.__name__")))


def is_shared_with(circle: Visibility, model: type[HasVisibility]) -> ColumnElement[bool]:
    """Return the condition that everybody in a circle may see a row of the model.

    A private row is shared with nobody, so no circle holds it; one for chosen providers is not shared with all of them.
    """
    shared = _visibility(model).in_(_as_wide_as(circle))
    return shared if circle is Visibility.SECRETARIAT else and_(shared, *_chosen(model, ()))


def _by_visibility(actor: Actor, model: type[HasVisibility]) -> ColumnElement[bool]:
    seen = visibilities_seen(actor)
    by_visibility = _visibility(model).in_(_in_order(seen))
    if Visibility.PROVIDERS not in seen or sees_for_whomever_chosen(actor):
        return by_visibility
    return and_(by_visibility, *_chosen(model, sorted(actor.organizations_as(*CHOSEN_ROLES))))


def _chosen(model: type[HasVisibility], organization_ids: Sequence[UUID]) -> Iterator[ColumnElement[bool]]:
    """Yield the condition that a row for providers is for all of them or for one of these; none where rows are not chosen for."""
    is_for_any_of: Callable[[Sequence[UUID]], ColumnElement[bool]] | None = getattr(model, "is_for_any_of", None)
    if is_for_any_of is not None:
        yield or_(_visibility(model) != Visibility.PROVIDERS, is_for_any_of(organization_ids))


def _filed_with(model: type[HasVisibility], organization_ids: Sequence[UUID]) -> ColumnElement[bool]:
    is_filed_with: Callable[[Sequence[UUID]], ColumnElement[bool]] | None = getattr(model, "is_filed_with", None)
    return false() if is_filed_with is None else is_filed_with(organization_ids)


def _keeper(model: type[HasVisibility]) -> ColumnElement[UUID]:
    return class_mapper(model).columns["organization_id"]


def _visibility(model: type[HasVisibility]) -> InstrumentedAttribute[Visibility]:
    return cast("InstrumentedAttribute[Visibility]", model.visibility)


def _as_wide_as(circle: Visibility) -> Sequence[Visibility]:
    from_the_narrowest = list(Visibility)
    wide_enough = from_the_narrowest[from_the_narrowest.index(circle) :]
    return [visibility for visibility in wide_enough if visibility is not Visibility.PRIVATE]


def _in_order(visibilities: frozenset[Visibility]) -> Sequence[Visibility]:
    """Return them in one order, so that equal conditions are equal statements."""
    return [visibility for visibility in Visibility if visibility in visibilities]
