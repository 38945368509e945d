"""The areas of capacity-building, their terms and their links to other taxonomies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_areas"
down_revision = "0001_reference"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "area_releases",
        sa.Column("release", sa.String(length=16), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release", name=op.f("pk_area_releases")),
    )
    op.create_table(
        "schemes",
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "code", name=op.f("pk_schemes")),
    )
    op.create_table(
        "areas",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("parent_code", sa.String(length=16), nullable=True),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_fr", sa.String(length=200), nullable=False),
        sa.Column("title_es", sa.String(length=200), nullable=False),
        sa.Column("title_ru", sa.String(length=200), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_ar", sa.String(length=200), nullable=False),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("is_adjacent", sa.Boolean(), nullable=False),
        sa.Column("since_release", sa.String(length=16), nullable=False),
        sa.Column("retired_in", sa.String(length=16), nullable=True),
        sa.Column("successor_code", sa.String(length=16), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 2147483647", name=op.f("ck_areas_position_in_range")),
        sa.ForeignKeyConstraint(["parent_code"], ["areas.code"], name=op.f("fk_areas_parent_code_areas")),
        sa.ForeignKeyConstraint(
            ["retired_in"],
            ["area_releases.release"],
            name=op.f("fk_areas_retired_in_area_releases"),
        ),
        sa.ForeignKeyConstraint(
            ["since_release"],
            ["area_releases.release"],
            name=op.f("fk_areas_since_release_area_releases"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_code"],
            ["areas.code"],
            name=op.f("fk_areas_successor_code_areas"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_index(op.f("ix_areas_parent_code"), "areas", ["parent_code"], unique=False)
    op.create_table(
        "area_links",
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_area_links_area_code_areas")),
        sa.ForeignKeyConstraint(
            ["scheme", "code"],
            ["schemes.scheme", "schemes.code"],
            name=op.f("fk_area_links_scheme_code_schemes"),
        ),
        sa.PrimaryKeyConstraint("area_code", "scheme", "code", name=op.f("pk_area_links")),
    )
    op.create_table(
        "area_terms",
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("term", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 2147483647",
            name=op.f("ck_area_terms_position_in_range"),
        ),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_area_terms_area_code_areas")),
        sa.PrimaryKeyConstraint("area_code", "language", "term", name=op.f("pk_area_terms")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("area_terms")
    op.drop_table("area_links")
    op.drop_table("areas")
    op.drop_table("schemes")
    op.drop_table("area_releases")
