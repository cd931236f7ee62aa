"""What staff read of leads: who to call now, lists with filters and search, one lead with its history. Always within a scope.

Every query goes through `_within`: a lead outside the scope is not found, not counted and not searched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, RowMapping, Select, Table, and_, case, func, or_, select

from bot.outreach.records import OPEN_STATES
from bot.outreach.tables import consents, handoffs, lead_events, leads, past_leads
from bot.staff.access import Scope
from bot.staff.lead_search import said
from bot.staff.tables import staff
from bot.staff.visit import NotThere
from bot.time_zone import TIME_ZONE
from knowledge.store import reading

PAGE = 50
LATE = 24 * 3600.0
"""Seconds after which a new lead has waited too long."""
STATUSES = ("new", "contacted", "interested", "appointed", "joined", "declined", "unreachable", "withdrawn", "merged")
MARKS = {"created": "created_at", "contacted": "contacted_at", "joined": "joined_at"}
"""What may have happened in a span of days: by them the people behind a figure are listed."""
VIEWS = ("call", "overdue", "today", "late", "new", "open", "all")


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the leads is wanted; empty values do not narrow."""

    view: str = "open"
    status: str = ""
    commune: str = ""
    channel: str = ""
    campaign: str = ""
    organisation: str = ""
    assigned: str = ""  # me, nobody, or the number of an account
    words: str = ""
    page: int = 1
    mark: str = ""  # one of `MARKS`, which happened from day `since` to day `until` (`2026-01-31`)
    since: str = ""
    until: str = ""
    sought: str = ""  # the name of `words` in addresses, which never hold what was typed (`seeking`)

    @property
    def query(self) -> Mapping[str, str]:
        """As values of an address, without the page."""
        return {
            "xem": self.view, "trang_thai": self.status, "xa": self.commune, "kenh": self.channel,
            "dot": self.campaign, "to_chuc": self.organisation, "phu_trach": self.assigned, "tim": self.sought,
            "moc": self.mark, "tu": self.since, "den": self.until,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list."""

    rows: Sequence[RowMapping]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a lead's history."""

    id: int
    at: float
    kind: str
    by: str
    data: Mapping[str, Any]


class Leads:
    """Leads in SQL, for reading."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def find(self, scope: Scope, filters: Filters, me: int, *, limit: int = PAGE) -> Found:
        """A page of the leads in `scope` that `filters` ask for; those to be called first come first."""
        now = self._clock()
        wanted = self._narrowed(scope, filters, me, now)
        with reading(self._engine) as connection:
            wanted += said(connection, filters.words, wanted)
            total = connection.execute(select(func.count()).select_from(leads).where(*wanted)).scalar_one()
            page = min(max(1, filters.page), max(1, -(-total // limit)))
            columns = [c for c in leads.c if c.name not in ("answer", "citations", "search_key")]
            query = (
                select(*columns, staff.c.name.label("officer"))
                .join_from(leads, staff, staff.c.id == leads.c.assigned_to, isouter=True)
                .where(*wanted)
                .order_by(*_order(now))
                .limit(limit)
                .offset((page - 1) * limit)
            )
            return Found(connection.execute(query).mappings().all(), total, page)

    def counts(self, scope: Scope, me: int) -> Mapping[str, int]:
        """How many leads each view has."""
        now = self._clock()
        sums = [func.coalesce(func.sum(case((_view(name, now), 1), else_=0)), 0).label(name) for name in VIEWS]
        mine = func.coalesce(func.sum(case((and_(_view("call", now), leads.c.assigned_to == me), 1), else_=0)), 0)
        with reading(self._engine) as connection:
            row = connection.execute(_within(select(*sums, mine.label("mine")), scope)).mappings().one()
        return dict(row)

    def one(self, scope: Scope, lead_id: int) -> RowMapping:
        """One lead with its officer and its consent. Raises NotThere, also for a lead outside the scope."""
        query = _within(
            select(
                leads, staff.c.name.label("officer"), consents.c.given_at, consents.c.withdrawn_at,
                consents.c.version.label("consent_version"), consents.c.channel.label("consent_channel"),
            )
            .join_from(leads, consents)
            .join(staff, staff.c.id == leads.c.assigned_to, isouter=True)
            .where(leads.c.id == lead_id),
            scope,
        )  # fmt: skip
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotThere("Không có người này, hoặc không thuộc xã, phường anh/chị phụ trách.")
        return row

    def history(self, lead_id: int) -> list[Event]:
        """What happened to a lead, the newest first. The caller has seen to it that the lead is in scope."""
        query = select(lead_events).where(lead_events.c.lead_id == lead_id).order_by(lead_events.c.id.desc()).limit(200)
        with reading(self._engine) as connection:
            return [
                Event(r["id"], r["at"], r["kind"], r["by"], r["data"]) for r in connection.execute(query).mappings()
            ]

    def alike(self, scope: Scope, lead: RowMapping) -> list[RowMapping]:
        """Others in scope who may be the same person: the same name in the same commune, or the same account of a platform."""
        same_name = and_(leads.c.name == lead["name"], leads.c.commune_code == lead["commune_code"])
        same_account = and_(leads.c.person == lead["person"], leads.c.channel == lead["channel"], leads.c.person != "")
        query = (
            select(leads.c.id, leads.c.name, leads.c.phone, leads.c.status)
            .where(leads.c.id != lead["id"], or_(same_name, same_account))
            .where(leads.c.status.not_in(("withdrawn", "merged")))
            .limit(5)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(_within(query, scope)).mappings())

    def handoff_of(self, conversation_id: int | None) -> int | None:
        """The newest hand-over of the lead's conversation, by which it is read."""
        if conversation_id is None:
            return None
        query = select(func.max(handoffs.c.id)).where(handoffs.c.conversation_id == conversation_id)
        with reading(self._engine) as connection:
            found: int | None = connection.execute(query).scalar()
        return found

    def gone(self, scope: Scope, filters: Filters) -> int:
        """How many that a figure counts are in its list no more: their data was erased, the day and the place are kept."""
        wanted = [*_happened(past_leads, filters), *_scoped(scope, past_leads)]
        for name, value in (
            ("commune_code", filters.commune), ("channel", filters.channel), ("organisation", filters.organisation),
            ("status", filters.status),
        ):  # fmt: skip
            if value:
                wanted.append(past_leads.c[name] == value)
        if filters.campaign:
            wanted.append(func.lower(past_leads.c.campaign) == filters.campaign.lower())
        if filters.mark not in MARKS or filters.words or filters.assigned:
            return 0
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(past_leads).where(*wanted)).scalar_one()

    def newest(self, scope: Scope) -> int:
        """The number of the newest lead in scope, 0 when there is none: by it a page sees that somebody came."""
        with reading(self._engine) as connection:
            return connection.execute(_within(select(func.max(leads.c.id)), scope)).scalar() or 0

    def choices(self, scope: Scope) -> Mapping[str, list[str]]:
        """Campaigns and organisations that leads in scope came by."""
        found: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for column in (leads.c.campaign, leads.c.organisation):
                query = _within(select(column).where(column != "").distinct().order_by(column).limit(200), scope)
                found[column.name] = list(connection.execute(query).scalars())
        return found

    def _narrowed(self, scope: Scope, filters: Filters, me: int, now: float) -> list[ColumnElement[bool]]:
        wanted = [*_scoped(scope), _view(filters.view, now)]
        wanted += _happened(leads, filters)
        if filters.campaign:
            wanted.append(func.lower(leads.c.campaign) == filters.campaign.lower())
        for column, value in (
            (leads.c.status, filters.status),
            (leads.c.commune_code, filters.commune),
            (leads.c.channel, filters.channel),
            (leads.c.organisation, filters.organisation),
        ):
            if value:
                wanted.append(column == value)
        if filters.assigned == "me":
            wanted.append(leads.c.assigned_to == me)
        elif filters.assigned == "nobody":
            wanted.append(leads.c.assigned_to.is_(None))
        elif filters.assigned.isdecimal():
            wanted.append(leads.c.assigned_to == int(filters.assigned))
        return wanted


def day_bounds(now: float) -> tuple[float, float]:
    """When today began and when it ends, in our time zone."""
    start = datetime.fromtimestamp(now, TIME_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def _happened(table: Table, filters: Filters) -> list[ColumnElement[bool]]:
    if filters.mark not in MARKS:
        return []
    column = table.c[MARKS[filters.mark]]
    found: list[ColumnElement[bool]] = [
        column.is_not(None),
        table.c.status != "merged",
    ]  # who was merged is counted there
    for text, later in ((filters.since, False), (filters.until, True)):
        try:
            start = datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE, hour=0, minute=0, second=0, microsecond=0)
        except ValueError:
            continue  # no day: it does not narrow
        if 1970 < start.year < 2100:
            found.append(column < (start + timedelta(days=1)).timestamp() if later else column >= start.timestamp())
    return found


def _scoped(scope: Scope, table: Table = leads) -> list[ColumnElement[bool]]:
    if scope.codes is None:
        return []
    return [table.c.commune_code.in_(sorted(scope.codes)), table.c.commune_code != ""]


def _within(query: Select[Any], scope: Scope) -> Select[Any]:
    return query.where(*_scoped(scope))


def _view(name: str, now: float) -> ColumnElement[bool]:
    start, end = day_bounds(now)
    fresh = leads.c.status == "new"
    still_open = leads.c.status.in_(OPEN_STATES)
    overdue = and_(still_open, leads.c.due_at < start)
    today = and_(still_open, leads.c.due_at >= start, leads.c.due_at < end)
    late = and_(fresh, leads.c.due_at.is_(None), leads.c.created_at < now - LATE)
    views = {
        "overdue": overdue,
        "today": today,
        "late": late,
        "new": fresh,
        "call": or_(overdue, today, and_(fresh, leads.c.due_at.is_(None))),
        "open": still_open,
        "all": leads.c.id > 0,
    }
    return views.get(name, views["open"])


def _order(now: float) -> list[ColumnElement[Any]]:
    """Overdue first, then who has waited too long, then who is due today, then the new ones, then the others."""
    rank = case(
        (_view("overdue", now), 0), (_view("late", now), 1), (_view("today", now), 2), (_view("new", now), 3),
        (_view("open", now), 4), else_=5,
    )  # fmt: skip
    return [rank, func.coalesce(leads.c.due_at, leads.c.created_at), leads.c.id]
