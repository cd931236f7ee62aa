"""Reports that were made, with their files: what was sent stays as it was sent, whatever the figures become."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from bot.delivery.tables import metadata

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),  # half, year
    Column("commune_code", String(10), nullable=False),  # empty: the province
    Column("year", Integer, nullable=False),
    Column("due_key", String(40)),  # of a report made by the calendar, so that it is made once; None: on demand
    Column("made_at", Float, nullable=False),
    Column("made_by", Text, nullable=False),  # login, or "tuvan"
    Column("content", JSON, nullable=False),  # the report as it is shown
    Column("docx", LargeBinary, nullable=False),
    Column("xlsx", LargeBinary, nullable=False),
    Index("uq_reports_due_key", "due_key", unique=True),
    Index("ix_reports_commune_code_kind_year", "commune_code", "kind", "year"),
)

__all__ = ["reports"]
