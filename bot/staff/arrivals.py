"""What happens when a lead comes in: it gets its officer by the rule of its commune, and whoever wants to be told is told.

The rule: of the open accounts of officers of the commune, the one with the fewest open leads. Words to staff name no person: only the
commune and the number, the rest stands behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update

from bot.outreach.records import OPEN_STATES
from bot.outreach.tables import leads
from bot.staff.access import Role
from bot.staff.lead_changes import officers_of
from bot.staff.notice_texts import words
from bot.staff.tables import staff, staff_communes

Tell = Callable[[Connection, Mapping[Any, Any], str], None]
"""Queues words for an officer (the row of their account) in the same transaction."""


def arrived(connection: Connection, lead_id: int, *, tell: Tell | None = None, address: str = "") -> None:
    """Gives the lead an officer when it has none, and tells those who are to know. `address` is that of the console."""
    lead = connection.execute(
        select(leads.c.commune_code, leads.c.commune, leads.c.assigned_to).where(leads.c.id == lead_id)
    ).one()
    officer = lead.assigned_to or _by_rule(connection, lead.commune_code)
    if officer is not None and lead.assigned_to is None:
        connection.execute(update(leads).where(leads.c.id == lead_id).values(assigned_to=officer))
    if tell is None:
        return
    text = words("arrived", where=lead.commune or words("nowhere"), number=lead_id, address=address)
    for row in officers_of(connection, lead.commune_code):
        wanted = row["role"] == Role.COMMUNE.value or row["id"] == officer or not lead.commune_code
        if row["notify_by"] and wanted:
            tell(connection, row, text)


def _by_rule(connection: Connection, commune_code: str) -> int | None:
    if not commune_code:
        return None
    busy = (
        select(leads.c.assigned_to, func.count().label("n"))
        .where(leads.c.status.in_(OPEN_STATES))
        .group_by(leads.c.assigned_to)
        .subquery()
    )
    query = (
        select(staff.c.id)
        .join_from(staff, staff_communes)
        .join(busy, busy.c.assigned_to == staff.c.id, isouter=True)
        .where(staff.c.active, staff.c.role == Role.COMMUNE.value, staff_communes.c.commune_code == commune_code)
        .order_by(func.coalesce(busy.c.n, 0), staff.c.id)
        .limit(1)
    )
    found: int | None = connection.execute(query).scalar()
    return found
