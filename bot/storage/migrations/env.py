"""Alembic's entry: runs inside the transaction that `bot.storage.migrate` has begun."""

from __future__ import annotations

from alembic import context

from bot.storage.migrate import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=list(TABLES),
    render_as_batch=True,  # SQLite changes a column by making the table again
    compare_type=True,
)
context.run_migrations()
