"""The inbox: what citizens said, stored before the platform gets its 200, taken one conversation at a time and in order.

A conversation that a worker has is leased to it, again and again while it lives (`renew`): when its process is killed another one
goes on after LEASE_SECONDS. Finishing checks the lease inside its transaction: a worker that was
too slow, or was stopped and came back, finds the lease gone and leaves no trace, so a step is never done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.channels.contract import ContactShare, Inbound, Kind
from bot.clocks import ahead, come
from bot.delivery.holders import is_dead
from bot.delivery.inbox_statements import DONE, GIVE_UP, HELD, HOMES, LEASE, LET_GO, NEXT, RECENT, changing
from bot.delivery.tables import conversations, inbox, unread
from bot.errors import BotError
from knowledge.store import reading, writing

DIRECT = "web"
"""The channel whose conversations are answered in the request itself (`direct`), not by workers."""
LEASE_SECONDS = 20.0
OPEN_PATIENCE = 10.0  # seconds the web chat waits for another process that answers the same session
MOST_ATTEMPTS = 4
_LOOK_AGAIN = 0.05
_NOBODY = {"worker": "", "worker_until": 0.0}
_FARTHEST = 90.0  # no lease and no wait for another try is longer: what lies further ahead was written by a wrong clock
_BATCH = 200  # rows in one statement; SQLite allows few thousand values


class LeaseLost(BotError):
    """Raised when somebody else has the conversation by now: what was worked out is dropped."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a conversation when a worker takes it."""

    id: int
    channel: str
    key: str
    person: str
    name: str
    state: Mapping[str, Any]
    heard_at: float
    reachable: bool
    staff_until: float
    notified_until: float


@dataclass(frozen=True, slots=True)
class Taken:
    """One event to be handled, with its conversation, leased to `worker`."""

    conversation: Conversation
    inbox_id: int
    event: Inbound
    received_at: float
    attempts: int  # failed before
    recent: int  # events of this conversation in the minute before this one
    worker: str


class Inbox:
    """The inbox in SQL. Thread-safe; any number of processes may use one database."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock
        self._insert: Any = insert_postgresql if engine.dialect.name == "postgresql" else insert_sqlite

    def store(self, events: Sequence[Inbound]) -> list[bool]:
        """Stores `events` in one transaction; for each whether it is new. Repeats change nothing."""
        if not events:
            return []
        now = self._clock()
        first = {(e.channel, e.event_id): e for e in reversed(events)}
        with writing(self._engine, urgent=True) as connection:  # a platform waits for it
            homes = self._homes(connection, list(first.values()), now)
            rows = [_row(e, homes[e.channel, e.conversation], now) for e in first.values()]
            rows.sort(key=lambda row: (row["conversation_id"], row["order_key"]))
            statement = self._insert(inbox).on_conflict_do_nothing().returning(inbox.c.channel, inbox.c.event_id)
            made = {(row.channel, row.event_id) for row in connection.execute(statement, rows)}
            woken = sorted({homes[e.channel, e.conversation] for key, e in first.items() if key in made})
            for ids in _parts(woken):
                due = func.coalesce(conversations.c.inbox_due, now)
                connection.execute(update(conversations).where(conversations.c.id.in_(ids)).values(inbox_due=due))
        told: set[tuple[str, str]] = set()
        answer = []
        for e in events:
            key = (e.channel, e.event_id)
            answer.append(key in made and key not in told)
            told.add(key)
        return answer

    def keep_unread(self, channel: str, body_hash: str, body: str) -> None:
        """Keeps a body that nobody could read; repeats change nothing."""
        row = {"channel": channel, "body_hash": body_hash, "body": body, "received_at": self._clock()}
        with writing(self._engine) as connection:
            connection.execute(self._insert(unread).values(row).on_conflict_do_nothing())

    def take(self, worker: str, lease: float = LEASE_SECONDS) -> Taken | None:
        """The next event that nobody works on, its conversation leased to `worker`; None when nothing waits."""
        now = self._clock()
        waiting = (
            select(conversations.c.id)
            .where(come(conversations.c.inbox_due, now, _FARTHEST), come(conversations.c.worker_until, now, _FARTHEST))
            .where(conversations.c.channel != DIRECT)
            .order_by(conversations.c.inbox_due)
            .limit(1)
        )
        with reading(self._engine) as connection:  # most of the time nothing waits: no write lock for that
            if connection.execute(waiting).first() is None:
                return None
        with writing(self._engine) as connection:
            found = connection.execute(waiting.with_for_update(skip_locked=True)).scalar()
            if found is None:
                return None
            row = connection.execute(LEASE, {"home": found, "by": worker, "until": now + lease}).mappings().one()
            event = connection.execute(NEXT, {"home": found}).mappings().first()
            if event is None:
                _release(connection, found, None)
                return None
            minute = {"home": found, "before": event["id"], "around": event["received_at"]}
            recent = connection.execute(RECENT, minute).scalar_one()
        return Taken(_conversation(row), event["id"], _event(event["event"]), event["received_at"],
                     event["attempts"], recent, worker)  # fmt: skip

    def free_of_the_dead(self) -> int:
        """Gives back the conversations that wait and are held by processes of this machine that have died; how many of those there were.

        Nobody else need wait for the end of their leases. What they hold and nothing waits in, `open` frees.
        """
        now = self._clock()
        held = (conversations.c.inbox_due <= now) & (conversations.c.worker_until > now)
        with reading(self._engine) as connection:
            workers = connection.execute(select(conversations.c.worker).where(held).distinct()).scalars().all()
        dead = [worker for worker in workers if is_dead(_process(worker))]
        if dead:
            with writing(self._engine) as connection:
                connection.execute(update(conversations).where(conversations.c.worker.in_(dead)).values(_NOBODY))
        return len(dead)

    def renew(self, workers: Sequence[str], lease: float = LEASE_SECONDS) -> None:
        """These workers live and still work on what they have."""
        until = self._clock() + lease
        with writing(self._engine) as connection:
            connection.execute(
                update(conversations).where(conversations.c.worker.in_(list(workers))).values(worker_until=until)
            )

    def open(self, event: Inbound, *, worker: str, patience: float = OPEN_PATIENCE) -> Taken:
        """Stores one event and takes it at once, when the turn of another process over the same conversation has ended."""
        ends = time.monotonic() + patience
        while (taken := self._opened(event, worker, force=time.monotonic() >= ends)) is None:
            time.sleep(_LOOK_AGAIN)
        return taken

    def let_go(self, taken: Taken) -> None:
        """The turn failed and will not be tried again: the next one need not wait for the lease to end."""
        with writing(self._engine) as connection:
            connection.execute(
                update(conversations)
                .where(conversations.c.id == taken.conversation.id, conversations.c.worker == taken.worker)
                .values(_NOBODY)
            )

    def _opened(self, event: Inbound, worker: str, *, force: bool) -> Taken | None:
        now = self._clock()
        with writing(self._engine) as connection:
            home = self._homes(connection, [event], now)[event.channel, event.conversation]
            held = connection.execute(HELD, {"home": home}).one()
            if ahead(held.worker_until, now, _FARTHEST) and not force and not is_dead(_process(held.worker)):
                return None
            # An event before, whose process ended in the middle: its answer can reach nobody any more.
            connection.execute(GIVE_UP, {"home": home})
            inbox_id = connection.execute(self._insert(inbox).values(_row(event, home, now)).returning(inbox.c.id))
            lease = {"home": home, "by": worker, "until": now + LEASE_SECONDS}
            conversation = _conversation(connection.execute(LEASE, lease).mappings().one())
            number = inbox_id.scalar_one()
            recent = connection.execute(RECENT, {"home": home, "before": number, "around": now}).scalar_one()
        return Taken(conversation, number, event, now, 0, recent, worker)

    def finish(
        self, connection: Connection, taken: Taken, *, outcome: str, changes: Mapping[str, Any], topic: str = ""
    ) -> None:
        """Marks the event done and gives the conversation back, inside the caller's transaction.

        `changes` are columns of the conversation, `topic` is that of the card that answered. Raises LeaseLost.
        """
        # What the turn changed is written by the statement that asks for the lease: it locks the row until the transaction ends.
        held = {"home": taken.conversation.id, "by": taken.worker}
        _check(connection.execute(changing(frozenset(changes)), held | {f"new_{c}": v for c, v in changes.items()}))
        told = {"told": outcome[:60], "about": topic[:30], "at": self._clock()}
        done = connection.execute(DONE, {"number": taken.inbox_id, **told})
        if done.rowcount != 1:
            raise LeaseLost("Sự kiện đã được xử lý ở nơi khác.")
        following = connection.execute(NEXT, {"home": taken.conversation.id}).mappings().first()
        _release(connection, taken.conversation.id, following["received_at"] if following else None)

    def fail(self, taken: Taken, reason: str) -> bool:
        """Notes that handling failed; True when it will not be tried again. The next try waits longer each time."""
        now = self._clock()
        over = taken.attempts + 1 >= MOST_ATTEMPTS
        with writing(self._engine) as connection:
            try:
                _check_lease(connection, taken)
            except LeaseLost:
                return False
            values = {"attempts": taken.attempts + 1, "outcome": reason[:60]} | ({"state": "failed"} if over else {})
            connection.execute(update(inbox).where(inbox.c.id == taken.inbox_id).values(**values))
            following = connection.execute(NEXT, {"home": taken.conversation.id}).mappings().first()
            due = None if following is None else now if over else now + 2.0**taken.attempts
            _release(connection, taken.conversation.id, due)
        return over

    def waiting(self) -> int:
        """How many events nobody has handled yet."""
        with reading(self._engine) as connection:
            return connection.execute(
                select(func.count()).select_from(inbox).where(inbox.c.state == "new")
            ).scalar_one()

    def _homes(self, connection: Connection, events: Iterable[Inbound], now: float) -> dict[tuple[str, str], int]:
        """Ids of the conversations of `events`, made where they are new."""
        latest = {(e.channel, e.conversation): e for e in events}
        rows: list[dict[str, Any]] = [
            {"channel": e.channel, "key": e.conversation, "person": e.person, "name": e.name, "state": {},
             "created_at": now, "heard_at": now, "reachable": True, "staff_until": 0.0, "notified_until": 0.0,
             "worker": "", "worker_until": 0.0, "inbox_due": None, "outbox_due": None}
            for _, e in sorted(latest.items())
        ]  # fmt: skip
        found = self._known(connection, latest)
        if fresh := [row for row in rows if (row["channel"], row["key"]) not in found]:
            connection.execute(self._insert(conversations).on_conflict_do_nothing(), fresh)
            found = self._known(connection, latest)
        return found

    @staticmethod
    def _known(connection: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for channel in {c for c, _ in wanted}:
            for keys in _parts([k for c, k in wanted if c == channel]):
                rows = connection.execute(HOMES, {"of": channel, "keys": keys})
                found |= {(channel, row.key): row.id for row in rows}
        return found


def _check_lease(connection: Connection, taken: Taken) -> None:
    _check(connection.execute(changing(frozenset()), {"home": taken.conversation.id, "by": taken.worker}))


def _check(kept: CursorResult[Any]) -> None:
    if kept.rowcount != 1:
        raise LeaseLost("Cuộc trò chuyện đã được giao cho nơi khác.")


def _process(worker: str) -> str:
    return worker.partition("/")[0]


def _release(connection: Connection, conversation: int, due: float | None) -> None:
    connection.execute(LET_GO, {"home": conversation, "due": due})


def _row(event: Inbound, home: int, now: float) -> dict[str, Any]:
    return {
        "channel": event.channel, "event_id": event.event_id, "conversation_id": home, "order_key": float(event.order),
        "event": asdict(event), "received_at": now, "state": "new", "attempts": 0, "outcome": "", "done_at": None,
    }  # fmt: skip


def _event(stored: Mapping[str, Any]) -> Inbound:
    contact = stored.get("contact")
    made = Inbound(**{**stored, "kind": Kind(stored["kind"]), "contact": None})
    return replace(made, contact=ContactShare(**contact)) if contact else made


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(row["id"], row["channel"], row["key"], row["person"], row["name"], row["state"],
                        row["heard_at"], row["reachable"], row["staff_until"], row["notified_until"])  # fmt: skip


def _parts(items: Sequence[Any], size: int = _BATCH) -> Iterable[list[Any]]:
    return (list(items[i : i + size]) for i in range(0, len(items), size))


__all__ = ["Conversation", "Inbox", "LeaseLost", "Taken"]
