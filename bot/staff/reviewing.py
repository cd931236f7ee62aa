"""Answers that somebody called wrong and questions without an answer, as staff read and close them. No person is named: all is masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, case, func, select

from bot.outreach.gaps import Review, Reviews, settle
from bot.outreach.tables import reviews
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.masking import masked
from bot.staff.taken_apart import Outcome, outcome_of
from knowledge.store import reading, writing

PAGE = 20
MOST_GAPS = 10_000  # open questions that are looked at, the newest


@dataclass(frozen=True, slots=True)
class Shown:
    """One review. `question` and `answer` are masked."""

    id: int
    kind: str
    question: str
    answer: str
    outcome: Outcome
    trace: Sequence[Mapping[str, Any]]
    at: float


class Reviewing:
    """Reviews in SQL."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine, self._audit = engine, audit
        self._reviews = Reviews(engine)

    def counts(self) -> dict[str, int]:
        """How many are open of each kind, and how many are done."""

        def number(*wanted: Any) -> Any:
            return func.coalesce(func.sum(case((wanted[0], 1), else_=0)), 0)

        is_open = reviews.c.state == "open"
        query = select(
            number(is_open & (reviews.c.kind == "wrong")).label("wrong"),
            number(is_open & (reviews.c.kind == "gap")).label("gap"),
            number(reviews.c.state == "done").label("done"),
        )
        with reading(self._engine) as connection:
            return dict(connection.execute(query).mappings().one())

    def page(self, which: str, page: int) -> tuple[list[Shown], int]:
        """Open reviews called `wrong`, or those that are `done`: a page, the newest first, and its number."""
        wanted = [reviews.c.state == "done"] if which == "done" else [
            reviews.c.state == "open", reviews.c.kind == "wrong"
        ]  # fmt: skip
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(reviews).where(*wanted)).scalar_one()
            at = min(max(1, page), pages_of(total))
            rows = connection.execute(
                select(reviews).where(*wanted).order_by(reviews.c.id.desc()).limit(PAGE).offset((at - 1) * PAGE)
            ).mappings()
            return [
                Shown(r["id"], r["kind"], masked(r["question"]), masked(r["answer"]), outcome_of(r["reason"]),
                      r["trace"] or (), r["at"])
                for r in rows
            ], at  # fmt: skip

    def open_gaps(self) -> list[Review]:
        """Open questions without an answer, as they were asked."""
        return self._reviews.open("gap", newest=MOST_GAPS)

    def close(self, person: Person, ids: Sequence[int]) -> int:
        """Closes these; how many were open."""
        return self._settle(person, ids, "done", "review.close")

    def reopen(self, person: Person, ids: Sequence[int]) -> int:
        """Opens these again; how many were closed."""
        return self._settle(person, ids, "open", "review.reopen")

    def _settle(self, person: Person, ids: Sequence[int], state: str, action: str) -> int:
        with writing(self._engine) as connection:
            count = settle(connection, ids, state)
            if count:
                self._audit.note(
                    connection, action, f"review:{min(ids)}", by=person.login, staff_id=person.id, count=count
                )
        return count


def pages_of(total: int) -> int:
    """How many pages there are, at least one."""
    return max(1, -(-total // PAGE))
