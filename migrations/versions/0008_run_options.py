"""What a run was asked for, which further questions it answers, and what floors brought and cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_run_options"
down_revision = "0007_audit"
branch_labels = None
depends_on = None

# In one statement with its constraint, which SQLite cannot add to a table that is there.
ALLOCATION = (
    "ALTER TABLE match_runs ADD COLUMN allocation VARCHAR(32) DEFAULT 'optimal' NOT NULL "
    "CONSTRAINT ck_match_runs_allocation_known "
    "CHECK (allocation IN ('optimal', 'with_floor', 'equity_first', 'greedy', 'stable'))"
)


def upgrade() -> None:
    """Add the columns."""
    op.execute(ALLOCATION)
    for name in ("options", "answers", "fairness"):
        op.add_column("match_runs", sa.Column(name, sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for name in ("fairness", "answers", "options", "allocation"):
        op.drop_column("match_runs", name)
