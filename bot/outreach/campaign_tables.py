"""Tables of campaigns beside `campaigns` itself: who came by which code, messages to many and to whom they go, what the office has set.

None of them holds a name, a phone or what somebody said: a row names a conversation, which erasure empties. Instants are seconds since
1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.delivery.tables import metadata

campaign_visits = Table(
    "campaign_visits",
    metadata,
    # A conversation that began, or began again, by a campaign's code; once for each.
    Column("campaign_key", String(40), primary_key=True),  # the code without case
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Float, nullable=False),
    Index("ix_campaign_visits_conversation_id", "conversation_id"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    # A message to many: written by one person, approved by another. Its words never change after it was written.
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("commune_code", String(10), nullable=False),  # empty: everywhere
    Column("channel", String(20), nullable=False),  # empty: all
    Column("campaign", String(40), nullable=False),  # empty: whoever agreed
    Column("state", String(10), nullable=False),  # draft, sending, done, stopped
    Column("created_at", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved_at", Float),
    Column("approved_by", Text, nullable=False),
    Column("ended_at", Float),
    Column("ended_by", Text, nullable=False),  # who stopped it, empty when it ended by itself
    Index("ix_broadcasts_state", "state"),
)

broadcast_targets = Table(
    "broadcast_targets",
    metadata,
    # To whom a broadcast goes, as found when it was approved; each of them is looked at again when their message is queued.
    Column("broadcast_id", Integer, ForeignKey("broadcasts.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", Integer, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("state", String(10), nullable=False),  # waiting, queued, skipped
    Column("reason", String(20), nullable=False),  # why skipped: withdrawn, unreachable, window, late, stopped
    Column("due_at", Float, nullable=False),  # not before
    Column("outbox_id", Integer),  # no foreign key: what was sent goes with the person's data, the count stays
    Index("ix_broadcast_targets_state_due_at", "state", "due_at"),
    Index("ix_broadcast_targets_conversation_id", "conversation_id"),
)

office_settings = Table(
    "office_settings",
    metadata,
    # What staff have set in the console; it goes before the environment. No row: the environment holds.
    Column("key", String(40), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("changed_by", Text, nullable=False),
)

__all__ = ["broadcast_targets", "broadcasts", "campaign_visits", "metadata", "office_settings"]
