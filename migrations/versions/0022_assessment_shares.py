"""What States show of their assessments, to whom and for how long."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_assessment_shares"
down_revision = "0021_keys_that_stood_alone"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; nothing is shared."""
    op.create_table(
        "assessment_shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "visibility IN ('private', 'secretariat', 'providers', 'members', 'public')",
            name=op.f("ck_assessment_shares_visibility_known"),
        ),
        sa.CheckConstraint("visibility <> 'private'", name=op.f("ck_assessment_shares_is_shown")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_assessment_shares_assessment_id_assessments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_shares")),
    )
    op.create_index(op.f("ix_assessment_shares_assessment_id"), "assessment_shares", ["assessment_id"])


def downgrade() -> None:
    """Drop the table: the assessments are their States' alone again."""
    op.drop_index(op.f("ix_assessment_shares_assessment_id"), table_name="assessment_shares")
    op.drop_table("assessment_shares")
