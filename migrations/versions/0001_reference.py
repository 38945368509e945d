"""States, their groups and which State is in which group when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_reference"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "groups",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("parent_code", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_fr", sa.String(length=200), nullable=False),
        sa.Column("title_es", sa.String(length=200), nullable=False),
        sa.Column("title_ru", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_ar", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "scheme IN ('region', 'un_regional_group', 'status', 'bloc')",
            name=op.f("ck_groups_scheme_known"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme", "parent_code"],
            ["groups.scheme", "groups.code"],
            name=op.f("fk_groups_scheme_parent_code_groups"),
        ),
        sa.PrimaryKeyConstraint("scheme", "code", name=op.f("pk_groups")),
    )
    op.create_table(
        "states",
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("iso2", sa.String(length=2), nullable=False),
        sa.Column("m49", sa.String(length=3), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("name_es", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_ar", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("is_un_member", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_states")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state_code", sa.String(length=3), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.CheckConstraint("valid_from_on <= valid_until_on", name=op.f("ck_memberships_period_in_order")),
        sa.ForeignKeyConstraint(
            ["scheme", "code"],
            ["groups.scheme", "groups.code"],
            name=op.f("fk_memberships_scheme_code_groups"),
        ),
        sa.ForeignKeyConstraint(
            ["state_code"],
            ["states.code"],
            name=op.f("fk_memberships_state_code_states"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "state_code",
            "scheme",
            "code",
            "valid_from_on",
            name=op.f("uq_memberships_state_code_scheme_code_valid_from_on"),
        ),
    )
    op.create_index(
        op.f("ix_memberships_scheme_code"),
        "memberships",
        ["scheme", "code"],
        unique=False,
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("memberships")
    op.drop_table("states")
    op.drop_table("groups")
