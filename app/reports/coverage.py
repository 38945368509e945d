"""Who is served by a run: needs and served needs by regional group and by status, never by State."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from app.actor import Actor
from app.matches import queries as matches
from app.matches.models import MatchRun
from app.needs.models import NeedState
from app.reports.findings import allocated_need_ids, unmet_need_ids
from app.states.models import GroupScheme, Membership

SCHEMES: Final = (GroupScheme.UN_REGIONAL_GROUP, GroupScheme.STATUS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many needs of a group's States a run held, and how many of them it served."""

    scheme: GroupScheme
    code: str
    n_needs: int
    n_served: int

    @property
    def served_share(self) -> float:
        """The share of the group's needs that are served, in [0, 1]."""
        return self.n_served / self.n_needs if self.n_needs else 0.0


def coverage_of_run(session: Session, actor: Actor, run: MatchRun) -> tuple[Coverage, ...]:
    """Return the coverage of each group that has needs in the run; a joint need counts in the group of each State."""
    run = matches.get_run(session, actor, run.id)
    served = allocated_need_ids(run.id)
    every = union(served, unmet_need_ids(run.id)).subquery()
    n_served = _count_by_group(session, run, served)
    n_needs = _count_by_group(session, run, select(every.c[0]))
    return tuple(
        Coverage(scheme=scheme, code=code, n_needs=n, n_served=n_served.get((scheme, code), 0))
        for (scheme, code), n in sorted(n_needs.items(), key=lambda entry: (SCHEMES.index(entry[0][0]), entry[0][1]))
    )


def _count_by_group(session: Session, run: MatchRun, need_ids: Select[UUID]) -> Mapping[tuple[GroupScheme, str], int]:
    statement = (
        select(Membership.scheme, Membership.code, func.count(func.distinct(NeedState.need_id)))
        .join(NeedState, NeedState.state_code == Membership.state_code)
        .where(NeedState.need_id.in_(need_ids), Membership.scheme.in_(SCHEMES), Membership.that_hold_on(run.as_of_on))
        .group_by(Membership.scheme, Membership.code)
    )
    return {(scheme, code): n for scheme, code, n in session.execute(statement)}
