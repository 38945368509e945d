"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what this adds."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take it away again."""
    ${downgrades if downgrades else "pass"}
