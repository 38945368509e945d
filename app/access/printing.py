"""The policy as tables of text, made from the values that decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.access.policy import (
    AUDITED_BY_ROLE,
    CHOSEN_ROLES,
    FIELD_RULES,
    GIVEN_BY_ROLE,
    RULES,
    SECOND_FACTOR_ROLES,
    SEEN_BY_ALL,
    SEEN_BY_ROLE,
    Relations,
)
from app.access.routes import DECIDERS
from app.access.vocabulary import Relation, Subject
from app.actor import Role
from matching.vocabulary import Visibility

NOBODY: Final = "–"
NO_ACCOUNT: Final = "no account"
IF_CHOSEN: Final = "chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """One table: what it says, its header and its rows, all of them text."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def policy_tables() -> tuple[PolicyTable, ...]:
    """Return the whole policy: what one may do, see and give, of which fields and of what of the trail, and what decides where."""
    return (
        PolicyTable(
            title="What one may do with records of one's own organization, or of any (to read: whatever the visibility)",
            header=("permission", *Role),
            rows=tuple(_rule_rows(RULES.items())),
        ),
        PolicyTable(
            title=f"What one sees of the records of others, by their visibility ({IF_CHOSEN}: unless others were chosen)",
            header=("visibility", NO_ACCOUNT, *Role),
            rows=tuple(_visibility_rows()),
        ),
        PolicyTable(
            title="Fields that fewer see than the record",
            header=("field", *Role),
            rows=tuple(_rule_rows(FIELD_RULES.items())),
        ),
        PolicyTable(
            title="Of what the events of the audit trail tell that one reads, where one has audit:read",
            header=("events on", *Role),
            rows=tuple(_subject_rows()),
        ),
        PolicyTable(
            title="Roles to which one may invite others, or take them away, where one has user:invite",
            header=("role", *Role),
            rows=tuple(
                (given, *(_mark(given in GIVEN_BY_ROLE.get(role, ()), "gives") for role in Role)) for given in Role
            ),
        ),
        PolicyTable(
            title="Roles that say nothing until the session has shown a second factor",
            header=("second factor", *Role),
            rows=(("asked for", *(_mark(role in SECOND_FACTOR_ROLES, "always") for role in Role)),),
        ),
        PolicyTable(
            title="What decides at each address; a record that it names has to be seen as well",
            header=("method", "address", "who"),
            rows=sorted(_route_rows(), key=lambda row: row[2]),
        ),
    )


def as_text(table: PolicyTable) -> str:
    """Return a table with its columns in line."""
    widths = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (table.header, *table.rows)
    ]
    return "\n".join([table.title, "", *lines])


def _rule_rows(rules: Iterable[tuple[str, Mapping[Role, Relations]]]) -> Iterator[tuple[str, ...]]:
    for name, by_role in rules:
        yield (str(name), *(_cell(by_role.get(role, frozenset())) for role in Role))


def _visibility_rows() -> Iterator[tuple[str, ...]]:
    for visibility in Visibility:
        by_role = (_seen(visibility, SEEN_BY_ROLE[role], is_chosen=role in CHOSEN_ROLES) for role in Role)
        yield (visibility, _seen(visibility, SEEN_BY_ALL), *by_role)


def _seen(visibility: Visibility, seen: Collection[Visibility], *, is_chosen: bool = False) -> str:
    if visibility not in seen:
        return NOBODY
    return IF_CHOSEN if is_chosen and visibility is Visibility.PROVIDERS else "seen"


def _subject_rows() -> Iterator[tuple[str, ...]]:
    for subject in Subject:
        yield (subject, *(_mark(subject in AUDITED_BY_ROLE[role], "read") for role in Role))


def _route_rows() -> Iterator[tuple[str, ...]]:
    for route, deciders in DECIDERS.items():
        method, address = route.split(" ", 1)
        yield method, address, ", ".join(deciders)


def _mark(holds: bool, word: str) -> str:  # noqa: FBT001 – the question itself
    return word if holds else NOBODY


def _cell(relations: Relations) -> str:
    if relations == frozenset(Relation):
        return "any"
    return " ".join(sorted(relations)) or NOBODY
