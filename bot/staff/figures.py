"""Counts of people who left their number, were reached and joined: by commune, month and group, always within a scope.

Everything is counted over `counted()`, so that who is gone from the list stays in the figures. In a period count: people who left their
number in it, people first reached in it, people who joined in it; each by its own instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Subquery, and_, case, cast, func, or_, select
from sqlalchemy import Integer as Whole

from bot.outreach.counted import counted
from bot.outreach.tables import campaigns
from bot.staff.access import Scope
from bot.time_zone import TIME_ZONE
from knowledge.store import reading

Counting = Select[*tuple[Any, ...]]
GROUPS = ("channel", "campaign", "organisation", "household")
FIRST_YEAR, LAST_YEAR = 2025, 2030


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in our time zone, the last one included."""

    first: date
    last: date

    @property
    def start(self) -> float:
        """The instant it begins."""
        return _instant(self.first)

    @property
    def end(self) -> float:
        """The instant it is over."""
        return _instant(self.last + timedelta(days=1))

    def a_year_before(self) -> Period:
        """The same days of the year before."""
        return Period(_year_before(self.first), _year_before(self.last))

    def holds(self, at: float | None) -> bool:
        """Whether an instant lies in it."""
        return at is not None and self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Tally:
    """How many left their number, were reached, joined."""

    leads: int = 0
    contacted: int = 0
    joined: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.leads + other.leads, self.contacted + other.contacted, self.joined + other.joined)

    @property
    def nothing(self) -> bool:
        """Whether nobody is counted."""
        return self == Tally()


def year_of(year: int, today: date) -> Period:
    """A year as far as it has come."""
    return Period(date(year, 1, 1), min(date(year, 12, 31), max(today, date(year, 1, 1))))


class Figures:
    """Counts in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_commune(self, scope: Scope, period: Period, commune: str = "") -> Mapping[str, Tally]:
        """For each commune; the empty code is that of people in no known commune."""
        return self._grouped("commune_code", scope, period, commune)

    def by_group(self, group: str, scope: Scope, period: Period, commune: str = "") -> Mapping[str, Tally]:
        """For each value of one of `GROUPS`; the empty one is that of people without it."""
        if group not in GROUPS:
            raise ValueError(group)
        return self._grouped(group, scope, period, commune)

    def total(self, scope: Scope, period: Period, commune: str = "") -> Tally:
        """All together."""
        return sum(self.by_commune(scope, period, commune).values(), Tally())

    def funnel(self, scope: Scope, period: Period, commune: str = "") -> Tally:
        """Of those who left their number in the period: how many were reached and how many joined, whenever that was."""
        rows = counted()
        query = select(
            func.count(), func.count(rows.c.contacted_at), func.count(rows.c.joined_at)
        ).where(rows.c.created_at >= period.start, rows.c.created_at < period.end)  # fmt: skip
        with reading(self._engine) as connection:
            return Tally(*connection.execute(within(query, rows, scope, commune)).one())

    def joined_by_month(self, scope: Scope, year: int, commune: str = "") -> list[int]:
        """How many joined in each of the twelve months."""
        rows = counted()
        starts = [_instant(date(year, month, 1)) for month in range(1, 13)] + [_instant(date(year + 1, 1, 1))]
        sums = [_times(and_(rows.c.joined_at >= a, rows.c.joined_at < b)) for a, b in pairwise(starts)]
        with reading(self._engine) as connection:
            return list(connection.execute(within(select(*sums), rows, scope, commune)).one())

    def joined_by_year(self, scope: Scope, commune: str = "") -> Mapping[int, int]:
        """How many joined in each of the years to 2030."""
        rows = counted()
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        sums = [
            _times(and_(rows.c.joined_at >= _instant(date(y, 1, 1)), rows.c.joined_at < _instant(date(y + 1, 1, 1))))
            for y in years
        ]
        with reading(self._engine) as connection:
            return dict(zip(years, connection.execute(within(select(*sums), rows, scope, commune)).one(), strict=True))

    def campaign_names(self) -> Mapping[str, str]:
        """What campaigns are called, by their code in small letters."""
        with reading(self._engine) as connection:
            return {row.key: row.name for row in connection.execute(select(campaigns.c.key, campaigns.c.name))}

    def _grouped(self, column: str, scope: Scope, period: Period, commune: str) -> dict[str, Tally]:
        rows = counted()
        key = func.lower(rows.c.campaign) if column == "campaign" else rows.c[column]
        ways = [_in(rows.c[name], period) for name in ("created_at", "contacted_at", "joined_at")]
        query = select(key, *map(_times, ways)).where(or_(*ways)).group_by(key)
        with reading(self._engine) as connection:
            found = connection.execute(within(query, rows, scope, commune)).all()
        return {row[0]: Tally(*row[1:]) for row in found}


def within(query: Counting, rows: Subquery, scope: Scope, commune: str = "") -> Counting:
    """`query` over `counted()` rows, narrowed to what the scope holds and to one commune when it is named."""
    if scope.codes is not None:
        query = query.where(rows.c.commune_code.in_(sorted(scope.codes)), rows.c.commune_code != "")
    return query.where(rows.c.commune_code == commune) if commune else query


def whole(connection: Connection, value: ColumnElement[Any]) -> ColumnElement[int]:
    """A number that is not negative, cut to a whole one. SQLite cuts when it casts and may have no floor, PostgreSQL rounds."""
    return cast(value if connection.dialect.name == "sqlite" else func.floor(value), Whole)


def months(year: int) -> Iterator[Period]:
    """The twelve months."""
    for month in range(1, 13):
        yield Period(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _in(column: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    return and_(column >= period.start, column < period.end)


def _instant(day: date) -> float:
    return datetime.combine(day, time(), TIME_ZONE).timestamp()


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
