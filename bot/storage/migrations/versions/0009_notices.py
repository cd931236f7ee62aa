"""What officers are told outside the console: linked chats, due dates that were told, words on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; who is told of new people is told of due dates too until they switch it off."""
    op.add_column("staff", sa.Column("tell_due", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("staff", sa.Column("notify_mail", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "staff_link_codes",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=12), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_link_codes_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_link_codes")),
    )
    op.create_index("uq_staff_link_codes_code_hash", "staff_link_codes", ["code_hash"], unique=True)
    op.create_table(
        "staff_due_told",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_due_told_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_staff_due_told_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "lead_id", "due_at", name=op.f("pk_staff_due_told")),
    )
    op.create_index("ix_staff_due_told_lead_id", "staff_due_told", ["lead_id"], unique=False)
    op.create_table(
        "staff_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_notices_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_staff_notices_outbox_id_outbox"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
    )
    op.create_index("ix_staff_notices_staff_id_state", "staff_notices", ["staff_id", "state"], unique=False)
    op.create_index("ix_staff_notices_outbox_id", "staff_notices", ["outbox_id"], unique=False)
