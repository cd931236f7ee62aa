"""Reports that were made; an index by which questions of a period are counted without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table of reports and the index of the inbox."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("commune_code", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_key", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("docx", sa.LargeBinary(), nullable=False),
        sa.Column("xlsx", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("uq_reports_due_key", "reports", ["due_key"], unique=True)
    op.create_index("ix_reports_commune_code_kind_year", "reports", ["commune_code", "kind", "year"], unique=False)
    op.create_index(
        "ix_inbox_received_at",
        "inbox",
        ["received_at", "state", "outcome", "channel", "done_at", "conversation_id"],
        unique=False,
    )
