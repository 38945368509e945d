"""Needs and their lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_needs"
down_revision = "0003_organizations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    # SQLite keeps a sum as text, so that it is kept to the digit.
    is_amount = (
        "budget GLOB '[0-9]*' AND budget NOT GLOB '*[^0-9.]*' AND budget NOT GLOB '*.*.*'"
        if op.get_bind().dialect.name == "sqlite"
        else "budget >= 0 AND CAST(budget AS TEXT) NOT IN ('NaN', 'Infinity')"
    )
    op.create_table(
        "needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=True),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("latest_on", sa.Date(), nullable=True),
        sa.Column(
            "budget",
            sa.Numeric().with_variant(sa.String(length=40), "sqlite"),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("underway", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("areas_basis", sa.String(length=32), nullable=False),
        sa.Column("modes_basis", sa.String(length=32), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("stated_on", sa.String(length=32), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "areas_basis IN ('stated', 'read', 'inferred')",
            name=op.f("ck_needs_areas_basis_known"),
        ),
        sa.CheckConstraint(
            "modes_basis IN ('stated', 'read', 'inferred')",
            name=op.f("ck_needs_modes_basis_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('private', 'secretariat', 'providers', 'members', 'public')",
            name=op.f("ck_needs_visibility_known"),
        ),
        sa.CheckConstraint(is_amount, name=op.f("ck_needs_budget_is_amount")),
        sa.CheckConstraint(
            "budget IS NULL OR currency IS NOT NULL",
            name=op.f("ck_needs_budget_has_currency"),
        ),
        sa.CheckConstraint("earliest_on <= latest_on", name=op.f("ck_needs_window_in_order")),
        sa.CheckConstraint("gap BETWEEN 0 AND 5", name=op.f("ck_needs_gap_in_range")),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_needs_priority_in_range")),
        sa.CheckConstraint("version BETWEEN 1 AND 2147483647", name=op.f("ck_needs_version_in_range")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_needs_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint(
            "organization_id",
            "external_id",
            name=op.f("uq_needs_organization_id_external_id"),
        ),
    )
    op.create_index(op.f("ix_needs_external_id"), "needs", ["external_id"], unique=False)
    op.create_index(op.f("ix_needs_visibility"), "needs", ["visibility"], unique=False)
    op.create_table(
        "need_areas",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_need_areas_position_in_range"),
        ),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_need_areas_area_code_areas")),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_need_areas_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need_id", "area_code", name=op.f("pk_need_areas")),
    )
    op.create_index(op.f("ix_need_areas_area_code"), "need_areas", ["area_code"], unique=False)
    op.create_table(
        "need_exclusions",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("provider_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_need_exclusions_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_need_exclusions_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need_id", "position", name=op.f("pk_need_exclusions")),
    )
    op.create_table(
        "need_languages",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_need_languages_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_need_languages_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need_id", "language", name=op.f("pk_need_languages")),
    )
    op.create_index(op.f("ix_need_languages_language"), "need_languages", ["language"], unique=False)
    op.create_table(
        "need_modes",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('advisory', 'training', 'exercise', 'equipment', 'financial', 'expert_deployment', "
            "'peer_exchange', 'fellowship', 'drafting', 'assessment')",
            name=op.f("ck_need_modes_mode_known"),
        ),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_need_modes_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_need_modes_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("need_id", "mode", name=op.f("pk_need_modes")),
    )
    op.create_index(op.f("ix_need_modes_mode"), "need_modes", ["mode"], unique=False)
    op.create_table(
        "need_states",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("state_code", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_need_states_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["state_code"],
            ["states.code"],
            name=op.f("fk_need_states_state_code_states"),
        ),
        sa.PrimaryKeyConstraint("need_id", "state_code", name=op.f("pk_need_states")),
    )
    op.create_index(op.f("ix_need_states_state_code"), "need_states", ["state_code"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("need_states")
    op.drop_table("need_modes")
    op.drop_table("need_languages")
    op.drop_table("need_exclusions")
    op.drop_table("need_areas")
    op.drop_table("needs")
