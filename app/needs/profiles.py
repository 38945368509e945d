"""Needs as the matcher sees them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access.visibility import is_shared_with, visible_to
from app.actor import Actor
from app.errors import NotFoundError
from app.needs.models import Need as NeedRow
from app.needs.secrets import reveal
from app.organizations.importing import engine_ids
from app.organizations.lives import takes_part_on
from matching.records import Need
from matching.vocabulary import Basis, Visibility


def pool_of_needs(session: Session, actor: Actor, circle: Visibility, day: date) -> dict[str, NeedRow]:
    """Return the needs that the actor may match for a circle on a day, by what the matcher calls them, in that order.

    Narrower needs take no part: a run must not change, not even in its digests, by what its readers may not see.
    """
    query = (
        select(NeedRow)
        .where(visible_to(actor, NeedRow), is_shared_with(circle, NeedRow), takes_part_on(NeedRow, day))
        .options(joinedload(NeedRow.organization), selectinload(NeedRow.secret))
    )
    rows = session.scalars(query).all()
    reveal(session, actor, rows)
    names = engine_ids([(row.id, row.organization.code, row.external_id) for row in rows])
    return dict(sorted((names[row.id], row) for row in rows))


def get_matchable_need(session: Session, actor: Actor, need_id: UUID) -> NeedRow:
    """Return one need with all that the matcher looks at.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    query = select(NeedRow).where(NeedRow.id == need_id, visible_to(actor, NeedRow))
    row = session.scalars(query.options(selectinload(NeedRow.secret))).one_or_none()
    if row is None:
        raise NotFoundError("There is no such need.")
    reveal(session, actor, [row])
    return row


def need_value(row: NeedRow, *, need_id: str, has_exclusions: bool = False) -> Need:
    """Return the need as the matcher sees it; what was inferred is left for the matcher to infer again.

    Whom it excludes is left out unless it is asked for, by somebody to whom it was shown.
    """
    is_area_inferred = row.areas_basis is Basis.INFERRED
    is_mode_inferred = row.modes_basis is Basis.INFERRED
    return Need(
        need_id=need_id,
        states=row.state_codes,
        title=row.title,
        description=row.description,
        area_codes=() if is_area_inferred else row.area_codes,
        areas_basis=row.areas_basis,
        modes=() if is_mode_inferred else row.mode_codes,
        modes_basis=row.modes_basis,
        languages=row.language_codes,
        earliest_on=row.earliest_on,
        latest_on=row.latest_on,
        priority=row.priority,
        gap=row.gap,
        budget=row.budget,
        currency=row.currency,
        audience=row.audience,
        outcome=row.outcome,
        underway=row.underway,
        excluded_providers=row.excluded_providers if has_exclusions else (),
        visibility=row.visibility,
        source_url=row.source_url,
    )
