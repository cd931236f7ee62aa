"""Tells officers, once a working day, what has become due: counts and a link, nobody's name.

An officer is told when something became due of which they were not told yet, each due date of a lead once; the counts then are of
all that is due. The rows that remember it (`staff_due_told`) are written in the transaction that queues the words, behind the
officer's own row: killed or run by several processes, it is told once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from bot.outreach.hours import Hours
from bot.outreach.records import OPEN_STATES
from bot.outreach.tables import leads
from bot.staff.access import Right, Role, Scope, may, scope_of
from bot.staff.leads import day_bounds
from bot.staff.notice_tables import due_told
from bot.staff.notice_texts import words
from bot.staff.tables import staff, staff_communes
from knowledge.store import reading, writing

Tell = Callable[[Connection, Mapping[Any, Any], str], None]
"""Queues words for an officer (the row of their account) in the same transaction."""


@dataclass(frozen=True, slots=True)
class Due:
    """An open lead whose day has come."""

    lead_id: int
    commune_code: str
    assigned_to: int | None
    due_at: float


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who has leads."""

    id: int
    role: Role
    scope: Scope
    wants: bool  # to be told, and where is set

    def may_have(self, due: Due) -> bool:
        """Whether the lead is one that they see."""
        return may(self.role, Right.LEADS) and self.scope.holds(due.commune_code)


class DueNotices:
    """Looks for what is due. `hours` are the working hours now, `address` is that of the console, may be empty."""

    def __init__(
        self,
        engine: Engine,
        tell: Tell,
        hours: Callable[[], Hours],
        *,
        address: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._tell, self._hours, self._address, self._clock = engine, tell, hours, address, clock

    def round(self) -> int:
        """Tells whom there is something new to tell; how many officers. Outside working hours nobody."""
        now = self._clock()
        if not self._hours().open_at(now):
            return 0
        start, end = day_bounds(now)
        with reading(self._engine) as connection:
            done = set(connection.execute(select(due_told.c.staff_id).where(due_told.c.at >= start)).scalars())
            if not (waiting := [o for o in _officers(connection) if o.wants and o.id not in done]):
                return 0
            shares = shares_of(_due(connection, end), _officers(connection))
            known = _known(connection, [o.id for o in waiting])
        count = 0
        for officer in waiting:
            mine = shares.get(officer.id, ())
            if any((d.lead_id, d.due_at) not in known.get(officer.id, ()) for d in mine):
                count += self._one(officer, mine, now, start)
        return count

    def _one(self, officer: Officer, mine: Sequence[Due], now: float, start: float) -> bool:
        with writing(self._engine) as connection:
            row = connection.execute(select(staff).where(staff.c.id == officer.id).with_for_update()).mappings().one()
            told = connection.execute(
                select(func.count()).where(due_told.c.staff_id == officer.id, due_told.c.at >= start)
            ).scalar_one()
            if told or not (row["active"] and row["tell_due"] and row["notify_by"]):
                return False  # another process was first, or they have just switched it off
            known = _known(connection, [officer.id]).get(officer.id, set())
            still = _due(connection, max(d.due_at for d in mine) + 1, [d.lead_id for d in mine])
            fresh = [d for d in mine if d in still and (d.lead_id, d.due_at) not in known]
            if not fresh:
                return False
            rows = [{"staff_id": officer.id, "lead_id": d.lead_id, "due_at": d.due_at, "at": now} for d in fresh]
            connection.execute(insert(due_told), rows)
            self._tell(connection, row, self._worded([d for d in mine if d in still], officer.id, start))
        return True

    def _worded(self, mine: Sequence[Due], staff_id: int, start: float) -> str:
        overdue = sum(d.due_at < start for d in mine)
        today = len(mine) - overdue
        key = "due_both" if today and overdue else "due_today" if today else "due_overdue"
        own = all(d.assigned_to == staff_id for d in mine)
        path = "/staff/lead?xem=call" + ("&phu_trach=me" if own else "")
        where = words("due_list", address=self._address, path=path) if self._address else words("due_console")
        return f"{words(key, today=today, overdue=overdue)} {where}"


def shares_of(found: Iterable[Due], officers: Sequence[Officer]) -> Mapping[int, list[Due]]:
    """Whose each lead is: its officer's; without one who sees it, all officers' of its commune; without those, the province's. Pure."""
    by_id = {officer.id: officer for officer in officers}
    communes = [o for o in officers if o.role is Role.COMMUNE]
    province = [o for o in officers if o.role is Role.PROVINCE]
    shares: dict[int, list[Due]] = {}
    for due in found:
        own = by_id.get(due.assigned_to or 0)
        if own is not None and own.may_have(due):
            whose = [own]
        else:
            whose = [o for o in communes if o.may_have(due)] or [o for o in province if o.may_have(due)]
        for officer in whose:
            shares.setdefault(officer.id, []).append(due)
    return shares


def _officers(connection: Connection) -> list[Officer]:
    own: dict[int, set[str]] = {}
    for staff_id, code in connection.execute(select(staff_communes.c.staff_id, staff_communes.c.commune_code)):
        own.setdefault(staff_id, set()).add(code)
    query = select(staff.c.id, staff.c.role, staff.c.notify_by, staff.c.tell_due).where(staff.c.active)
    return [
        Officer(row.id, Role(row.role), scope_of(Role(row.role), frozenset(own.get(row.id, ()))), bool(row.notify_by and row.tell_due))
        for row in connection.execute(query.order_by(staff.c.id))
    ]  # fmt: skip


def _due(connection: Connection, until: float, ids: Sequence[int] | None = None) -> list[Due]:
    query = select(leads.c.id, leads.c.commune_code, leads.c.assigned_to, leads.c.due_at).where(
        leads.c.status.in_(OPEN_STATES), leads.c.due_at < until
    )
    found = [Due(*row) for row in connection.execute(query.order_by(leads.c.id))]
    return found if ids is None else [due for due in found if due.lead_id in set(ids)]


def _known(connection: Connection, ids: Sequence[int]) -> dict[int, set[tuple[int, float]]]:
    known: dict[int, set[tuple[int, float]]] = {}
    query = select(due_told.c.staff_id, due_told.c.lead_id, due_told.c.due_at)
    for staff_id, lead_id, due_at in connection.execute(query.where(due_told.c.staff_id.in_(ids))):
        known.setdefault(staff_id, set()).add((lead_id, due_at))
    return known
