"""Targets of communes by year, and how far they have come: people taking part when the year began, and those who joined since.

Who joined is known to us only as far as staff note it here; the number taking part at the beginning of a year comes with the target, from
the insurance agency's own books.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, update

from bot.errors import BotError
from bot.staff.access import Scope
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.figures import FIRST_YEAR, LAST_YEAR, Figures, Period, year_of
from bot.staff.tables import targets
from bot.staff.visit import NotThere
from knowledge.store import reading, writing

MOST_PEOPLE = 1_000_000
"""A commune with more people than this is a slip of the pen."""


class BadTarget(BotError):
    """Raised when a target cannot be what was typed; says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a commune is to reach by the end of a year, and what it had when the year began."""

    commune_code: str
    year: int
    goal: int
    base: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one commune, or all of them, have come. `goal` and `base` are None where no target was set."""

    commune_code: str
    goal: int | None
    base: int | None
    joined: int
    joined_before: int  # on the same days of the year before

    @property
    def reached(self) -> int | None:
        """People taking part now, as far as is known."""
        return None if self.base is None else self.base + self.joined

    @property
    def to_join(self) -> int | None:
        """How many people the year must bring."""
        return None if self.goal is None or self.base is None else self.goal - self.base

    @property
    def missing(self) -> int | None:
        """How many are still to join, not below zero."""
        return None if self.to_join is None else max(0, self.to_join - self.joined)

    @property
    def change(self) -> int:
        """More, or fewer, than on the same days of the year before."""
        return self.joined - self.joined_before


def checked(commune_code: str, year: int, goal: int, base: int) -> Target:
    """A target that can be. Raises BadTarget."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadTarget(f"Năm {year} ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}.", "Chỉ tiêu giao đến năm 2030.")
    for name, value in (("Chỉ tiêu", goal), ("Số đầu năm", base)):
        if not 0 <= value <= MOST_PEOPLE:
            raise BadTarget(f"{name} phải từ 0 đến {MOST_PEOPLE:,} người.".replace(",", "."))
    if goal < base:
        raise BadTarget(
            "Chỉ tiêu nhỏ hơn số đang tham gia đầu năm.", "Chỉ tiêu là tổng số người tham gia đến cuối năm."
        )
    return Target(commune_code, year, goal, base)


class Targets:
    """Targets in SQL."""

    def __init__(self, engine: Engine, audit: Audit, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._audit, self._clock = engine, audit, clock
        self._figures = Figures(engine)

    def of_year(self, scope: Scope, year: int) -> Mapping[str, Target]:
        """The targets of a year by commune."""
        return {t.commune_code: t for t in self._targets(scope) if t.year == year}

    def of_commune(self, scope: Scope, code: str) -> Mapping[int, Target]:
        """The targets of a commune by year."""
        return {t.year: t for t in self._targets(scope, code)}

    def totals(self, scope: Scope) -> Mapping[int, Target]:
        """The targets of all communes in scope together by year."""
        found: dict[int, Target] = {}
        for t in self._targets(scope):
            before = found.get(t.year, Target("", t.year, 0, 0))
            found[t.year] = Target("", t.year, before.goal + t.goal, before.base + t.base)
        return found

    def progress(self, scope: Scope, codes: Iterable[str], year: int, today: date) -> list[Progress]:
        """Each of these communes in a year as far as it has come, in their order; those outside the scope are left out.

        Who sees the whole province gets a row with the empty code for people in no known commune, when there are any.
        """
        return self.progress_in(scope, codes, year_of(year, today))

    def progress_in(self, scope: Scope, codes: Iterable[str], period: Period) -> list[Progress]:
        """The same for any period that begins with its year."""
        goals = self.of_year(scope, period.first.year)
        now = self._figures.by_commune(scope, period)
        before = self._figures.by_commune(scope, period.a_year_before())
        made = []
        known = [code for code in codes if scope.holds(code)]
        for code in known:
            goal = goals.get(code)
            made.append(
                Progress(
                    code, goal.goal if goal else None, goal.base if goal else None,
                    now[code].joined if code in now else 0, before[code].joined if code in before else 0,
                )
            )  # fmt: skip
        elsewhere, once = (sum(t.joined for code, t in part.items() if code not in known) for part in (now, before))
        if scope.whole and (elsewhere or once):
            made.append(Progress("", None, None, elsewhere, once))
        return made

    def put(self, person: Person, wanted: Sequence[Target]) -> tuple[int, int]:
        """Sets all of these targets or none; how many are new and how many were changed. Raises NotThere."""
        added = changed = 0
        with writing(self._engine) as connection:
            for target in wanted:
                _in_scope(person.scope, target.commune_code)
                before = _one(connection, target.commune_code, target.year)
                if before == target:
                    continue
                values = {
                    "goal": target.goal,
                    "base": target.base,
                    "updated_at": self._clock(),
                    "updated_by": person.login,
                }
                if before is None:
                    added += 1
                    where = {"commune_code": target.commune_code, "year": target.year}
                    connection.execute(insert(targets).values(**where, **values))
                else:
                    changed += 1
                    connection.execute(update(targets).where(*_key(target.commune_code, target.year)).values(**values))
                if len(wanted) == 1:
                    self._note(connection, person, "target.put", f"target:{target.commune_code}-{target.year}")
            if len(wanted) > 1 and added + changed:
                self._note(connection, person, "target.import", "target:*", added=added, changed=changed)
        return added, changed

    def remove(self, person: Person, code: str, year: int) -> None:
        """Takes a target away. Raises NotThere."""
        with writing(self._engine) as connection:
            _in_scope(person.scope, code)
            if not connection.execute(delete(targets).where(*_key(code, year))).rowcount:
                raise NotThere("Chưa có chỉ tiêu của năm này.")
            self._note(connection, person, "target.remove", f"target:{code}-{year}")

    def _targets(self, scope: Scope, code: str = "") -> list[Target]:
        query = select(targets.c.commune_code, targets.c.year, targets.c.goal, targets.c.base)
        if scope.codes is not None:
            query = query.where(targets.c.commune_code.in_(sorted(scope.codes)))
        if code:
            query = query.where(targets.c.commune_code == code)
        with reading(self._engine) as connection:
            return [Target(*row) for row in connection.execute(query.order_by(targets.c.year))]

    def _note(self, connection: Connection, person: Person, action: str, subject: str, **data: int) -> None:
        self._audit.note(connection, action, subject, by=person.login, staff_id=person.id, **data)


def together(rows: Sequence[Progress]) -> Progress:
    """All rows as one; a commune without a target adds the people who joined, and neither goal nor base."""
    with_goal = [row for row in rows if row.goal is not None]
    return Progress(
        "", sum(row.goal or 0 for row in with_goal) if with_goal else None,
        sum(row.base or 0 for row in with_goal) if with_goal else None,
        sum(row.joined for row in rows), sum(row.joined_before for row in rows),
    )  # fmt: skip


def _in_scope(scope: Scope, code: str) -> None:
    if not scope.holds(code):
        raise NotThere("Không có xã, phường này, hoặc không thuộc phạm vi của anh/chị.")


def _key(code: str, year: int) -> tuple[ColumnElement[bool], ...]:
    return targets.c.commune_code == code, targets.c.year == year


def _one(connection: Connection, code: str, year: int) -> Target | None:
    query = select(targets.c.commune_code, targets.c.year, targets.c.goal, targets.c.base).where(*_key(code, year))
    row = connection.execute(query).first()
    return None if row is None else Target(*row)
