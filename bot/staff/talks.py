"""What staff read of conversations: who waits for a person, one conversation with its messages, what could not be delivered.

A conversation has no commune of its own: an officer of a commune sees it when a lead of their communes came out of it. Who sees the
whole province also sees those in which nobody left a number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, ColumnElement, Engine, RowMapping, and_, func, or_, select

from bot.channels.contract import PATHS
from bot.delivery.tables import conversations, inbox, outbox
from bot.delivery.windows import Purpose
from bot.outreach.tables import handoffs, leads
from bot.outreach.transcripts import Line, lines_of
from bot.staff.access import Scope
from bot.staff.tables import staff
from bot.staff.visit import NotThere
from knowledge.store import reading

PAGE = 50
MOST_LINES = 200
STATES = ("waiting", "taken", "closed")
UNDELIVERED = or_(
    outbox.c.state.in_(("dead", "maybe")), and_(outbox.c.state == "cancelled", outbox.c.kind == Purpose.STAFF.value)
)
"""Messages of which somebody must decide what becomes of them; an answer that was cancelled was cancelled on purpose."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list."""

    rows: Sequence[Mapping[str, object]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation as staff see it. `number` is that of its hand-over, None when there is none."""

    number: int | None
    conversation_id: int
    channel: str
    heard_at: float
    reachable: bool
    staff_until: float
    people: Sequence[RowMapping]  # leads of it that this person sees, the newest first
    reason: str = ""
    state: str = ""
    asked_at: float | None = None
    taken_at: float | None = None
    closed_at: float | None = None
    taken_by: str = ""  # login
    holder: str = ""  # who that is
    lines: Sequence[Line] = field(default_factory=tuple)
    seen_at: float | None = None  # of the web chat: when its page was last known to be open

    @property
    def withdrawn(self) -> bool:
        """Whether the person has left a number and does not want to be contacted any more."""
        return bool(self.people) and all(lead["status"] == "withdrawn" for lead in self.people)


class Talks:
    """Conversations in SQL, for reading."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def find(self, scope: Scope, state: str, page: int) -> Page:
        """A page of the hand-overs in `state`: who waits longest comes first, of the others the newest."""
        wanted = [handoffs.c.state == state, *_seen(scope, handoffs.c.conversation_id)]
        order = {
            "waiting": (handoffs.c.asked_at, handoffs.c.id),
            "taken": (handoffs.c.taken_at.desc(), handoffs.c.id.desc()),
        }.get(state, (handoffs.c.asked_at.desc(), handoffs.c.id.desc()))
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(handoffs).where(*wanted)).scalar_one()
            at = _page(page, total)
            rows = connection.execute(
                select(handoffs, conversations.c.channel, conversations.c.staff_until, staff.c.name.label("holder"))
                .join_from(handoffs, conversations)
                .join(staff, staff.c.login == handoffs.c.taken_by, isouter=True)
                .where(*wanted).order_by(*order).limit(PAGE).offset((at - 1) * PAGE)
            ).mappings().all()  # fmt: skip
        people = self._people(scope, [row["conversation_id"] for row in rows])
        shown = [dict(row) | {"lead": next(iter(people.get(row["conversation_id"], ())), None)} for row in rows]
        return Page(shown, total, at)

    def counts(self, scope: Scope) -> dict[str, int]:
        """How many hand-overs each state has, and how many messages could not be delivered (`undelivered`)."""
        query = select(handoffs.c.state, func.count().label("n")).where(*_seen(scope, handoffs.c.conversation_id))
        with reading(self._engine) as connection:
            found = {row.state: row.n for row in connection.execute(query.group_by(handoffs.c.state))}
            failed = connection.execute(
                select(func.count()).select_from(outbox).where(*_undelivered(scope))
            ).scalar_one()  # fmt: skip
        return {state: found.get(state, 0) for state in STATES} | {"undelivered": failed}

    def newest(self, scope: Scope) -> int:
        """The number of the newest hand-over in which somebody waits, 0 when there is none."""
        query = select(func.max(handoffs.c.id)).where(
            handoffs.c.state == "waiting", *_seen(scope, handoffs.c.conversation_id)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar() or 0

    def undelivered(self, scope: Scope, page: int) -> Page:
        """A page of the messages that could not be delivered, the newest first."""
        wanted = _undelivered(scope)
        with reading(self._engine) as connection:
            total = connection.execute(select(func.count()).select_from(outbox).where(*wanted)).scalar_one()
            at = _page(page, total)
            rows = connection.execute(
                select(outbox.c.id, outbox.c.conversation_id, outbox.c.channel, outbox.c.piece, outbox.c.state,
                       outbox.c.problem, outbox.c.kind, outbox.c.created_at, conversations.c.person)
                .join_from(outbox, conversations)
                .where(*wanted).order_by(outbox.c.id.desc()).limit(PAGE).offset((at - 1) * PAGE)
            ).mappings().all()  # fmt: skip
            homes = {row["conversation_id"] for row in rows}
            numbers = {
                row.conversation_id: row.number
                for row in connection.execute(
                    select(handoffs.c.conversation_id, func.max(handoffs.c.id).label("number"))
                    .where(handoffs.c.conversation_id.in_(homes))
                    .group_by(handoffs.c.conversation_id)
                )
            }
        people = self._people(scope, sorted(homes))
        shown = [
            dict(row) | {"lead": next(iter(people.get(row["conversation_id"], ())), None),
                         "number": numbers.get(row["conversation_id"]), "text": row["piece"]["text"]}
            for row in rows
        ]  # fmt: skip
        return Page(shown, total, at)

    def one(self, scope: Scope, number: int) -> Talk:
        """The conversation of a hand-over with its messages. Raises NotThere, also for one outside the scope."""
        query = (
            select(handoffs, conversations.c.channel, conversations.c.heard_at, conversations.c.reachable,
                   conversations.c.staff_until, conversations.c.seen_at, staff.c.name.label("holder"))
            .join_from(handoffs, conversations)
            .join(staff, staff.c.login == handoffs.c.taken_by, isouter=True)
            .where(handoffs.c.id == number, *_seen(scope, handoffs.c.conversation_id))
        )  # fmt: skip
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                raise NotThere("Không có cuộc trò chuyện này, hoặc không thuộc xã, phường anh/chị phụ trách.")
            lines = lines_of(connection, row["conversation_id"], MOST_LINES)
        home = row["conversation_id"]
        return Talk(
            number, home, row["channel"], row["heard_at"], row["reachable"], row["staff_until"],
            self._people(scope, [home]).get(home, ()), row["reason"], row["state"], row["asked_at"], row["taken_at"],
            row["closed_at"], row["taken_by"], row["holder"] or row["taken_by"], lines, row["seen_at"],
        )  # fmt: skip

    def of_conversation(self, scope: Scope, conversation_id: int) -> Talk:
        """A conversation by itself, for somebody who sees a lead of it. Raises NotThere, also for one outside the scope."""
        wanted = [conversations.c.id == conversation_id, *_seen(scope, conversations.c.id)]
        with reading(self._engine) as connection:
            row = connection.execute(select(conversations).where(*wanted)).mappings().first()
            if row is None:
                raise NotThere("Cuộc trò chuyện này không còn.")
            lines = lines_of(connection, conversation_id, MOST_LINES)
        people = self._people(scope, [conversation_id]).get(conversation_id, ())
        return Talk(
            None, conversation_id, row["channel"], row["heard_at"], row["reachable"], row["staff_until"], people,
            lines=lines, seen_at=row["seen_at"],
        )  # fmt: skip

    def heard(self, conversation_id: int) -> int:
        """The newest message of the person, by its number. The caller has seen to it that the conversation is in scope."""
        query = select(func.max(inbox.c.id)).where(inbox.c.conversation_id == conversation_id)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar() or 0

    def conversation_of(self, scope: Scope, number: int) -> int:
        """The conversation of a hand-over in scope. Raises NotThere."""
        query = select(handoffs.c.conversation_id).where(
            handoffs.c.id == number, *_seen(scope, handoffs.c.conversation_id)
        )
        with reading(self._engine) as connection:
            found: int | None = connection.execute(query).scalar()
        if found is None:
            raise NotThere("Không có cuộc trò chuyện này, hoặc không thuộc xã, phường anh/chị phụ trách.")
        return found

    def message(self, scope: Scope, message_id: int) -> RowMapping:
        """A message that could not be delivered, with its conversation. Raises NotThere, also for one outside the scope."""
        query = (
            select(outbox.c.id, outbox.c.channel, outbox.c.kind, outbox.c.conversation_id, conversations.c.heard_at,
                   conversations.c.reachable, conversations.c.staff_until)
            .join_from(outbox, conversations)
            .where(outbox.c.id == message_id, UNDELIVERED, *_seen(scope, outbox.c.conversation_id))
        )  # fmt: skip
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotThere("Không có tin nào như vậy chưa gửi được, hoặc không thuộc xã, phường anh/chị phụ trách.")
        return row

    def _people(self, scope: Scope, homes: Sequence[int]) -> dict[int, list[RowMapping]]:
        """The leads in scope of these conversations, the newest first."""
        found: dict[int, list[RowMapping]] = {}
        if not homes:
            return found
        columns = (leads.c.id, leads.c.conversation_id, leads.c.name, leads.c.phone, leads.c.commune, leads.c.status)
        query = select(*columns).where(leads.c.conversation_id.in_(set(homes)), *_of(scope)).order_by(leads.c.id.desc())
        with reading(self._engine) as connection:
            for row in connection.execute(query).mappings():
                found.setdefault(row["conversation_id"], []).append(row)
        return found


def _of(scope: Scope) -> list[ColumnElement[bool]]:
    if scope.codes is None:
        return []
    return [leads.c.commune_code.in_(sorted(scope.codes)), leads.c.commune_code != ""]


def _seen(scope: Scope, home: Column[int]) -> list[ColumnElement[bool]]:
    """That a lead in scope came out of the conversation."""
    if scope.codes is None:
        return []
    return [select(leads.c.id).where(leads.c.conversation_id == home, *_of(scope)).exists()]


def _undelivered(scope: Scope) -> list[ColumnElement[bool]]:
    # By channel, since that is how the outbox is indexed.
    by_index = (outbox.c.channel.in_(sorted(PATHS)), outbox.c.state.in_(("dead", "maybe", "cancelled")))
    return [*by_index, UNDELIVERED, *_seen(scope, outbox.c.conversation_id)]


def _page(page: int, total: int) -> int:
    return min(max(1, page), max(1, -(-total // PAGE)))
