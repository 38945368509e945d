"""The policy as tables of text, made from the values that decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.access.policy import FIELD_RULES, RULES, SEEN_BY_ALL, SEEN_BY_ROLE, Relation, Relations
from app.actor import Role
from matching.vocabulary import Visibility

NOBODY: Final = "–"
NO_ACCOUNT: Final = "no account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """One table: what it says, its header and its rows, all of them text."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def policy_tables() -> tuple[PolicyTable, ...]:
    """Return the whole policy: what one may do, what one sees, and the fields that fewer see than the record."""
    return (
        PolicyTable(
            title="What one may do with records of one's own organization, or of any (to read: whatever the visibility)",
            header=("permission", *Role),
            rows=tuple(_rule_rows(RULES.items())),
        ),
        PolicyTable(
            title="What one sees of the records of others, by their visibility",
            header=("visibility", NO_ACCOUNT, *Role),
            rows=tuple(_visibility_rows()),
        ),
        PolicyTable(
            title="Fields that fewer see than the record",
            header=("field", *Role),
            rows=tuple(_rule_rows(FIELD_RULES.items())),
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
        seen = (SEEN_BY_ALL, *(SEEN_BY_ROLE[role] for role in Role))
        yield (visibility, *("seen" if visibility in visibilities else NOBODY for visibilities in seen))


def _cell(relations: Relations) -> str:
    if relations == frozenset(Relation):
        return "any"
    return " ".join(sorted(relations)) or NOBODY
