"""Incidents, as a way into the areas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_incidents"
down_revision = "0019_assessments"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar")


def upgrade() -> None:
    """Create the tables; `flask load reference` fills them."""
    op.create_table(
        "incidents",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(f"title_{language}", sa.String(length=200), nullable=False) for language in LANGUAGES),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("terms_en", sa.Text(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 2147483647", name=op.f("ck_incidents_position_in_range")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_incidents")),
    )
    op.create_table(
        "incident_areas",
        sa.Column("incident_code", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("why_en", sa.Text(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 2147483647", name=op.f("ck_incident_areas_position_in_range")),
        sa.ForeignKeyConstraint(["area_code"], ["areas.code"], name=op.f("fk_incident_areas_area_code_areas")),
        sa.ForeignKeyConstraint(
            ["incident_code"],
            ["incidents.code"],
            name=op.f("fk_incident_areas_incident_code_incidents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("incident_code", "area_code", name=op.f("pk_incident_areas")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("incident_areas")
    op.drop_table("incidents")
