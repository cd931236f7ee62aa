"""Reports that were made: on demand, and by the calendar on 1 July (the half year) and 1 January (the year before).

`make_due` may run every day and in several processes: what is due is made once, told apart by its key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.errors import BotError
from bot.outreach.communes import Commune, Communes
from bot.staff.access import Scope
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.figure_tables import reports
from bot.staff.figures import FIRST_YEAR, LAST_YEAR
from bot.staff.report_content import KINDS, Content
from bot.staff.report_docx import write_docx
from bot.staff.report_files import write_report_xlsx
from bot.staff.reporting import Reporter
from bot.staff.visit import NotThere
from bot.time_zone import TIME_ZONE
from knowledge.store import reading, writing

log = logging.getLogger("bot.staff")

PAGE = 50
_KEPT = 10  # made on demand, of one kind, unit and year
_LATE = timedelta(
    days=31
)  # a machine that was off on the day makes them when it is on again; an old year is not made up for


class BadReport(BotError):
    """Raised when a report cannot be made as asked; says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, without its files."""

    id: int
    kind: str
    commune_code: str
    year: int
    by_calendar: bool
    made_at: float
    made_by: str


class Reports:
    """Reports in SQL."""

    def __init__(
        self, engine: Engine, communes: Communes, audit: Audit, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._communes, self._audit, self._clock = engine, communes, audit, clock
        self._reporter = Reporter(engine, communes, audit)

    def make(self, person: Person, kind: str, year: int, commune_code: str, today: date) -> int:
        """Makes and keeps a report of a commune (or, with an empty code, of the province); its number. Raises NotThere, BadReport."""
        unit = self._unit(person.scope, commune_code)
        if kind not in KINDS:
            raise BadReport("Không có loại báo cáo này.")
        if not FIRST_YEAR <= year <= min(LAST_YEAR, today.year):
            raise BadReport(f"Chưa lập được báo cáo năm {year}.", f"Chọn năm từ {FIRST_YEAR} đến {today.year}.")
        row = self._row(kind, year, unit, today) | {"made_by": person.login, "due_key": None}
        with writing(self._engine) as connection:
            number: int = connection.execute(insert(reports).values(**row).returning(reports.c.id)).scalar_one()
            self._forget_old(connection, row)
            self._audit.note(connection, "report.make", f"report:{number}", by=person.login, staff_id=person.id)
        return number

    def make_due(self, now: float) -> int:
        """Makes the reports that are due at `now` and were not made; how many."""
        today, made = datetime.fromtimestamp(now, TIME_ZONE).date(), 0
        for kind, year, since in due(today):
            with reading(self._engine) as connection:
                there = set(
                    connection.execute(
                        select(reports.c.commune_code).where(
                            reports.c.kind == kind, reports.c.year == year, reports.c.due_key.is_not(None)
                        )
                    ).scalars()
                )
            for unit in (None, *self._communes.units):
                code = unit.code if unit else ""
                if code in there:
                    continue
                row = self._row(kind, year, unit, since) | {"made_by": "tuvan", "due_key": f"{kind}:{year}:{code}"}
                try:
                    with writing(self._engine) as connection:
                        connection.execute(insert(reports).values(**row))
                        self._audit.note(connection, "report.due", f"report:{kind}-{year}-{code}"[:80], by="tuvan")
                    made += 1
                except IntegrityError:
                    log.info("report %s %s is made by another process", kind, year)
        return made

    def listed(self, scope: Scope, page: int = 1) -> tuple[Sequence[Made], int]:
        """A page of the reports in scope, the newest first, and how many there are."""
        where = (
            []
            if scope.codes is None
            else [reports.c.commune_code.in_(sorted(scope.codes)), reports.c.commune_code != ""]
        )
        columns = (
            reports.c.id, reports.c.kind, reports.c.commune_code, reports.c.year, reports.c.due_key.is_not(None),
            reports.c.made_at, reports.c.made_by,
        )  # fmt: skip
        query = (
            select(*columns).where(*where).order_by(reports.c.id.desc()).limit(PAGE).offset((max(1, page) - 1) * PAGE)
        )
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(reports).where(*where)).scalar_one()
            return [Made(*row) for row in connection.execute(query)], total

    def one(self, scope: Scope, number: int) -> tuple[Made, Content]:
        """A report in scope. Raises NotThere."""
        row = self._found(scope, number, reports.c.content)
        made = Made(
            row.id, row.kind, row.commune_code, row.year, row.due_key is not None, row.made_at, row.made_by
        )  # fmt: skip
        return made, Content.read(row.content)

    def file(self, person: Person, number: int, kind: str) -> bytes:
        """The Word file or the workbook of a report in scope. Raises NotThere."""
        if kind not in ("docx", "xlsx"):
            raise NotThere("Không có tệp này.")
        row = self._found(person.scope, number, reports.c[kind])
        self._audit.noted("report.export", f"report:{number}", by=person.login, staff_id=person.id, form=kind)
        return bytes(row[-1])

    def _found(self, scope: Scope, number: int, column: Any) -> Any:
        columns = ("id", "kind", "commune_code", "year", "due_key", "made_at", "made_by")
        query = select(*(reports.c[name] for name in columns), column).where(reports.c.id == number)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or not (scope.whole or scope.holds(row.commune_code)):
            raise NotThere("Không có báo cáo này, hoặc không thuộc phạm vi của anh/chị.")
        return row

    def _unit(self, scope: Scope, code: str) -> Commune | None:
        unit = self._communes.by_code(code)
        if (unit is None and (code or not scope.whole)) or not scope.holds(code):
            raise NotThere("Không có xã, phường này, hoặc không thuộc phạm vi của anh/chị.")
        return unit

    def _row(self, kind: str, year: int, unit: Commune | None, today: date) -> dict[str, Any]:
        content = self._reporter.make(kind, year, unit, today)
        return {
            "kind": kind, "commune_code": content.commune_code, "year": year, "made_at": self._clock(),
            "content": content.plain(), "docx": write_docx(content), "xlsx": write_report_xlsx(content),
        }  # fmt: skip

    @staticmethod
    def _forget_old(connection: Connection, row: dict[str, Any]) -> None:
        same = (
            *(reports.c[name] == row[name] for name in ("kind", "commune_code", "year")), reports.c.due_key.is_(None)
        )  # fmt: skip
        kept = select(reports.c.id).where(*same).order_by(reports.c.id.desc()).limit(_KEPT)
        numbers = list(connection.execute(kept).scalars())
        connection.execute(delete(reports).where(*same, reports.c.id.not_in(numbers)))


def due(today: date) -> list[tuple[str, int, date]]:
    """The kind and year of what is due on a day, and the day since when."""
    found = []
    for kind, year, since in (
        ("half", today.year, date(today.year, 7, 1)),
        ("year", today.year - 1, date(today.year, 1, 1)),
    ):
        if since <= today <= since + _LATE and FIRST_YEAR <= year <= LAST_YEAR:
            found.append((kind, year, since))
    return found
