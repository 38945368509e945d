"""The principles of capacity-building, what offers say of them, and the labels that the secretariat grants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025_offer_labels"
down_revision = "0024_area_drafts"
branch_labels = None
depends_on = None

IS_IN_FORCE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Create the tables; `flask load reference` fills the principles, and no offer has a label."""
    op.create_table(
        "principles",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("sentence_en", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "section IN ('process', 'partnerships', 'people')", name=op.f("ck_principles_section_known")
        ),
        sa.CheckConstraint("position BETWEEN 0 AND 2147483647", name=op.f("ck_principles_position_in_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_principles")),
    )
    # A release before this one goes on storing offers.
    op.add_column("offers", sa.Column("contents_revision", sa.Integer(), nullable=False, server_default="1"))
    _create_checklists()
    _create_labels()


def downgrade() -> None:
    """Drop the tables and the column."""
    op.drop_index(op.f("uq_offer_labels_in_force"), table_name="offer_labels")
    op.drop_index(op.f("ix_offer_labels_offer_id"), table_name="offer_labels")
    op.drop_table("offer_labels")
    op.drop_table("offer_principles")
    op.drop_table("principles")
    with op.batch_alter_table("offers") as offers:
        offers.drop_column("contents_revision")


def _create_checklists() -> None:
    op.create_table(
        "offer_principles",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("principle_code", sa.String(length=64), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_principles_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principle_code"], ["principles.code"], name=op.f("fk_offer_principles_principle_code_principles")
        ),
        sa.PrimaryKeyConstraint("offer_id", "principle_code", name=op.f("pk_offer_principles")),
    )


def _create_labels() -> None:
    op.create_table(
        "offer_labels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("contents_revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_offer_labels_has_reason")),
        sa.CheckConstraint(
            "withdrawal_reason IS NULL OR (ended_at IS NOT NULL AND withdrawal_reason <> '')",
            name=op.f("ck_offer_labels_withdrawn_is_over"),
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_labels_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_labels")),
    )
    op.create_index(op.f("ix_offer_labels_offer_id"), "offer_labels", ["offer_id"])
    op.create_index(
        op.f("uq_offer_labels_in_force"),
        "offer_labels",
        ["offer_id"],
        unique=True,
        sqlite_where=IS_IN_FORCE,
        postgresql_where=IS_IN_FORCE,
    )
