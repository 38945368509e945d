"""Scoring profiles, match runs and what a run found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_matches"
down_revision = "0005_offers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "scoring_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_profiles")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_scoring_profiles_name_version")),
    )
    op.create_table(
        "match_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("engine_version", sa.String(length=32), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=False),
        sa.Column("area_release", sa.String(length=16), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("confidential_sha256", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("ranking_sha256", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "visibility IN ('private', 'secretariat', 'providers', 'members', 'public')",
            name=op.f("ck_match_runs_visibility_known"),
        ),
        sa.CheckConstraint("started_at <= finished_at", name=op.f("ck_match_runs_instants_in_order")),
        sa.ForeignKeyConstraint(
            ["area_release"],
            ["area_releases.release"],
            name=op.f("fk_match_runs_area_release_area_releases"),
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["scoring_profiles.id"],
            name=op.f("fk_match_runs_profile_id_scoring_profiles"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_runs")),
    )
    op.create_index(op.f("ix_match_runs_profile_id"), "match_runs", ["profile_id"], unique=False)
    op.create_index(op.f("ix_match_runs_started_at"), "match_runs", ["started_at"], unique=False)
    op.create_index(op.f("ix_match_runs_visibility"), "match_runs", ["visibility"], unique=False)
    op.create_table(
        "match_run_files",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
            name=op.f("fk_match_run_files_run_id_match_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_match_run_files")),
    )
    op.create_table(
        "tandems",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("lead_code", sa.String(length=3), nullable=False),
        sa.Column("partner_codes", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('lead', 'peer')", name=op.f("ck_tandems_kind_known")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_tandems_score_in_range")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_tandems_area_code_areas")),
        sa.ForeignKeyConstraint(["lead_code"], ["states.code"], name=op.f("fk_tandems_lead_code_states")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
            name=op.f("fk_tandems_run_id_match_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tandems")),
        sa.UniqueConstraint(
            "run_id",
            "area_code",
            "kind",
            "lead_code",
            name=op.f("uq_tandems_run_id_area_code_kind_lead_code"),
        ),
    )
    op.create_index(op.f("ix_tandems_area_code"), "tandems", ["area_code"], unique=False)
    op.create_index(op.f("ix_tandems_lead_code"), "tandems", ["lead_code"], unique=False)
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=False),
        sa.Column("is_allocated", sa.Boolean(), nullable=False),
        sa.Column("contributions", sa.JSON(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 1 AND 2147483647", name=op.f("ck_matches_rank_in_range")),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_matches_score_in_range")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_matches_need_id_needs")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_matches_offer_id_offers")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
            name=op.f("fk_matches_run_id_match_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint(
            "run_id",
            "need_id",
            "offer_id",
            name=op.f("uq_matches_run_id_need_id_offer_id"),
        ),
        sa.UniqueConstraint("run_id", "need_id", "rank", name=op.f("uq_matches_run_id_need_id_rank")),
    )
    op.create_index(
        "uq_matches_one_allocated",
        "matches",
        ["run_id", "need_id"],
        unique=True,
        sqlite_where=sa.text("is_allocated"),
        postgresql_where=sa.text("is_allocated"),
    )
    op.create_index(op.f("ix_matches_need_id"), "matches", ["need_id"], unique=False)
    op.create_index(op.f("ix_matches_offer_id"), "matches", ["offer_id"], unique=False)
    op.create_table(
        "unmet_needs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("nearest_offer_id", sa.Uuid(), nullable=True),
        sa.Column("would_match_if", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('no_eligible_offer', 'below_threshold', 'capacity_taken', 'closed')",
            name=op.f("ck_unmet_needs_reason_known"),
        ),
        sa.ForeignKeyConstraint(
            ["nearest_offer_id"],
            ["offers.id"],
            name=op.f("fk_unmet_needs_nearest_offer_id_offers"),
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_unmet_needs_need_id_needs")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["match_runs.id"],
            name=op.f("fk_unmet_needs_run_id_match_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "need_id", name=op.f("pk_unmet_needs")),
    )
    op.create_index(
        op.f("ix_unmet_needs_nearest_offer_id"),
        "unmet_needs",
        ["nearest_offer_id"],
        unique=False,
    )
    op.create_index(op.f("ix_unmet_needs_need_id"), "unmet_needs", ["need_id"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("unmet_needs")
    op.drop_table("matches")
    op.drop_table("tandems")
    op.drop_table("match_run_files")
    op.drop_table("match_runs")
    op.drop_table("scoring_profiles")
