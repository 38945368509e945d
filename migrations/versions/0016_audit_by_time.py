"""An index that finds the newest events of the audit trail."""

from __future__ import annotations

from alembic import op

revision = "0016_audit_by_time"
down_revision = "0015_chosen_providers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index; a page of events goes on by time and id, since positions are shown to nobody."""
    op.create_index(op.f("ix_audit_events_occurred_at_id"), "audit_events", ["occurred_at", "id"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(op.f("ix_audit_events_occurred_at_id"), table_name="audit_events")
