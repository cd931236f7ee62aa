"""When the page of a web conversation last looked for an officer's words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, empty: nobody waits before an update."""
    op.add_column("conversations", sa.Column("seen_at", sa.Float(), nullable=True))
