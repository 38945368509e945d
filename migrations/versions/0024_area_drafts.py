"""States of the releases of the areas, and what a draft of one changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_area_drafts"
down_revision = "0023_life_of_records"
branch_labels = None
depends_on = None

STATES = "state IN ('draft', 'adopted', 'superseded', 'discarded')"
IS_DRAFT = sa.text("state = 'draft'")
# Of two adopted on one day, 10 is newer than 9.
NEWEST = (
    "SELECT release FROM area_releases WHERE adopted_on IS NOT NULL "
    "ORDER BY adopted_on DESC, length(release) DESC, release DESC LIMIT 1"
)


def upgrade() -> None:
    """Add the columns and the table; of the releases there are, the newest is in force and the others are superseded."""
    with op.batch_alter_table("area_releases") as table:
        table.add_column(sa.Column("state", sa.String(length=32), nullable=False, server_default="adopted"))
        table.add_column(sa.Column("base_release", sa.String(length=16), nullable=True))
        table.add_column(sa.Column("content", sa.JSON(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.create_check_constraint(op.f("ck_area_releases_state_known"), STATES)
        table.create_check_constraint(op.f("ck_area_releases_version_in_range"), "version BETWEEN 1 AND 2147483647")
        table.create_foreign_key(
            op.f("fk_area_releases_base_release_area_releases"), "area_releases", ["base_release"], ["release"]
        )
    op.execute(f"UPDATE area_releases SET state = 'superseded' WHERE release NOT IN ({NEWEST})")  # noqa: S608 – nothing from outside
    op.create_index(
        "uq_area_releases_draft",
        "area_releases",
        ["state"],
        unique=True,
        sqlite_where=IS_DRAFT,
        postgresql_where=IS_DRAFT,
    )
    op.add_column("areas", sa.Column("retired_because", sa.Text(), nullable=True))
    op.create_table(
        "area_changes",
        sa.Column("release", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version BETWEEN 1 AND 2147483647", name=op.f("ck_area_changes_version_in_range")),
        sa.ForeignKeyConstraint(
            ["release"], ["area_releases.release"], name=op.f("fk_area_changes_release_area_releases")
        ),
        sa.PrimaryKeyConstraint("release", "code", name=op.f("pk_area_changes")),
    )


def downgrade() -> None:
    """Drop them, and the drafts and what was discarded: the release below would take each for one to come."""
    op.drop_table("area_changes")
    op.drop_column("areas", "retired_because")
    op.execute("DELETE FROM area_releases WHERE state IN ('draft', 'discarded')")
    op.drop_index("uq_area_releases_draft", table_name="area_releases")
    with op.batch_alter_table("area_releases") as table:
        table.drop_constraint(op.f("fk_area_releases_base_release_area_releases"), type_="foreignkey")
        table.drop_constraint(op.f("ck_area_releases_version_in_range"), type_="check")
        table.drop_constraint(op.f("ck_area_releases_state_known"), type_="check")
        for column in ("version", "content", "base_release", "state"):
            table.drop_column(column)
