"""What is asked and how it is answered, over a period: counts of questions, never of persons. All of it grouped in SQL.

A question is a message whose answer has one of the statuses `ASKED`; greetings, forms and buttons are none. What people wrote goes with
time, its outcome stays, so old questions are still counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select

from bot.delivery.tables import inbox
from bot.outreach.tables import reviews
from bot.staff.figures import Period, whole
from knowledge.store import reading

ASKED = ("answered", "clarify", "unknown", "handoff", "declined")
_HOUR, _OURS = 3600, 7 * 3600  # our time zone has no summer time
_THURSDAY = 3  # on which 1970 began; Monday is 0
_UNANSWERED = ("unknown", "handoff", "declined")
_FINE = 100  # parts of a second in which waiting is counted


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a period."""

    by_outcome: Mapping[tuple[str, str], int]  # status and reason
    by_channel: Mapping[str, Mapping[str, int]]  # channel, then status
    hours: Sequence[Sequence[int]]  # weekday from Monday, then hour
    p50: float | None  # seconds from a question's arrival to its answer
    p95: float | None
    people: int  # conversations in which something was asked

    @property
    def total(self) -> int:
        """All questions."""
        return sum(self.by_outcome.values())

    @property
    def by_status(self) -> Mapping[str, int]:
        """Questions by what came of them, in the order of `ASKED`."""
        return {s: sum(n for (status, _), n in self.by_outcome.items() if status == s) for s in ASKED}


@dataclass(frozen=True, slots=True)
class OfTopic:
    """The questions of one topic: the code that cards have, empty where no card answered, None from before topics were kept."""

    topic: str | None
    answered: int = 0
    asked_back: int = 0
    unanswered: int = 0  # no rule found, handed to a person, or outside our subject

    @property
    def total(self) -> int:
        """All of them."""
        return self.answered + self.asked_back + self.unanswered


class Analytics:
    """Questions counted in SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def questions(self, period: Period) -> Questions:
        """The questions of a period. For who sees the whole province: it counts all of it."""
        asked = _asked(period)
        with reading(self._engine) as connection:
            by_outcome, by_channel = self._outcomes(connection, asked)
            waits, hours = self._waits(connection, asked), self._hours(connection, asked)
            people = self._people(connection, asked)
        return Questions(by_outcome, by_channel, hours, percentile(waits, 0.5), percentile(waits, 0.95), people)

    def statuses(self, period: Period) -> Mapping[str, int]:
        """Questions by what came of them."""
        with reading(self._engine) as connection:
            by_outcome, _ = self._outcomes(connection, _asked(period))
        return {s: sum(n for (status, _), n in by_outcome.items() if status == s) for s in ASKED}

    def topics(self, period: Period) -> list[OfTopic]:
        """Questions by topic, the most asked first; what has no topic comes last."""
        query = select(inbox.c.topic, inbox.c.outcome, func.count()).where(*_asked(period))
        found: dict[str | None, dict[str, int]] = {}
        with reading(self._engine) as connection:
            for topic, outcome, n in connection.execute(query.group_by(inbox.c.topic, inbox.c.outcome)):
                status = outcome.partition(":")[0]
                of = found.setdefault(topic, dict.fromkeys(ASKED, 0))
                of[status] += n
        made = [
            OfTopic(topic, of["answered"], of["clarify"], sum(of[s] for s in _UNANSWERED))
            for topic, of in found.items()
        ]
        return sorted(made, key=lambda row: (row.topic is None, not row.topic, -row.total, row.topic or ""))

    def people(self, period: Period) -> int:
        """Conversations in which something was asked."""
        with reading(self._engine) as connection:
            return self._people(connection, _asked(period))

    def gaps(self) -> int:
        """Questions without an answer that nobody has looked at yet."""
        query = select(func.count()).select_from(reviews).where(reviews.c.kind == "gap", reviews.c.state == "open")
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    @staticmethod
    def _outcomes(
        connection: Connection, asked: Sequence[ColumnElement[bool]]
    ) -> tuple[dict[tuple[str, str], int], dict[str, dict[str, int]]]:
        by_outcome: dict[tuple[str, str], int] = {}
        by_channel: dict[str, dict[str, int]] = {}
        query = select(inbox.c.outcome, inbox.c.channel, func.count()).where(*asked)
        for outcome, channel, n in connection.execute(query.group_by(inbox.c.outcome, inbox.c.channel)):
            status, _, reason = outcome.partition(":")
            by_outcome[status, reason] = by_outcome.get((status, reason), 0) + n
            by_channel.setdefault(channel, dict.fromkeys(ASKED, 0))[status] += n
        outcomes = sorted(by_outcome.items(), key=lambda item: (ASKED.index(item[0][0]), -item[1], item[0][1]))
        channels = sorted(by_channel.items(), key=lambda item: (-sum(item[1].values()), item[0]))
        return dict(outcomes), dict(channels)

    @staticmethod
    def _people(connection: Connection, asked: Sequence[ColumnElement[bool]]) -> int:
        return connection.execute(select(func.count(inbox.c.conversation_id.distinct())).where(*asked)).scalar_one()

    @staticmethod
    def _waits(connection: Connection, asked: Sequence[ColumnElement[bool]]) -> Mapping[float, int]:
        part = whole(connection, (inbox.c.done_at - inbox.c.received_at) * _FINE).label("part")
        query = select(part, func.count()).where(*asked, inbox.c.done_at >= inbox.c.received_at).group_by(part)
        return {row[0] / _FINE: row[1] for row in connection.execute(query)}

    @staticmethod
    def _hours(connection: Connection, asked: Sequence[ColumnElement[bool]]) -> list[list[int]]:
        hour = (whole(connection, (inbox.c.received_at + _OURS) / _HOUR) % (7 * 24)).label("hour")
        table = [[0] * 24 for _ in range(7)]
        for at, n in connection.execute(select(hour, func.count()).where(*asked).group_by(hour)):
            table[(at // 24 + _THURSDAY) % 7][at % 24] += n
        return table


def percentile(counts: Mapping[float, int], share: float) -> float | None:
    """The value that `share` of all counted ones do not exceed; None when nothing was counted."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * total:
            return value
    return None


def _asked(period: Period) -> list[ColumnElement[bool]]:
    one_of = or_(*(inbox.c.outcome.startswith(f"{status}:") for status in ASKED))
    return [inbox.c.received_at >= period.start, inbox.c.received_at < period.end, inbox.c.state == "done", one_of]
