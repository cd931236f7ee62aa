"""What officers are told outside the console: codes by which they link a chat of theirs, which due dates were told, what is on its way.

No row names a citizen. Instants are seconds since 1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from bot.delivery.tables import metadata

link_codes = Table(
    "staff_link_codes",
    metadata,
    # One for each officer, the newest; it is deleted when it is used.
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("platform", String(12), nullable=False),  # telegram, zalo
    Column("code_hash", String(64), nullable=False),  # SHA-256; the code itself is shown once and kept nowhere
    Column("expires_at", Float, nullable=False),
    Index("uq_staff_link_codes_code_hash", "code_hash", unique=True),
)

due_told = Table(
    "staff_due_told",
    metadata,
    # An officer was told that this lead is due at this time: never again for the same time, by whichever process.
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("lead_id", Integer, ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", Float, primary_key=True),
    Column("at", Float, nullable=False),
    Index("ix_staff_due_told_lead_id", "lead_id"),
)

notices = Table(
    "staff_notices",
    metadata,
    # Words to an officer that go through a platform with a window, until they are sent; those that cannot go are shown in the console.
    Column("id", Integer, primary_key=True),
    Column("staff_id", Integer, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("outbox_id", Integer, ForeignKey("outbox.id", ondelete="SET NULL")),
    Column("state", String(10), nullable=False),  # queued, shown
    Column("why", Text, nullable=False),  # why it is shown instead of sent
    Index("ix_staff_notices_staff_id_state", "staff_id", "state"),
    Index("ix_staff_notices_outbox_id", "outbox_id"),
)

__all__ = ["due_told", "link_codes", "metadata", "notices"]
