"""What the States that a need names have said to filing it together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026_joint_needs"
down_revision = "0025_offer_labels"
branch_labels = None
depends_on = None

# What a State's own organization keeps, that State files.
OWN = (
    "UPDATE need_states SET is_signed = :yes WHERE EXISTS (SELECT 1 FROM needs JOIN organizations ON "
    "organizations.id = needs.organization_id WHERE needs.id = need_states.need_id AND organizations.kind = 'state' "
    "AND organizations.state_code = need_states.state_code)"
)


def upgrade() -> None:
    """Create the table: nobody was asked yet; and mark of the needs there are whose State keeps them."""
    op.create_table(
        "need_signatures",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("state_code", sa.String(length=3), nullable=False),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "consent IN ('asked', 'signed', 'declined', 'left')", name=op.f("ck_need_signatures_consent_known")
        ),
        sa.CheckConstraint(
            "visibility IN ('private', 'secretariat', 'providers', 'members', 'public')",
            name=op.f("ck_need_signatures_visibility_known"),
        ),
        sa.CheckConstraint("visibility <> 'private'", name=op.f("ck_need_signatures_is_shown")),
        sa.CheckConstraint(
            "(consent = 'signed') = (visibility IS NOT NULL) AND (consent <> 'signed' OR content IS NOT NULL)",
            name=op.f("ck_need_signatures_signed_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_signatures_need_id_needs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["state_code"], ["states.code"], name=op.f("fk_need_signatures_state_code_states")),
        sa.PrimaryKeyConstraint("need_id", "state_code", name=op.f("pk_need_signatures")),
    )
    op.create_index(op.f("ix_need_signatures_state_code"), "need_signatures", ["state_code"])
    op.add_column("need_states", sa.Column("is_signed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text(OWN).bindparams(sa.bindparam("yes", value=True, type_=sa.Boolean())))


def downgrade() -> None:
    """Drop both: the release below asks nobody."""
    op.drop_column("need_states", "is_signed")
    op.drop_index(op.f("ix_need_signatures_state_code"), table_name="need_signatures")
    op.drop_table("need_signatures")
