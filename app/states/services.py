"""Loading States, groups and memberships from the data files."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, sync
from app.datafiles import (
    DATA_FOLDER,
    day_or_none,
    in_six_languages,
    read_rows,
    text_or_none,
)
from app.states.models import Group, GroupScheme, Membership, State
from matching.intake.languages import canonical_language

Columns = dict[str, Any]


class _GroupKind(RecordKind[Columns, Group]):
    record_type = "group"

    def describe_value(self, value: Columns) -> Document:
        return value

    def describe_row(self, row: Group) -> Document:
        return {column.key: getattr(row, column.key) for column in Group.__table__.columns}

    def create(self, value: Columns) -> Group:
        return Group(**value)

    def update(self, row: Group, value: Columns) -> None:
        for column, content in value.items():
            setattr(row, column, content)

    def record_id(self, row: Group) -> str:
        return f"{row.scheme}:{row.code}"


class _StateKind(RecordKind[Columns, State]):
    record_type = "state"

    def describe_value(self, value: Columns) -> Document:
        return value | {"memberships": [_described(membership) for membership in value["memberships"]]}

    def describe_row(self, row: State) -> Document:
        columns = {column.key: getattr(row, column.key) for column in State.__table__.columns}
        return columns | {"memberships": sorted(_described_row(membership) for membership in row.memberships)}

    def create(self, value: Columns) -> State:
        return State(**value | {"memberships": [Membership(**columns) for columns in value["memberships"]]})

    def update(self, row: State, value: Columns) -> None:
        for column, content in value.items():
            if column != "memberships":
                setattr(row, column, content)
        row.memberships.clear()
        # The new memberships may equal old ones, and a State is in a group once: the old ones go first.
        if (session := object_session(row)) is not None:
            session.flush()
        row.memberships.extend(Membership(**columns) for columns in value["memberships"])

    def record_id(self, row: State) -> str:
        return row.code


def load_states(session: Session, actor: Actor, *, folder: Path = DATA_FOLDER) -> Tally:
    """Make the States and groups those of the data files; what is as it should be stays untouched."""
    require(actor, Permission.REFERENCE_LOAD)
    reference = folder / "reference"
    groups = _groups(reference)
    existing_groups = {f"{row.scheme}:{row.code}": row for row in session.scalars(select(Group))}
    tally = sync(session, actor, _GroupKind(), wanted=groups, existing=existing_groups)
    states = _states(reference)
    rows = session.scalars(select(State).options(selectinload(State.memberships)))
    return tally + sync(
        session,
        actor,
        _StateKind(),
        wanted=states,
        existing={row.code: row for row in rows},
    )


def _groups(reference: Path) -> dict[str, Columns]:
    groups: dict[str, Columns] = {}
    for row in _parents_first(read_rows(reference / "regions.csv")):
        groups[f"{GroupScheme.REGION}:{row['code']}"] = {
            "scheme": GroupScheme.REGION,
            "code": row["code"],
            "parent_code": text_or_none(row["parent"]),
            "kind": row.get("kind", ""),
            "source": row.get("source", ""),
            **in_six_languages(row, "title"),
        }
    for row in read_rows(reference / "groups.csv"):
        groups[f"{row['scheme']}:{row['code']}"] = {
            "scheme": GroupScheme(row["scheme"]),
            "code": row["code"],
            "parent_code": None,
            "kind": "",
            "source": row.get("source", ""),
            **in_six_languages(row, "title"),
        }
    return groups


def _parents_first(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    parent_by_code = {row["code"]: row["parent"] for row in rows}

    def depth(code: str) -> int:
        parent = parent_by_code.get(code)
        return 0 if not parent else 1 + depth(parent)

    return sorted(rows, key=lambda row: depth(row["code"]))


def _states(reference: Path) -> dict[str, Columns]:
    memberships = _memberships(reference)
    return {
        row["iso3"]: {
            "code": row["iso3"],
            "iso2": row["iso2"],
            "m49": row["m49"],
            **in_six_languages(row, "name"),
            "languages": _languages(row["languages_iso639_3"]),
            "is_un_member": row["un_member"] == "1",
            "memberships": memberships[row["iso3"]],
        }
        for row in read_rows(reference / "states.csv")
    }


def _languages(cell: str) -> list[str]:
    tags = (canonical_language(tag) for tag in cell.split(";"))
    return list(dict.fromkeys(tag for tag in tags if tag is not None))


def _memberships(reference: Path) -> dict[str, list[Columns]]:
    by_state: defaultdict[str, list[Columns]] = defaultdict(list)
    for row in read_rows(reference / "memberships.csv"):
        by_state[row["state"]].append(
            {
                "scheme": GroupScheme(row["scheme"]),
                "code": row["code"],
                "valid_from_on": day_or_none(row["valid_from"]),
                "valid_until_on": day_or_none(row["valid_until"]),
                "source": row["source"],
            }
        )
    for columns in by_state.values():
        columns.sort(key=_described)
    return by_state


def _described(membership: Columns) -> list[str]:
    return [
        membership["scheme"],
        membership["code"],
        str(membership["valid_from_on"] or ""),
        str(membership["valid_until_on"] or ""),
        membership["source"],
    ]


def _described_row(row: Membership) -> list[str]:
    return [
        row.scheme,
        row.code,
        str(row.valid_from_on or ""),
        str(row.valid_until_on or ""),
        row.source,
    ]
