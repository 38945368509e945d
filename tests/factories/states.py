"""Factories of States, groups and memberships."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.states.models import Group, GroupScheme, Membership, State
from tests.factories.storing import filled, store


def create_state(session: Session, code: str = "XAA", **columns: Any) -> State:
    """Return the made-up State of that code, stored at the first call."""
    existing = session.get(State, code)
    if existing is not None:
        return existing
    names = {f"name_{language}": f"State {code}" for language in ("en", "fr", "es", "ru", "zh", "ar")}
    ordinary = names | {
        "iso2": code[0] + code[2],
        "m49": "901",
        "languages": ["en"],
        "is_un_member": True,
    }
    return store(session, State(code=code, memberships=[], **filled(columns, **ordinary)))


def create_group(
    session: Session,
    code: str = "AFR",
    scheme: GroupScheme = GroupScheme.UN_REGIONAL_GROUP,
    **columns: Any,
) -> Group:
    """Return the group of that code, stored at the first call."""
    existing = session.get(Group, (scheme, code))
    if existing is not None:
        return existing
    return store(
        session,
        Group(scheme=scheme, code=code, **filled(columns, title_en=f"Group {code}")),
    )


def create_membership(
    session: Session,
    state: State | None = None,
    group: Group | None = None,
    **columns: Any,
) -> Membership:
    """Return a membership of a State in a group, open at both ends."""
    state = state or create_state(session)
    group = group or create_group(session)
    return store(
        session,
        Membership(state_code=state.code, scheme=group.scheme, code=group.code, **columns),
    )
