"""When a security key last logged its person in by itself, so that it counts as a way in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_keys_that_stood_alone"
down_revision = "0020_incidents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the instant; of keys that are there it is not known, and those do not count before they do it once more."""
    op.add_column("security_keys", sa.Column("stood_alone_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop the instant."""
    op.drop_column("security_keys", "stood_alone_at")
