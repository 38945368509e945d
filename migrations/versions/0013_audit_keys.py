"""With which key the hash of an audit event was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_audit_keys"
down_revision = "0012_idempotency"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the events there are have plain hashes and stay as they are."""
    op.add_column("audit_events", sa.Column("key_name", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("audit_events", "key_name")
