"""Finding leads by what was typed: by SQL where it can look into the words, by opening them where they are sealed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, select

from bot.outreach.searching import search_words
from bot.outreach.tables import leads
from bot.storage.keys import keys_of

_MOST_WORDS = 8


def said(connection: Connection, typed: str, wanted: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Conditions under which a lead, among those that are `wanted` otherwise, holds every word of `typed`; none for no words."""
    words = search_words(typed)[:_MOST_WORDS]
    if not words:
        return []
    if keys_of(connection.dialect) is None:
        return [leads.c.search_key.contains(word, autoescape=True) for word in words]
    rows = connection.execute(select(leads.c.id, leads.c.search_key).where(*wanted))
    found = [row.id for row in rows if all(word in row.search_key for word in words)]
    # Written into the statement: a province's list may be longer than the values that a database takes.
    return [leads.c.id.in_(bindparam("found", found, expanding=True, literal_execute=True))]
