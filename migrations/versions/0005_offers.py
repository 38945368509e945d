"""Offers and their lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_offers"
down_revision = "0004_needs"
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
        "offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("available_from_on", sa.Date(), nullable=True),
        sa.Column("available_until_on", sa.Date(), nullable=True),
        sa.Column(
            "budget",
            sa.Numeric().with_variant(sa.String(length=40), "sqlite"),
            nullable=True,
        ),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("areas_basis", sa.String(length=32), nullable=False),
        sa.Column("modes_basis", sa.String(length=32), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "areas_basis IN ('stated', 'read', 'inferred')",
            name=op.f("ck_offers_areas_basis_known"),
        ),
        sa.CheckConstraint(
            "modes_basis IN ('stated', 'read', 'inferred')",
            name=op.f("ck_offers_modes_basis_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('private', 'secretariat', 'providers', 'members', 'public')",
            name=op.f("ck_offers_visibility_known"),
        ),
        sa.CheckConstraint(
            "available_from_on <= available_until_on",
            name=op.f("ck_offers_window_in_order"),
        ),
        sa.CheckConstraint(is_amount, name=op.f("ck_offers_budget_is_amount")),
        sa.CheckConstraint(
            "budget IS NULL OR currency IS NOT NULL",
            name=op.f("ck_offers_budget_has_currency"),
        ),
        sa.CheckConstraint(
            "capacity BETWEEN 0 AND 2147483647",
            name=op.f("ck_offers_capacity_in_range"),
        ),
        sa.CheckConstraint("version BETWEEN 1 AND 2147483647", name=op.f("ck_offers_version_in_range")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_offers_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint(
            "organization_id",
            "external_id",
            name=op.f("uq_offers_organization_id_external_id"),
        ),
    )
    op.create_index(op.f("ix_offers_external_id"), "offers", ["external_id"], unique=False)
    op.create_index(op.f("ix_offers_visibility"), "offers", ["visibility"], unique=False)
    op.create_table(
        "offer_areas",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_offer_areas_position_in_range"),
        ),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_offer_areas_area_code_areas")),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_offer_areas_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "area_code", name=op.f("pk_offer_areas")),
    )
    op.create_index(op.f("ix_offer_areas_area_code"), "offer_areas", ["area_code"], unique=False)
    op.create_table(
        "offer_eligibilities",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_offer_eligibilities_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_offer_eligibilities_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "token", name=op.f("pk_offer_eligibilities")),
    )
    op.create_index(
        op.f("ix_offer_eligibilities_token"),
        "offer_eligibilities",
        ["token"],
        unique=False,
    )
    op.create_table(
        "offer_languages",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_offer_languages_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_offer_languages_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "language", name=op.f("pk_offer_languages")),
    )
    op.create_index(
        op.f("ix_offer_languages_language"),
        "offer_languages",
        ["language"],
        unique=False,
    )
    op.create_table(
        "offer_modes",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('advisory', 'training', 'exercise', 'equipment', 'financial', 'expert_deployment', "
            "'peer_exchange', 'fellowship', 'drafting', 'assessment')",
            name=op.f("ck_offer_modes_mode_known"),
        ),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_offer_modes_position_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_offer_modes_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "mode", name=op.f("pk_offer_modes")),
    )
    op.create_index(op.f("ix_offer_modes_mode"), "offer_modes", ["mode"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("offer_modes")
    op.drop_table("offer_languages")
    op.drop_table("offer_eligibilities")
    op.drop_table("offer_areas")
    op.drop_table("offers")
