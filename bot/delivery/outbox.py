"""The outbox: what is to be said, stored with the step that said it, sent in order, never forgotten.

A message is marked `sending` before the platform is asked. When no answer comes, or the process ends before it, nobody knows
whether the message arrived. It is repeated once, and again only when that repeat has no answer either, each time much later: a
platform that takes messages and loses answers for a while shows a person the message twice, not many times; a person whose
message was lost still gets it. After MOST_UNCLEAR such tries it is left to staff (`maybe`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, insert, literal, select, update

from bot.channels.contract import Ask, Piece, Sent
from bot.delivery.tables import conversations, outbox
from bot.delivery.windows import Purpose
from bot.messages import Button
from knowledge.store import reading, writing

MOST_ATTEMPTS = 8
MOST_UNCLEAR = 4
UNCLEAR_WAITS = (10.0, 30.0, 60.0)  # seconds before each repeat
_OPEN = ("waiting", "sending")
_SKEW = 5.0  # by which clocks of machines differ without anything being wrong


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent now, with what decides whether it may be."""

    id: int
    channel: str
    conversation_id: int
    conversation: str  # the platform's id of the chat
    piece: Piece
    purpose: Purpose
    attempts: int
    unclear: int
    created_at: float
    heard_at: float
    reachable: bool
    staff_until: float


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as staff see it."""

    id: int
    channel: str
    conversation: str
    text: str
    state: str
    attempts: int
    problem: str
    created_at: float


class Outbox:
    """The outbox in SQL. Thread-safe; one process at a time sends for a channel (`leases`)."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def add(
        self,
        connection: Connection,
        conversation_id: int,
        channel: str,
        pieces: Sequence[Piece],
        purpose: Purpose,
        *,
        inbox_id: int | None = None,
        not_before: float = 0.0,
        sent: bool = False,
    ) -> list[int]:
        """Queues `pieces` behind what already waits for the conversation, inside the caller's transaction; their numbers.

        `sent`: they are with the person already, and are only written down.
        """
        if not pieces:
            return []
        now = self._clock()
        due = max(now, not_before)
        rows = [
            {"channel": channel, "conversation_id": conversation_id, "inbox_id": inbox_id, "piece": asdict(piece),
             "kind": purpose.value, "created_at": now, "due_at": due, "state": "sent" if sent else "waiting",
             "attempts": int(sent), "unclear": 0, "message_id": "", "problem": "", "sent_at": now if sent else None}
            for piece in pieces
        ]  # fmt: skip
        numbered = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
        numbers = list(connection.execute(numbered, rows).scalars())
        if not sent:
            _set_due(connection, conversation_id)
        return numbers

    def take(self, channel: str, limit: int, busy: Sequence[int] = ()) -> list[Outgoing]:
        """The oldest due message of up to `limit` conversations that are not `busy`, marked `sending`."""
        now = self._clock()
        due = (
            select(conversations.c.id)
            .where(conversations.c.channel == channel, conversations.c.outbox_due <= now)
            .order_by(conversations.c.outbox_due)
            .limit(limit + len(busy))
        )
        with reading(self._engine) as connection:
            found = [i for i in connection.execute(due).scalars() if i not in set(busy)][:limit]
        if not found:
            return []
        heads = (
            select(func.min(outbox.c.id))
            .where(outbox.c.conversation_id.in_(found), outbox.c.state.in_(_OPEN))
            .group_by(outbox.c.conversation_id)
        )
        with writing(self._engine) as connection:
            ids = connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(heads), outbox.c.state == "waiting", outbox.c.due_at <= now)
                .values(state="sending")
                .returning(outbox.c.id)
            ).scalars()
            rows = connection.execute(_WITH_HOME.where(outbox.c.id.in_(list(ids))).order_by(outbox.c.id)).mappings()
            return [_outgoing(row) for row in rows]

    def sent(self, message: Outgoing, sent: Sent, *, next_after: float = 0.0) -> None:
        """The platform has taken it. The conversation's next message goes out `next_after` seconds from now at the earliest."""
        note = "; ".join(n for n in (sent.note, "có thể đã gửi hơn một lần" if message.unclear else "") if n)
        values = {
            "state": "sent", "message_id": sent.message_id, "sent_at": self._clock(), "problem": note,
            "attempts": message.attempts + 1,
        }  # fmt: skip
        self._settle(message, values, self._clock() + next_after)

    def later(self, message: Outgoing, problem: str, after: float) -> bool:
        """Try again in `after` seconds; True when it was tried too often and is left to staff."""
        attempts = message.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            self.give_up(message, problem, attempts=attempts)
            return True
        due = self._clock() + after
        self._settle(message, {"state": "waiting", "attempts": attempts, "due_at": due, "problem": problem}, due)
        return False

    def unclear(self, message: Outgoing, problem: str) -> bool:
        """Nobody knows whether it arrived: repeated later, or left to staff as `maybe`; True in the second case."""
        now = self._clock()
        after = UNCLEAR_WAITS[min(message.unclear, len(UNCLEAR_WAITS) - 1)]
        values: dict[str, Any] = {
            "attempts": message.attempts + 1, "unclear": message.unclear + 1, "problem": problem, "due_at": now + after
        }  # fmt: skip
        over = message.unclear + 1 >= MOST_UNCLEAR or message.attempts + 1 >= MOST_ATTEMPTS
        self._settle(message, values | {"state": "maybe" if over else "waiting"}, now if over else now + after)
        return over

    def put_back(self, message: Outgoing, after: float) -> None:
        """Not tried after all (all sending waits): as it was, due in `after` seconds."""
        due = self._clock() + after
        self._settle(message, {"state": "waiting", "due_at": due}, due)

    def give_up(self, message: Outgoing, problem: str, *, attempts: int | None = None, state: str = "dead") -> None:
        """Left to staff (`dead`), or not to be sent any more (`cancelled`)."""
        tried = message.attempts + 1 if attempts is None else attempts
        self._settle(message, {"state": state, "attempts": tried, "problem": problem}, self._clock())

    def unreachable(self, message: Outgoing, problem: str) -> None:
        """The person cannot be written to: everything that waits for them is cancelled until they write again."""
        with writing(self._engine) as connection:
            mine = and_(outbox.c.conversation_id == message.conversation_id, outbox.c.state.in_(_OPEN))
            connection.execute(update(outbox).where(mine).values(state="cancelled", problem=problem))
            connection.execute(
                update(conversations)
                .where(conversations.c.id == message.conversation_id)
                .values(reachable=False, outbox_due=None)
            )

    def recover(self, channel: str) -> int:
        """Messages left `sending` by a process that is gone: counted as unclear. How many there were.

        Called by the process that has just got the right to send for `channel`.
        """
        with reading(self._engine) as connection:
            left = connection.execute(
                _WITH_HOME.where(outbox.c.channel == channel, outbox.c.state == "sending")
            ).mappings()
            messages = [_outgoing(row) for row in left]
        for message in messages:
            self.unclear(message, "tiến trình dừng giữa lúc gửi")
        return len(messages)

    def clock_was_put_back(self, channel: str, by: float = 0.0) -> None:
        """What waits for an instant that a wrong clock wrote waits no longer for it.

        `by` seconds when the caller has seen the clock jump: every wait is shortened by as much. 0 when nobody has, as at a start
        or where another machine's clock is wrong: what claims to have been queued in the future is due now.
        """
        now = self._clock()
        late = [outbox.c.channel == channel, outbox.c.state == "waiting", outbox.c.due_at > now]
        if by:
            due = outbox.c.due_at - by
            held = select(conversations.c.id).where(
                conversations.c.channel == channel, conversations.c.outbox_due > now
            )
        else:
            due = literal(now)
            late.append(outbox.c.created_at > now + _SKEW)
            held = select(outbox.c.conversation_id).where(*late).distinct()
        with reading(self._engine) as connection:
            homes = list(connection.execute(held).scalars())
        if not homes:
            return
        with writing(self._engine) as connection:
            connection.execute(update(outbox).where(*late).values(due_at=due))
            for home in sorted(homes):
                _set_due(connection, home)

    def with_staff(self, message: Outgoing) -> bool:
        """Whether an officer has the conversation by now, so that an answer of the bot is not to be sent."""
        query = select(conversations.c.staff_until).where(conversations.c.id == message.conversation_id)
        with reading(self._engine) as connection:
            until = connection.execute(query).scalar_one()
        return message.purpose is Purpose.ANSWER and until > self._clock()

    def ours(self, channel: str, message_id: str) -> bool:
        """Whether a message of the platform is one that we sent: platforms echo them."""
        with reading(self._engine) as connection:
            query = select(outbox.c.id).where(outbox.c.channel == channel, outbox.c.message_id == message_id).limit(1)
            return bool(message_id) and connection.execute(query).first() is not None

    def letters(self, *, states: Sequence[str] = ("dead", "maybe"), limit: int = 200) -> list[Letter]:
        """Messages that need a person, newest first."""
        query = _WITH_HOME.where(outbox.c.state.in_(states)).order_by(outbox.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [
                Letter(row["id"], row["channel"], row["key"], row["piece"]["text"], row["state"], row["attempts"],
                       row["problem"], row["created_at"])
                for row in connection.execute(query).mappings()
            ]  # fmt: skip

    def resend(self, ids: Sequence[int], also: Callable[[Connection], None] = lambda connection: None) -> int:
        """Gives dead letters a new round of tries; how many there were. `also` is written in the same transaction when there were any."""
        with writing(self._engine) as connection:
            again = connection.execute(
                update(outbox)
                .where(outbox.c.id.in_(list(ids)), outbox.c.state.in_(("dead", "maybe", "cancelled")))
                .values(state="waiting", attempts=0, unclear=0, due_at=self._clock(), problem="")
                .returning(outbox.c.conversation_id)
            ).scalars()
            homes = list(again)
            for home in sorted(set(homes)):
                _set_due(connection, home)
            if homes:
                also(connection)
        return len(homes)

    def count(self, state: str, channel: str = "") -> int:
        """How many messages are in `state`."""
        query = select(func.count()).select_from(outbox).where(outbox.c.state == state)
        with reading(self._engine) as connection:
            return connection.execute(query.where(outbox.c.channel == channel) if channel else query).scalar_one()

    def _settle(self, message: Outgoing, values: Mapping[str, Any], next_due: float) -> None:
        with writing(self._engine) as connection:
            done = connection.execute(
                update(outbox).where(outbox.c.id == message.id, outbox.c.state == "sending").values(**values)
            )
            if done.rowcount:
                _set_due(connection, message.conversation_id, at_least=next_due)


def cancel(connection: Connection, conversation_id: int, purpose: Purpose, problem: str) -> int:
    """Takes back what waits for a conversation for this purpose, inside the caller's transaction; how much there was."""
    mine = (outbox.c.conversation_id == conversation_id, outbox.c.kind == purpose.value, outbox.c.state == "waiting")
    gone = connection.execute(update(outbox).where(*mine).values(state="cancelled", problem=problem)).rowcount
    if gone:
        _set_due(connection, conversation_id)
    return gone


def cancel_these(connection: Connection, ids: Sequence[int], problem: str) -> int:
    """Takes those of `ids` back that still wait, inside the caller's transaction; how many there were."""
    homes = list(
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(list(ids)), outbox.c.state == "waiting")
            .values(state="cancelled", problem=problem)
            .returning(outbox.c.conversation_id)
        ).scalars()
    )
    for home in sorted(set(homes)):
        _set_due(connection, home)
    return len(homes)


_WITH_HOME = select(
    outbox,
    conversations.c.key,
    conversations.c.heard_at,
    conversations.c.reachable,
    conversations.c.staff_until,
).join_from(outbox, conversations)


def _set_due(connection: Connection, conversation_id: int, at_least: float = 0.0) -> None:
    """The conversation is due when its oldest open message is; not at all when none is open."""
    # Lock first: another transaction may be adding a message to this conversation right now.
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(outbox_due=conversations.c.outbox_due)
    )
    head = connection.execute(
        select(outbox.c.due_at)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.state.in_(_OPEN))
        .order_by(outbox.c.id)
        .limit(1)
    ).scalar()
    due = None if head is None else max(head, at_least)
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(outbox_due=due))


def _outgoing(row: Any) -> Outgoing:
    stored = row["piece"]
    piece = Piece(
        stored["text"],
        tuple(Button(**b) for b in stored["buttons"]),
        Ask(stored["ask"]),
        stored["picture"],
        tuple((a, b) for a, b in stored["strong"]),
    )
    return Outgoing(row["id"], row["channel"], row["conversation_id"], row["key"], piece, Purpose(row["kind"]),
                    row["attempts"], row["unclear"], row["created_at"], row["heard_at"], row["reachable"],
                    row["staff_until"])  # fmt: skip
