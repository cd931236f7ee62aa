"""Reminders that people asked for: stored under their own consent, queued once when due, ended in one word.

The state of a reminder and its message in the outbox change in one transaction: a process that ends between the two leaves neither.
Several processes may look at once; only the one whose update finds the row as it was read queues it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from bot.channels.contract import Capabilities, Piece
from bot.delivery.outbox import Outbox, cancel
from bot.delivery.tables import channel_states, conversations
from bot.delivery.windows import Purpose, may_send
from bot.dialogue.texts import say
from bot.outreach.consent import Purpose as Consented
from bot.outreach.effects import Remind
from bot.outreach.schedule import DEADLINE, civil_day, day_of, deadline_of, in_words, next_deadline, told_day
from bot.outreach.tables import consents, reminders
from knowledge.store import reading, writing

_AT_ONCE = 50
_LATE = 86_400.0 * 3
"""A reminder that could not go out for so long is too late to be of use."""


def store(connection: Connection, conversation_id: int, consent_id: int, wanted: Remind) -> None:
    """Keeps a reminder instead of an earlier one of the same topic."""
    stop(connection, conversation_id, topic=wanted.topic)
    connection.execute(
        insert(reminders).values(
            conversation_id=conversation_id, consent_id=consent_id, topic=wanted.topic, due_at=wanted.due_at,
            every_months=wanted.every_months, state="waiting",
        )
    )  # fmt: skip


def hold(connection: Connection, conversation_id: int) -> None:
    """Takes the conversation's row: whoever is about to queue something for it waits until the caller's transaction has ended."""
    connection.execute(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())


def stop(connection: Connection, conversation_id: int, *, topic: str = "") -> int:
    """Ends the reminders of a conversation, one that waits to be sent included; how many there were.

    Called before consents end: from here until the transaction ends nobody queues for the conversation, so nothing slips in between.
    """
    if not topic:
        hold(connection, conversation_id)
        cancel(connection, conversation_id, Purpose.PUSH, "người dân đã ngừng nhận lời nhắc")
    mine = (reminders.c.conversation_id == conversation_id, reminders.c.state == "waiting")
    which = (*mine, reminders.c.topic == topic) if topic else mine
    return connection.execute(update(reminders).where(*which).values(state="stopped")).rowcount


def waiting(connection: Connection, conversation_id: int) -> tuple[str, ...]:
    """The reminders that a person waits for, in words."""
    rows = connection.execute(
        select(reminders.c.topic, reminders.c.due_at, reminders.c.every_months)
        .where(reminders.c.conversation_id == conversation_id, reminders.c.state == "waiting")
        .order_by(reminders.c.due_at)
    )
    return tuple(in_words(row.topic, row.due_at, row.every_months) for row in rows)


class Reminding:
    """Queues what is due. `channels` tells what each platform can; `queued` is told of the channels that have something to send."""

    def __init__(
        self,
        engine: Engine,
        outbox: Outbox,
        can: Callable[[], Mapping[str, Capabilities]],
        queued: Callable[[str], None] = lambda channel: None,
    ) -> None:
        self._engine, self._outbox, self._can, self._queued = engine, outbox, can, queued

    def round(self, now: float) -> int:
        """Queues the reminders that are due at `now` (seconds since 1970) and may be sent; how many."""
        can = self._can()
        query = (
            select(reminders, conversations.c.channel, conversations.c.heard_at, conversations.c.reachable,
                   conversations.c.staff_until, consents.c.withdrawn_at, consents.c.purpose, channel_states.c.off_since)
            .join_from(reminders, conversations)
            .join(consents, consents.c.id == reminders.c.consent_id)
            .join(channel_states, channel_states.c.channel == conversations.c.channel, isouter=True)
            .where(reminders.c.state == "waiting", reminders.c.due_at <= now, conversations.c.channel.in_(list(can)))
            .order_by(reminders.c.due_at, reminders.c.id)
            .limit(_AT_ONCE)
        )  # fmt: skip
        with reading(self._engine) as connection:
            due = list(connection.execute(query).mappings())
        count = 0
        for row in due:
            if self._one(row, now, can[row["channel"]]):
                count += 1
                self._queued(row["channel"])
        return count

    def _one(self, row: RowMapping, now: float, can: Capabilities) -> bool:
        if row["withdrawn_at"] is not None or row["purpose"] != Consented.NEWS.value or not row["reachable"]:
            self._leave(row, now, ends=True)
            return False
        decision = may_send(Purpose.PUSH, now, row["heard_at"], can)
        wait = decision.wait is None or decision.wait > 0 or row["staff_until"] > now or row["off_since"] is not None
        if wait and now - row["due_at"] < _LATE:
            return False  # in the night, while an officer talks to them, while the channel is off: a later round
        if wait or (day_of(row["topic"]) or deadline_of(row["due_at"])).isoformat() < civil_day(now).isoformat():
            self._leave(row, now)
            return False
        with writing(self._engine) as connection:
            if not _moved_on(connection, row):
                return False
            piece = Piece(worded(row["topic"], row["due_at"]))
            self._outbox.add(connection, row["conversation_id"], row["channel"], [piece], Purpose.PUSH)
        return True

    def _leave(self, row: RowMapping, now: float, *, ends: bool = False) -> None:
        """This one is not sent any more; one that comes again waits for its next time."""
        with writing(self._engine) as connection:
            _moved_on(connection, row, state="stopped" if ends else "")


def worded(topic: str, due_at: float) -> str:
    """What a reminder says."""
    if topic == DEADLINE:
        day = deadline_of(due_at)
        return say("remind_deadline", day=f"{day.day}/{day.month}/{day.year}")
    named = day_of(topic)
    return say("remind_before", day=f"{named.day}/{named.month}/{named.year}" if named else told_day(due_at))


def _moved_on(connection: Connection, row: RowMapping, state: str = "") -> bool:
    """Moves a reminder to its next time, or ends it; False when somebody else has done so."""
    again = row["every_months"] and not state
    values = {"due_at": next_deadline(row["due_at"], row["every_months"])} if again else {"state": state or "sent"}
    asis = (reminders.c.id == row["id"], reminders.c.state == "waiting", reminders.c.due_at == row["due_at"])
    return bool(connection.execute(update(reminders).where(*asis).values(**values)).rowcount)
