"""Which live documents another live document has replaced (bị thay thế), and the last day they held.

Worked out at each reading and never stored: when the newer document is withdrawn, the older one holds again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Connection, Text, cast, select

from knowledge.law import DocumentKind, DocumentStatus
from knowledge.store.rows import number_key
from knowledge.store.tables import documents

_LIVE = documents.c.status == DocumentStatus.ACCEPTED.value
_NEWER = (  # made once: each answer asks it twice, and putting it together takes longer than the answer
    select(documents.c.id, documents.c.replaces, documents.c.effective_from)
    .where(_LIVE, documents.c.effective_from.is_not(None))
    .where(cast(documents.c.replaces, Text) != "[]")
)


def last_days(connection: Connection) -> dict[int, date]:
    """Document id → the day before the earliest live document that replaces it as a whole came into force."""
    newer = connection.execute(_NEWER).all()
    since: dict[str, date] = {}
    for row in newer:
        for key in map(number_key, row.replaces):
            since[key] = min(since.get(key, row.effective_from), row.effective_from)
    if not since:
        return {}
    older = connection.execute(
        select(documents.c.id, documents.c.number_key, documents.c.effective_from)
        .where(_LIVE, documents.c.number_key.in_(list(since)))
        .where(documents.c.kind != DocumentKind.CODIFICATION.value)
    ).all()
    # A document that came into force later than the one naming it is another one of the same number, or a misread one.
    return {
        row.id: since[row.number_key] - timedelta(days=1)
        for row in older
        if row.effective_from is None or row.effective_from < since[row.number_key]
    }


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two last days; None means no known end."""
    return min((day for day in (one, other) if day is not None), default=None)


def ended_before(ends: dict[int, date], on: date) -> Iterable[int]:
    """Ids of the documents of `ends` that no longer hold on `on`."""
    return [number for number, last in ends.items() if last < on]
