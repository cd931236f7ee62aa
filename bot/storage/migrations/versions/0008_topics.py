"""The topic of each answer, for figures; it joins the index by which questions are counted without reading them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COUNTED = ["received_at", "state", "outcome", "channel", "done_at", "conversation_id"]


def upgrade() -> None:
    """Adds the column, empty for what was asked before, and makes the index again with it."""
    op.add_column("inbox", sa.Column("topic", sa.String(length=30), nullable=True))
    op.drop_index("ix_inbox_received_at", table_name="inbox")
    op.create_index("ix_inbox_received_at", "inbox", [*_COUNTED, "topic"], unique=False)
