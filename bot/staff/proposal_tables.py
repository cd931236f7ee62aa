"""The table of proposals: what somebody wants changed in what is known, until a second person has decided."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from bot.delivery.tables import metadata

proposals = Table(
    "proposals",
    metadata,
    # Kept for good: the versions of cards and rates stand here, and `rates/` and `cards/` of the data folder are written from them.
    Column("id", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),  # document, withdrawal, validity, rate, card
    Column("subject", Text, nullable=False),  # official number or file, key of a rate, id of a card
    Column("state", String(12), nullable=False),  # see `bot.staff.proposals.State`
    Column("version", Integer, nullable=False),  # counts changes: what was not seen is not approved
    Column("payload", JSON, nullable=False),
    Column("file", LargeBinary),  # as it was uploaded
    Column("preview", JSON, nullable=False),  # what a file was read as; large, so lists leave it out
    Column("checks", JSON, nullable=False),  # what was tried before the decision, and how far that is
    Column("note", Text, nullable=False),  # the proposer's words
    Column("by", String(60), nullable=False),
    Column("by_id", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("decided_by", String(60), nullable=False),  # empty until somebody has
    Column("decided_by_id", Integer),
    Column("decided_at", Float),
    Column("reason", Text, nullable=False),  # why it was rejected
    Column("outcome", Text, nullable=False),  # one line of what became of it
    Index("ix_proposals_state", "state", "id"),
    Index("ix_proposals_kind_subject", "kind", "subject", "id"),
)
