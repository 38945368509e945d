"""States and groups as the matcher sees them on one day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.datafiles import LANGUAGES
from app.states.models import Group, GroupScheme, Membership
from app.states.models import State as StateRow
from matching.reference import EVERYBODY, Geography, State

WORLD: Final = "001"  # the M49 code of the region that holds all others


def geography_on(session: Session, day: date) -> Geography:
    """Return the States with the groups they belong to on that day; a group without members is there too."""
    states = session.scalars(select(StateRow).order_by(StateRow.code)).all()
    groups = session.scalars(select(Group).order_by(Group.scheme, Group.code)).all()
    members: defaultdict[str, set[str]] = defaultdict(set)
    group_by_state: dict[str, str] = {}
    for row in session.scalars(select(Membership).order_by(Membership.id)):
        if not row.holds_on(day):
            continue
        members[row.code].add(row.state_code)
        if row.scheme is GroupScheme.UN_REGIONAL_GROUP:
            group_by_state[row.state_code] = row.code
    members_by_token = {group.code: frozenset(members[group.code]) for group in groups}
    members_by_token |= {state.code: frozenset({state.code}) for state in states}
    members_by_token[EVERYBODY] = members_by_token[WORLD] = frozenset(state.code for state in states)
    return Geography(
        state_by_code={state.code: _state_value(state) for state in states},
        members_by_token=dict(sorted(members_by_token.items())),
        group_by_state=dict(sorted(group_by_state.items())),
        title_by_token={group.code: group.title_en for group in groups},
    )


def _state_value(row: StateRow) -> State:
    return State(
        code=row.code,
        names={language: row.name(language) for language in LANGUAGES},
        languages=tuple(row.languages),
        is_un_member=row.is_un_member,
    )
