"""The audit trail, which refuses to be changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_audit"
down_revision = "0006_matches"
branch_labels = None
depends_on = None


REFUSAL = "The audit trail cannot be changed."

# An INSERT OR REPLACE deletes what is in its way, and SQLite runs no trigger for that: so nothing may be in its way.
SQLITE_REPLACES = """EXISTS (
    SELECT 1 FROM audit_events
    WHERE rowid = NEW.rowid OR position = NEW.position OR id = NEW.id
    OR hash = NEW.hash OR previous_hash = NEW.previous_hash
)"""
SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_events_refuse_{name} BEFORE {event} ON audit_events {condition}"
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for name, event, condition in (
        ("update", "UPDATE", ""),
        ("delete", "DELETE", ""),
        ("replace", "INSERT", f"WHEN {SQLITE_REPLACES} "),
    )
)
POSTGRESQL_FUNCTION = (
    "CREATE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
POSTGRESQL_TRIGGER = (
    "CREATE TRIGGER audit_events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()"
)
POSTGRESQL_TRIGGERS = (POSTGRESQL_FUNCTION, POSTGRESQL_TRIGGER)


def upgrade() -> None:
    """Create the table and the triggers that guard it."""
    op.create_table(
        "audit_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("record_type", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=True),
        sa.Column("after_hash", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_events_hash")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_events_id")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_events_previous_hash")),
    )
    op.create_index(
        op.f("ix_audit_events_record_type_record_id"),
        "audit_events",
        ["record_type", "record_id"],
        unique=False,
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Drop the table with its triggers."""
    op.drop_table("audit_events")
    if op.get_bind().dialect.name != "sqlite":
        op.execute(sa.text("DROP FUNCTION audit_events_refuse()"))
