"""What runs answer beside their matches: coalitions, firmness of first places, changes to offers, doubles, joint needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_run_answers"
down_revision = "0008_run_options"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pool_changes",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("listing", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("edit", sa.String(length=32), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("n_gained", sa.Integer(), nullable=False),
        sa.Column("n_places", sa.Integer(), nullable=False),
        sa.Column("need_ids", sa.JSON(), nullable=False),
        sa.Column("lost_need_ids", sa.JSON(), nullable=False),
        sa.Column("offer_ids", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "edit IN ('confirm', 'dates', 'places', 'language', 'mode', 'group', 'area', 'new_offer')",
            name=op.f("ck_pool_changes_edit_known"),
        ),
        sa.CheckConstraint("listing IN ('single', 'together')", name=op.f("ck_pool_changes_listing_known")),
        sa.CheckConstraint("rank BETWEEN 1 AND 2147483647", name=op.f("ck_pool_changes_rank_in_range")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_pool_changes_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "listing", "rank", name=op.f("pk_pool_changes")),
    )
    op.create_table(
        "coalitions",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=False),
        sa.Column("alone", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.CheckConstraint("alone BETWEEN 0 AND 1", name=op.f("ck_coalitions_alone_in_range")),
        sa.CheckConstraint("value BETWEEN 0 AND 1", name=op.f("ck_coalitions_value_in_range")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_coalitions_need_id_needs")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_coalitions_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "need_id", name=op.f("pk_coalitions")),
    )
    op.create_index(op.f("ix_coalitions_need_id"), "coalitions", ["need_id"], unique=False)
    op.create_table(
        "match_run_offers",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_match_run_offers_offer_id_offers")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_match_run_offers_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "offer_id", name=op.f("pk_match_run_offers")),
    )
    op.create_index(op.f("ix_match_run_offers_offer_id"), "match_run_offers", ["offer_id"], unique=False)
    op.create_table(
        "offer_duplicates",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("likeness", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=False),
        sa.Column("suggestion", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("advice", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "suggestion IN ('keep_one', 'join', 'joint_need', 'coordinate', 'ask_project')",
            name=op.f("ck_offer_duplicates_suggestion_known"),
        ),
        sa.CheckConstraint("likeness BETWEEN 0 AND 1", name=op.f("ck_offer_duplicates_likeness_in_range")),
        sa.CheckConstraint("one_id <> other_id", name=op.f("ck_offer_duplicates_two_offers")),
        sa.ForeignKeyConstraint(["one_id"], ["offers.id"], name=op.f("fk_offer_duplicates_one_id_offers")),
        sa.ForeignKeyConstraint(["other_id"], ["offers.id"], name=op.f("fk_offer_duplicates_other_id_offers")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_offer_duplicates_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "one_id", "other_id", name=op.f("pk_offer_duplicates")),
    )
    op.create_index(op.f("ix_offer_duplicates_one_id"), "offer_duplicates", ["one_id"], unique=False)
    op.create_index(op.f("ix_offer_duplicates_other_id"), "offer_duplicates", ["other_id"], unique=False)
    op.create_table(
        "sensitivities",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("first_offer_id", sa.Uuid(), nullable=False),
        sa.Column("second_offer_id", sa.Uuid(), nullable=True),
        sa.Column("margin", sa.Numeric(precision=7, scale=6, asdecimal=False), nullable=True),
        sa.Column("n_trials", sa.Integer(), nullable=False),
        sa.Column("n_first", sa.Integer(), nullable=False),
        sa.Column("is_toss_up", sa.Boolean(), nullable=False),
        sa.Column("rival_offer_ids", sa.JSON(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.CheckConstraint("n_first BETWEEN 0 AND n_trials", name=op.f("ck_sensitivities_n_first_known")),
        sa.CheckConstraint("n_trials BETWEEN 1 AND 2147483647", name=op.f("ck_sensitivities_n_trials_in_range")),
        sa.ForeignKeyConstraint(["first_offer_id"], ["offers.id"], name=op.f("fk_sensitivities_first_offer_id_offers")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_sensitivities_need_id_needs")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["match_runs.id"], name=op.f("fk_sensitivities_run_id_match_runs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_offer_id"], ["offers.id"], name=op.f("fk_sensitivities_second_offer_id_offers")
        ),
        sa.PrimaryKeyConstraint("run_id", "need_id", name=op.f("pk_sensitivities")),
    )
    op.create_index(op.f("ix_sensitivities_first_offer_id"), "sensitivities", ["first_offer_id"], unique=False)
    op.create_index(op.f("ix_sensitivities_need_id"), "sensitivities", ["need_id"], unique=False)
    op.create_index(op.f("ix_sensitivities_second_offer_id"), "sensitivities", ["second_offer_id"], unique=False)
    op.add_column("tandems", sa.Column("joint_need", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop the tables."""
    op.drop_column("tandems", "joint_need")
    op.drop_table("sensitivities")
    op.drop_table("offer_duplicates")
    op.drop_table("match_run_offers")
    op.drop_table("coalitions")
    op.drop_table("pool_changes")
