"""Seals whom States exclude, and all that private needs say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from app.errors import InvalidSettingError
from app.sealing import NO_KEYRING, Keyring

revision = "0014_sealed_needs"
down_revision = "0013_audit_keys"
branch_labels = None
depends_on = None

BLANK = {
    "title": "",
    "description": "",
    "priority": 3,
    "gap": None,
    "earliest_on": None,
    "latest_on": None,
    "budget": None,
    "currency": None,
    "audience": "",
    "outcome": "",
    "underway": "",
    "areas_basis": "stated",
    "modes_basis": "stated",
    "source_url": "",
    "stated_on": "",
}
DAYS = ("earliest_on", "latest_on")
PRIVATE = "private"
PADDED_TO = 512
PRIVATE_IS_SEALED = "visibility <> 'private' OR (title = '' AND description = '')"

NEEDS = sa.table(
    "needs",
    sa.column("id", sa.Uuid()),
    sa.column("organization_id", sa.Uuid()),
    sa.column("external_id", sa.String()),
    sa.column("visibility", sa.String()),
    sa.column("is_sample", sa.Boolean()),
    sa.column("priority", sa.Integer()),
    sa.column("gap", sa.Integer()),
    sa.column("earliest_on", sa.Date()),
    sa.column("latest_on", sa.Date()),
    sa.column("budget", sa.Numeric().with_variant(sa.String(40), "sqlite")),
    *(sa.column(name, sa.String()) for name, value in BLANK.items() if isinstance(value, str) or name == "currency"),
)
# The lists of a need: the name in the document, the table, the column, and what they are sorted by.
LISTS = (
    ("states", "need_states", "state_code", "state_code"),
    ("area_codes", "need_areas", "area_code", "position"),
    ("modes", "need_modes", "mode", "position"),
    ("languages", "need_languages", "language", "position"),
)
EXCLUSIONS = ("excluded_providers", "need_exclusions", "provider_name", "position")
SECRETS = sa.table("need_secrets", sa.column("need_id", sa.Uuid()), sa.column("content", sa.Text()))


def upgrade() -> None:
    """Create the table of secrets, move into it what belongs there, and drop the table of exclusions."""
    op.create_table(
        "need_secrets",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_secrets_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_need_secrets")),
    )
    connection = op.get_bind()
    for need in connection.execute(sa.select(NEEDS)).mappings().all():
        excluded = _listed(connection, EXCLUSIONS, need["id"])
        if need["visibility"] == PRIVATE:
            _seal(need["id"], _document(connection, need) | {"excluded_providers": excluded})
            mark = _keyring().mark(
                f"{need['organization_id']}\n{need['external_id']}",
                name=_keyring().name_in_use,
                purpose="needs.external_id",
            )
            _update(need["id"], BLANK | {"external_id": f"~{mark}"})
            for _, table, _, _ in LISTS:
                connection.execute(sa.delete(_table(table)).where(sa.column("need_id") == need["id"]))
        elif excluded:
            _seal(need["id"], {"excluded_providers": excluded})
    op.drop_table("need_exclusions")
    with op.batch_alter_table("needs") as needs:
        needs.create_check_constraint(op.f("ck_needs_private_is_sealed"), PRIVATE_IS_SEALED)
    # What was hashed without a key could be found out by trying.
    op.execute("DELETE FROM idempotency_keys")


def downgrade() -> None:
    """Write in the open again what was sealed."""
    with op.batch_alter_table("needs") as needs:
        needs.drop_constraint(op.f("ck_needs_private_is_sealed"), type_="check")
    op.create_table(
        "need_exclusions",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_name", sa.Text(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 2147483647", name=op.f("ck_need_exclusions_position_in_range")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_exclusions_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "position", name=op.f("pk_need_exclusions")),
    )
    connection = op.get_bind()
    for need_id, content in connection.execute(sa.select(SECRETS)).all():
        document = json.loads(_keyring().open(content, place=_place(need_id)))
        if "external_id" in document:
            columns = {name: document[name] for name in ("external_id", *BLANK)}
            for day in DAYS:
                columns[day] = None if columns[day] is None else date.fromisoformat(columns[day])
            columns["budget"] = _budget(connection, columns["budget"])
            _update(need_id, columns)
            for named in LISTS:
                _fill(connection, named, need_id, document)
        _fill(connection, EXCLUSIONS, need_id, document)
    op.drop_table("need_secrets")


def _document(connection: sa.Connection, need: sa.RowMapping) -> dict[str, Any]:
    document: dict[str, Any] = {name: need[name] for name in ("external_id", "visibility", "is_sample", *BLANK)}
    for day in DAYS:
        document[day] = None if need[day] is None else need[day].isoformat()
    document["budget"] = None if need["budget"] is None else f"{Decimal(need['budget']):f}"
    return document | {named[0]: _listed(connection, named, need["id"]) for named in LISTS}


def _listed(connection: sa.Connection, named: tuple[str, str, str, str], need_id: UUID) -> list[str]:
    _, table, column, order = named
    words = sa.select(sa.column(column)).select_from(_table(table)).where(sa.column("need_id", sa.Uuid()) == need_id)
    return list(connection.scalars(words.order_by(sa.column(order))))


def _fill(connection: sa.Connection, named: tuple[str, str, str, str], need_id: UUID, document: dict[str, Any]) -> None:
    name, table, column, order = named
    rows_of_needs = sa.table(table, sa.column("need_id", sa.Uuid()), sa.column(column), sa.column("position"))
    rows: Iterator[dict[str, Any]] = (
        {"need_id": need_id, column: word} | ({"position": place} if order == "position" else {})
        for place, word in enumerate(document[name])
    )
    for row in rows:
        connection.execute(sa.insert(rows_of_needs).values(row))


def _budget(connection: sa.Connection, budget: str | None) -> str | Decimal | None:
    return budget if budget is None or connection.dialect.name == "sqlite" else Decimal(budget)


def _table(name: str) -> sa.TableClause:
    return sa.table(name, sa.column("need_id", sa.Uuid()))


def _update(need_id: UUID, columns: dict[str, Any]) -> None:
    op.get_bind().execute(sa.update(NEEDS).where(NEEDS.c.id == need_id).values(columns))


def _seal(need_id: UUID, document: dict[str, Any]) -> None:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    padded = text + " " * (-len(text.encode()) % PADDED_TO)
    content = _keyring().seal(padded, place=_place(need_id))
    op.get_bind().execute(sa.insert(SECRETS).values(need_id=need_id, content=content))


def _place(need_id: UUID) -> str:
    return f"need_secrets.content:{need_id}"


def _keyring() -> Keyring:
    """Return the keys; asked for only where there is something to seal or to open."""
    keyring: Keyring | None = context.config.attributes["keyring"]
    if keyring is None:
        raise InvalidSettingError(NO_KEYRING)
    return keyring
