"""The providers to which alone a need for providers is shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_chosen_providers"
down_revision = "0014_sealed_needs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the needs there are stay for all providers."""
    op.create_table(
        "need_choices",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("provider_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_choices_need_id_needs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provider_code"], ["organizations.code"], name=op.f("fk_need_choices_provider_code_organizations")
        ),
        sa.PrimaryKeyConstraint("need_id", "provider_code", name=op.f("pk_need_choices")),
    )
    op.create_index(op.f("ix_need_choices_provider_code"), "need_choices", ["provider_code"], unique=False)


def downgrade() -> None:
    """Drop the table; needs for chosen providers go to the secretariat alone, for the release below would show them to all."""
    op.execute(
        "UPDATE needs SET visibility = 'secretariat' WHERE id IN (SELECT need_id FROM need_choices) AND visibility = 'providers'"
    )
    op.drop_table("need_choices")
