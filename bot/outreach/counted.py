"""What is counted of leads: those that are kept, and of those that are gone the days and places (`past_leads`).

A report of the year must count who joined in January, whose name went in May. Whoever deletes leads calls `remember` first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Subquery, insert, select, union_all

from bot.outreach.tables import leads, past_leads
from bot.time_zone import TIME_ZONE

COUNTED = (
    "commune_code",
    "channel",
    "campaign",
    "organisation",
    "household",
    "status",
    "created_at",
    "contacted_at",
    "joined_at",
)


def counted() -> Subquery:
    """Every lead there ever was, with the columns `COUNTED`; no row names a person.

    Who was merged into another is counted there.
    """
    return union_all(
        select(*(leads.c[name] for name in COUNTED)).where(leads.c.status != "merged"),
        select(*(past_leads.c[name] for name in COUNTED)),
    ).subquery("counted")


def remember(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Keeps what is counted of the leads that are about to be deleted, instants cut to their day."""
    kept = (*which, leads.c.status != "merged")
    rows = connection.execute(select(*(leads.c[name] for name in COUNTED)).where(*kept)).mappings().all()
    for row in rows:
        days = {name: _day(row[name]) for name in ("created_at", "contacted_at", "joined_at")}
        connection.execute(insert(past_leads).values(**(dict(row) | days)))


def _day(at: float | None) -> float | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, TIME_ZONE).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
