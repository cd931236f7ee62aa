"""Campaigns: who came by which code, messages to many, what the office has set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables, and notes of conversations there are by which code they came."""
    op.create_table(
        "campaign_visits",
        sa.Column("campaign_key", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_campaign_visits_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_key", "conversation_id", name=op.f("pk_campaign_visits")),
    )
    op.create_index("ix_campaign_visits_conversation_id", "campaign_visits", ["conversation_id"], unique=False)
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("commune_code", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("campaign", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.Float(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state"], unique=False)
    op.create_table(
        "broadcast_targets",
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_broadcast_targets_broadcast_id_broadcasts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_broadcast_targets_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "conversation_id", name=op.f("pk_broadcast_targets")),
    )
    op.create_index("ix_broadcast_targets_state_due_at", "broadcast_targets", ["state", "due_at"], unique=False)
    op.create_index("ix_broadcast_targets_conversation_id", "broadcast_targets", ["conversation_id"], unique=False)
    op.create_table(
        "office_settings",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_office_settings")),
    )
    _visits_there_were()


def _visits_there_were() -> None:
    connection = op.get_bind()
    conversations = sa.table("conversations", sa.column("id"), sa.column("state", sa.JSON()), sa.column("created_at"))
    visits = sa.table("campaign_visits", sa.column("campaign_key"), sa.column("conversation_id"), sa.column("at"))
    rows = [
        {"campaign_key": code.lower()[:40], "conversation_id": row.id, "at": row.created_at}
        for row in connection.execute(sa.select(conversations))
        if isinstance(row.state, dict) and isinstance(code := row.state.get("campaign"), str) and code
    ]
    if rows:
        connection.execute(sa.insert(visits), rows)
