"""The assessments that States let be counted, and the releases of statistics that are made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027_statistics"
down_revision = "0026_joint_needs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables: nothing is counted before a State says so."""
    op.create_table(
        "counted_assessments",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_counted_assessments_assessment_id_assessments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_counted_assessments")),
    )
    op.create_table(
        "statistics_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_releases")),
        sa.UniqueConstraint("made_on", name=op.f("uq_statistics_releases_made_on")),
    )
    op.create_table(
        "statistics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("group_code", sa.String(length=64), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("as_of_on", sa.Date(), nullable=True),
        sa.Column("n_states", sa.Integer(), nullable=True),
        sa.Column("lower_quartile", sa.Integer(), nullable=True),
        sa.Column("median", sa.Integer(), nullable=True),
        sa.Column("upper_quartile", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "scheme IN ('region', 'un_regional_group', 'status', 'bloc')", name=op.f("ck_statistics_scheme_known")
        ),
        sa.CheckConstraint("n_states BETWEEN 10 AND 2147483647", name=op.f("ck_statistics_n_states_in_range")),
        sa.CheckConstraint("lower_quartile BETWEEN 1 AND 5", name=op.f("ck_statistics_lower_quartile_in_range")),
        sa.CheckConstraint("median BETWEEN 1 AND 5", name=op.f("ck_statistics_median_in_range")),
        sa.CheckConstraint("upper_quartile BETWEEN 1 AND 5", name=op.f("ck_statistics_upper_quartile_in_range")),
        sa.CheckConstraint(
            "lower_quartile <= median AND median <= upper_quartile", name=op.f("ck_statistics_quartiles_in_order")
        ),
        sa.CheckConstraint(
            "(as_of_on IS NULL) = (n_states IS NULL) AND (as_of_on IS NULL) = (lower_quartile IS NULL) "
            "AND (as_of_on IS NULL) = (median IS NULL) AND (as_of_on IS NULL) = (upper_quartile IS NULL)",
            name=op.f("ck_statistics_shown_as_a_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["statistics_releases.id"],
            name=op.f("fk_statistics_release_id_statistics_releases"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["scheme", "group_code"],
            ["groups.scheme", "groups.code"],
            name=op.f("fk_statistics_scheme_group_code_groups"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics")),
        sa.UniqueConstraint("release_id", "group_code", "area", name=op.f("uq_statistics_release_id_group_code_area")),
    )


def downgrade() -> None:
    """Drop them: the release below counts nobody."""
    op.drop_table("statistics")
    op.drop_table("statistics_releases")
    op.drop_table("counted_assessments")
