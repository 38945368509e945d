"""Reading the statistics of the release in force: the same for everybody who may, whatever their State lets be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.access.policy import may, require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments import queries
from app.assessments.models import Assessment
from app.assessments.statistic_models import Statistic, StatisticsRelease
from app.errors import InvalidInputError
from app.paging import Page, PageRequest, read_page
from app.states.models import Group, GroupScheme
from app.states.queries import group_codes

SCHEMES: Final = (GroupScheme.UN_REGIONAL_GROUP, GroupScheme.STATUS)
"""The schemes of which groups have statistics, those that come first where two groups cannot both be shown.

The regional groups share no State, and the statuses are few: the more groups overlap, the more a reader can subtract.
"""


NEWEST: Final = select(StatisticsRelease).order_by(StatisticsRelease.made_on.desc()).limit(1)
"""The release in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What stands beside the profile of a State: the groups that it is in, the one chosen, and its statistics by area."""

    groups: Sequence[Group]
    chosen: Group
    by_area: Mapping[str, Statistic]


def find_newest_release(session: Session) -> StatisticsRelease | None:
    """Return the release in force, None where none was made yet."""
    return session.scalars(NEWEST).first()


def counted_groups(session: Session) -> Sequence[Group]:
    """Return the groups that have statistics, in the order in which they are decided."""
    found = session.scalars(select(Group).where(Group.scheme.in_(SCHEMES)))
    return sorted(found, key=lambda group: (SCHEMES.index(group.scheme), group.code))


def list_page(session: Session, actor: Actor, page: PageRequest, *, group: str | None = None) -> Page[Statistic]:
    """Return a page of the statistics that are shown, each with its group, by group and area.

    Raises
    ------
    ForbiddenError
        When the actor may not read statistics.
    """
    require(actor, Permission.STATISTICS_READ)
    statement = _shown()
    if group is not None:
        statement = statement.where(Statistic.group_code == group.upper())
    return read_page(session, statement, page, order_by=[Statistic.group_code, Statistic.area])


def iter_rows(session: Session, actor: Actor) -> Iterator[Statistic]:
    """Yield the statistics that are shown; raises as ``list_page``."""
    require(actor, Permission.STATISTICS_READ)
    yield from session.scalars(_shown().order_by(Statistic.group_code, Statistic.area))


def find_comparison(
    session: Session, actor: Actor, assessment: Assessment, *, group_code: str | None = None
) -> Comparison | None:
    """Return what to hold an assessment of one's own State against, by default its regional group.

    None for everybody who reads it as another's, and where its State is in no group.

    Raises
    ------
    InvalidInputError
        When the State is not in that group.
    """
    if not queries.is_own(actor, assessment) or not may(actor, Permission.STATISTICS_READ):
        return None
    groups = _groups_of(session, assessment)
    if not groups and group_code is None:
        return None
    chosen = groups[0] if group_code is None else next((one for one in groups if one.code == group_code), None)
    if chosen is None:
        raise InvalidInputError("The State is in no such group; choose one of those on the page.")
    rows = session.scalars(_shown().where(Statistic.group_code == chosen.code))
    return Comparison(groups=groups, chosen=chosen, by_area={row.area: row for row in rows})


def _groups_of(session: Session, assessment: Assessment) -> Sequence[Group]:
    code = assessment.organization.state_code
    own = set() if code is None else set(session.scalars(group_codes(code)))
    return [group for group in counted_groups(session) if group.code in own]


def _shown() -> Select[Statistic]:
    newest = NEWEST.with_only_columns(StatisticsRelease.id).scalar_subquery()
    shown = select(Statistic).where(Statistic.release_id == newest, Statistic.as_of_on.is_not(None))
    return shown.options(joinedload(Statistic.group, innerjoin=True))
