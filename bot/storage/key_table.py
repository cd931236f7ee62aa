"""The row that says by which key personal data in this database are sealed; without it they are not."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, String, Table

from bot.delivery.tables import metadata

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1
    Column("key", String(20), nullable=False),  # what the key is known by, not the key
    Column("since", Float, nullable=False),
)
