"""Where needs and offers stand in their life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023_life_of_records"
down_revision = "0022_assessment_shares"
branch_labels = None
depends_on = None

STATUSES = "status IN ('draft', 'submitted', 'under_review', 'published', 'matched', 'fulfilled', 'withdrawn')"
VISIBILITIES = "wanted_visibility IN ('private', 'secretariat', 'providers', 'members', 'public')"
CHECKS = {
    "status_known": STATUSES,
    "wanted_visibility_known": VISIBILITIES,
    "kept_back_is_private": "(status IN ('draft', 'withdrawn')) = (visibility = 'private')",
    "in_review_is_for_secretariat": (
        "status NOT IN ('submitted', 'under_review') OR (visibility = 'secretariat' AND wanted_visibility <> 'private')"
    ),
}
OFFER_IS_OF_MATCH = "matched_offer_id IS NULL OR status IN ('matched', 'fulfilled')"


def upgrade() -> None:
    """Add the columns: what is private is a draft, everything else is published."""
    for table in ("needs", "offers"):
        op.add_column(table, sa.Column("status", sa.String(length=32), nullable=True))
        op.add_column(table, sa.Column("wanted_visibility", sa.String(length=32), nullable=True))
        rows = sa.table(table, sa.column("status"), sa.column("visibility"))
        is_private = rows.c.visibility == "private"
        op.execute(sa.update(rows).values(status=sa.case((is_private, "draft"), else_="published")))
    op.add_column("needs", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.add_column("needs", sa.Column("matched_offer_id", sa.Uuid(), nullable=True))
    op.add_column("offers", sa.Column("review_note", sa.Text(), nullable=False, server_default=""))
    for table in ("needs", "offers"):
        with op.batch_alter_table(table) as changed:
            changed.alter_column("status", existing_type=sa.String(length=32), nullable=False)
            for name, condition in CHECKS.items():
                changed.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
            changed.create_index(op.f(f"ix_{table}_status"), ["status"])
    with op.batch_alter_table("offers") as offers:
        offers.alter_column("review_note", existing_type=sa.Text(), server_default=None)
    with op.batch_alter_table("needs") as needs:
        needs.create_foreign_key(op.f("fk_needs_matched_offer_id_offers"), "offers", ["matched_offer_id"], ["id"])
        needs.create_check_constraint(op.f("ck_needs_offer_is_of_match"), OFFER_IS_OF_MATCH)
        needs.create_index(op.f("ix_needs_matched_offer_id"), ["matched_offer_id"])


def downgrade() -> None:
    """Drop the columns; who sees a record stays as it is."""
    with op.batch_alter_table("needs") as needs:
        needs.drop_index(op.f("ix_needs_matched_offer_id"))
        needs.drop_constraint(op.f("ck_needs_offer_is_of_match"), type_="check")
        needs.drop_constraint(op.f("fk_needs_matched_offer_id_offers"), type_="foreignkey")
        needs.drop_column("matched_offer_id")
        needs.drop_column("confirmed_on")
    for table in ("needs", "offers"):
        with op.batch_alter_table(table) as changed:
            changed.drop_index(op.f(f"ix_{table}_status"))
            for name in CHECKS:
                changed.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            changed.drop_column("wanted_visibility")
            changed.drop_column("status")
    with op.batch_alter_table("offers") as offers:
        offers.drop_column("review_note")
