"""Messages to many (tin gửi nhóm): who may get one, and queueing an approved one, a few people at a time.

Only who agreed to it (`Purpose.BULLETIN`) gets one: a consent to be called or reminded is none to this. Everybody is looked at again in
the transaction that queues their message, behind the lock of their conversation, which every turn takes as well: who has just
withdrawn gets nothing, and who withdraws a moment later has it taken back from the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    RowMapping,
    Select,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from bot.channels.contract import Capabilities, Piece
from bot.delivery.outbox import Outbox, cancel_these
from bot.delivery.tables import channel_states, conversations, outbox
from bot.delivery.windows import Purpose, may_send
from bot.dialogue.texts import say
from bot.outreach.campaign_tables import broadcast_targets, broadcasts, campaign_visits
from bot.outreach.consent import Purpose as Consented
from bot.outreach.tables import campaigns, consents, leads
from knowledge.store import reading, writing

LONGEST = 1_500  # characters: with its last line it fits every platform uncut
_AT_ONCE = 30
_MOST_UNSENT = 60  # queued and not yet sent: more would stand between people and their answers
_LATE = 3 * 86_400.0
_AGAIN = 300.0  # seconds before somebody who cannot be written to just now is looked at again


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for; what is empty does not narrow."""

    commune: str = ""
    channel: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a broadcast, in people."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0  # the platform did not take it, or nobody knows whether it did
    skipped: Mapping[str, int] | None = None  # by reason
    gone: int = 0  # their data have been erased since

    @property
    def left_out(self) -> int:
        """To how many nothing was sent."""
        return sum((self.skipped or {}).values())

    @property
    def all(self) -> int:
        """How many people it was for."""
        return self.sent + self.waiting + self.failed + self.left_out + self.gone


def worded(text: str) -> str:
    """What people read: the words, and how to get no more of them."""
    return f"{text}\n\n{say('bulletin_end')}"


def audience(wanted: Audience, channels: list[str]) -> Select[Any]:
    """The conversations (id, channel, heard_at) of who agreed, can be written to, and is meant."""
    agreed = exists().where(consents.c.conversation_id == conversations.c.id, *_agreed())
    query = (
        select(conversations.c.id, conversations.c.channel, conversations.c.heard_at)
        .where(conversations.c.channel.in_(channels), conversations.c.reachable, conversations.c.person != "", agreed)
        .order_by(conversations.c.id)
    )  # fmt: skip
    if wanted.channel:
        query = query.where(conversations.c.channel == wanted.channel)
    if wanted.campaign:
        query = query.where(_came_by(campaign_visits.c.campaign_key == wanted.campaign.lower()))
    if wanted.commune:
        of_commune = select(campaigns.c.key).where(campaigns.c.commune_code == wanted.commune)
        query = query.where(
            or_(
                exists().where(leads.c.conversation_id == conversations.c.id, leads.c.commune_code == wanted.commune),
                _came_by(campaign_visits.c.campaign_key.in_(of_commune)),
            )
        )
    return query


def _agreed() -> tuple[ColumnElement[bool], ...]:
    return (consents.c.purpose == Consented.BULLETIN.value, consents.c.withdrawn_at.is_(None))


def _came_by(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(campaign_visits.c.conversation_id == conversations.c.id, which)


def results(connection: Connection, broadcast_id: int) -> Results:
    """What became of it so far."""
    query = (
        select(broadcast_targets.c.state, broadcast_targets.c.reason, outbox.c.state.label("letter"), func.count().label("n"))
        .join_from(broadcast_targets, outbox, outbox.c.id == broadcast_targets.c.outbox_id, isouter=True)
        .where(broadcast_targets.c.broadcast_id == broadcast_id)
        .group_by(broadcast_targets.c.state, broadcast_targets.c.reason, outbox.c.state)
    )  # fmt: skip
    counts = {"sent": 0, "waiting": 0, "failed": 0, "gone": 0}
    skipped: dict[str, int] = {}
    for row in connection.execute(query).mappings():
        if row["state"] == "skipped" or row["letter"] == "cancelled":
            reason = row["reason"] or "cancelled"
            skipped[reason] = skipped.get(reason, 0) + row["n"]
        elif row["state"] == "waiting" or row["letter"] in ("waiting", "sending"):
            counts["waiting"] += row["n"]
        elif row["letter"] is None:
            counts["gone"] += row["n"]
        else:
            counts["sent" if row["letter"] == "sent" else "failed"] += row["n"]
    return Results(**counts, skipped=skipped)


def begin(connection: Connection, broadcast_id: int, wanted: Audience, channels: list[str], now: float, by: str) -> int:
    """Approves: notes everybody it is for, in the caller's transaction; how many."""
    found = audience(wanted, channels).subquery()
    connection.execute(
        insert(broadcast_targets).from_select(
            ["broadcast_id", "conversation_id", "state", "reason", "due_at", "outbox_id"],
            select(
                literal(broadcast_id), found.c.id, literal("waiting"), literal(""), literal(now), cast(null(), Integer)
            ),
        )
    )
    connection.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast_id)
        .values(state="sending", approved_at=now, approved_by=by)
    )  # fmt: skip
    return connection.execute(select(func.count()).where(broadcast_targets.c.broadcast_id == broadcast_id)).scalar_one()


def end(connection: Connection, broadcast_id: int, now: float, by: str) -> int:
    """Stops one that is being sent: who waits gets nothing, what is queued is taken back. From how many people."""
    mine = broadcast_targets.c.broadcast_id == broadcast_id
    queued = select(broadcast_targets.c.outbox_id).where(mine, broadcast_targets.c.state == "queued")
    unsent = list(connection.execute(queued.where(broadcast_targets.c.outbox_id.is_not(None))).scalars())
    back = 0
    for at in range(0, len(unsent), 500):
        back += cancel_these(connection, unsent[at : at + 500], "tin gửi nhóm đã được dừng")
    held = connection.execute(
        update(broadcast_targets).where(mine, broadcast_targets.c.state == "waiting")
        .values(state="skipped", reason="stopped")
    ).rowcount  # fmt: skip
    connection.execute(
        update(broadcasts).where(broadcasts.c.id == broadcast_id).values(state="stopped", ended_at=now, ended_by=by)
    )
    return back + held


class Broadcasts:
    """Queues approved broadcasts. `can` has the abilities of the channels that are on; `queued` is told which have something to send."""

    def __init__(
        self,
        engine: Engine,
        box: Outbox,
        can: Callable[[], Mapping[str, Capabilities]],
        queued: Callable[[str], None] = lambda channel: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._outbox, self._can, self._queued, self._clock = engine, box, can, queued, clock

    def round(self, now: float) -> int:
        """Queues the next few messages of what is being sent at `now` (seconds since 1970); how many."""
        with reading(self._engine) as connection:
            open_ones = list(
                connection.execute(
                    select(broadcasts.c.id, broadcasts.c.approved_at).where(broadcasts.c.state == "sending")
                )
            )
            if not open_ones:
                return 0
            unsent = connection.execute(
                select(func.count())
                .select_from(broadcast_targets)
                .join(outbox, outbox.c.id == broadcast_targets.c.outbox_id)
                .where(broadcast_targets.c.broadcast_id.in_([one.id for one in open_ones]),
                       outbox.c.state.in_(("waiting", "sending")))
            ).scalar_one()  # fmt: skip
            due = self._due(connection, now, min(_AT_ONCE, _MOST_UNSENT - unsent)) if unsent < _MOST_UNSENT else []
        count = 0
        for row in due:
            if self._one(row["broadcast_id"], row["conversation_id"], now):
                count += 1
                self._queued(row["channel"])
        for one in open_ones:
            self._close(one.id, now, late=now - one.approved_at > _LATE)
        return count

    def _due(self, connection: Connection, now: float, most: int) -> list[RowMapping]:
        query = (
            select(broadcast_targets.c.broadcast_id, broadcast_targets.c.conversation_id, conversations.c.channel)
            .join_from(broadcast_targets, broadcasts)
            .join(conversations, conversations.c.id == broadcast_targets.c.conversation_id)
            .where(broadcasts.c.state == "sending", broadcast_targets.c.state == "waiting",
                   broadcast_targets.c.due_at <= now, conversations.c.channel.in_(list(self._can())))
            .order_by(broadcast_targets.c.due_at, broadcast_targets.c.broadcast_id, broadcast_targets.c.conversation_id)
            .limit(most)
        )  # fmt: skip
        return list(connection.execute(query).mappings())

    def _one(self, broadcast_id: int, conversation_id: int, now: float) -> bool:
        """Queues the message of one person, puts it off, or leaves them out; True when it was queued."""
        mine = (
            broadcast_targets.c.broadcast_id == broadcast_id,
            broadcast_targets.c.conversation_id == conversation_id,
        )
        with writing(self._engine) as connection:
            whole = connection.execute(
                select(broadcasts.c.state, broadcasts.c.text).where(broadcasts.c.id == broadcast_id).with_for_update()
            ).one()
            home = connection.execute(
                select(conversations).where(conversations.c.id == conversation_id).with_for_update()
            ).mappings().one()  # fmt: skip
            still = connection.execute(select(broadcast_targets.c.state).where(*mine)).scalar_one()
            if whole.state != "sending" or still != "waiting":
                return False  # stopped, or queued by another process, since it was read
            values, wait = self._judged(connection, home, now)
            if values is None and not wait:
                piece = Piece(worded(whole.text))
                (letter,) = self._outbox.add(connection, conversation_id, home["channel"], [piece], Purpose.PUSH)
                values = {"state": "queued", "outbox_id": letter, "due_at": now}
            connection.execute(
                update(broadcast_targets).where(*mine).values(**(values or {"due_at": now + max(wait, _AGAIN)}))
            )
            return values is not None and values["state"] == "queued"

    def _judged(self, connection: Connection, home: RowMapping, now: float) -> tuple[dict[str, Any] | None, float]:
        """Why somebody is left out, or for how long (seconds) they have to wait; (None, 0) when they may be written to."""
        agreed = select(consents.c.id).where(consents.c.conversation_id == home["id"], *_agreed()).limit(1)
        if connection.execute(agreed).first() is None:
            return _skipped("withdrawn"), 0.0
        if not home["reachable"]:
            return _skipped("unreachable"), 0.0
        decision = may_send(Purpose.PUSH, now, home["heard_at"], self._can()[home["channel"]])
        if decision.wait is None:
            return _skipped("window"), 0.0
        off = connection.execute(
            select(channel_states.c.off_since).where(channel_states.c.channel == home["channel"])
        ).scalar()
        if off is not None or home["staff_until"] > now:
            return None, _AGAIN
        return None, decision.wait

    def _close(self, broadcast_id: int, now: float, *, late: bool) -> None:
        """Leaves out who could not be written to for days (`late`), and ends a broadcast of which nothing waits any more."""
        mine = broadcast_targets.c.broadcast_id == broadcast_id
        waiting = (mine, broadcast_targets.c.state == "waiting")
        unsent = (
            select(outbox.c.id)
            .join(broadcast_targets, broadcast_targets.c.outbox_id == outbox.c.id)
            .where(mine, outbox.c.state.in_(("waiting", "sending")))
            .limit(1)
        )
        with reading(self._engine) as connection:
            some = connection.execute(select(broadcast_targets.c.broadcast_id).where(*waiting).limit(1)).first()
            open_letter = connection.execute(unsent).first()
        if (some and not late) or (open_letter and not some):
            return
        with writing(self._engine) as connection:
            query = select(broadcasts.c.state).where(broadcasts.c.id == broadcast_id).with_for_update()
            if connection.execute(query).scalar_one() != "sending":
                return
            connection.execute(update(broadcast_targets).where(*waiting).values(state="skipped", reason="late"))
            if not open_letter:  # else it can still be stopped
                ended = update(broadcasts).where(broadcasts.c.id == broadcast_id)
                connection.execute(ended.values(state="done", ended_at=now, ended_by=""))


def _skipped(reason: str) -> dict[str, Any]:
    return {"state": "skipped", "reason": reason}
