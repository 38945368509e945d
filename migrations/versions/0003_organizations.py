"""Organizations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_organizations"
down_revision = "0002_areas"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state_code", sa.String(length=3), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('state', 'provider', 'regional', 'secretariat')",
            name=op.f("ck_organizations_kind_known"),
        ),
        sa.CheckConstraint(
            "version BETWEEN 1 AND 2147483647",
            name=op.f("ck_organizations_version_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["state_code"],
            ["states.code"],
            name=op.f("fk_organizations_state_code_states"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("code", name=op.f("uq_organizations_code")),
    )
    op.create_index(
        op.f("ix_organizations_state_code"),
        "organizations",
        ["state_code"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("organizations")
