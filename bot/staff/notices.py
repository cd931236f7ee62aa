"""Tells officers something where they chose to be told: Telegram, Zalo, e-mail. What cannot go there goes by the mail in reserve, or is
shown in the console.

A platform with a window (Zalo OA: 48 hours after the person's last word) may close it between queueing and sending. So words that go there
are remembered until they are sent, and `round` finds those that were refused: none is lost in silence. Nothing here names a citizen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select

from bot.channels.contract import Capabilities, Piece
from bot.delivery.outbox import Outbox
from bot.delivery.tables import conversations, outbox
from bot.delivery.windows import Purpose, Window, may_send, window_of
from bot.outreach.staff_chats import staff_chat
from bot.staff.mailing import Mails
from bot.staff.notice_tables import notices
from bot.staff.notice_texts import words
from bot.staff.tables import staff
from knowledge.store import reading, writing

_AT_ONCE = 200
_LOST = ("dead", "maybe", "cancelled")
Can = Callable[[], Mapping[str, Capabilities]]


@dataclass(frozen=True, slots=True)
class Shown:
    """Words that could not be sent, for their officer to read in the console."""

    id: int
    text: str
    at: float
    why: str

    @property
    def page(self) -> str:
        """The page of the console that the words point to, may be empty."""
        return self.text[at:] if (at := self.text.find("/staff")) >= 0 else ""

    @property
    def words(self) -> str:
        """The words without the address, which a page shows as a link."""
        return self.text.rpartition(". Xem")[0] + "." if self.page and ". Xem" in self.text else self.text


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether an officer's chat can be written to now: `why` not, or the window that is open (None: the platform has none)."""

    why: str = ""
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Where an officer is told, and why they cannot be right now; `instead`: where the words go then, "email" or "console"."""

    name: str
    by: str
    why: str
    instead: str


class Notices:
    """Notices in SQL. `can` has the abilities of the channels that are on, by channel."""

    def __init__(
        self, engine: Engine, box: Outbox, mails: Mails, can: Can, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._box, self._mails, self._can, self._clock = engine, box, mails, can, clock

    def tell(self, connection: Connection, officer: Mapping[Any, Any], text: str) -> None:
        """Queues `text` for an officer (their id and columns `notify_*`) in the caller's transaction; nothing who chose nothing."""
        by, to = officer["notify_by"], officer["notify_to"]
        if by == "email":
            if self._mails.ready:
                self._mails.add(connection, to, _subject(text), text)
            else:
                self._show(connection, officer["id"], text, words("no_mail"))
        elif by:
            self._by_chat(connection, officer, text)

    def round(self) -> int:
        """Finds words that a platform did not take, or whose chat was erased, and brings them another way; how many."""
        query = (
            select(notices.c.id, notices.c.text, outbox.c.state, outbox.c.problem, staff.c.id.label("staff_id"),
                   staff.c.notify_mail)
            .join_from(notices, staff)
            .join(outbox, outbox.c.id == notices.c.outbox_id, isouter=True)
            .where(notices.c.state == "queued")
            .where(outbox.c.id.is_(None) | outbox.c.state.in_((*_LOST, "sent")))
            .order_by(notices.c.id).limit(_AT_ONCE)
        )  # fmt: skip
        with reading(self._engine) as connection:
            found = list(connection.execute(query).mappings())
        count = 0
        for row in found:
            with writing(self._engine) as connection:
                mine = delete(notices).where(notices.c.id == row["id"], notices.c.state == "queued")
                if not connection.execute(mine).rowcount or row["state"] == "sent":
                    continue  # another process has it, or it has arrived
                why = words("not_sent") if row["state"] else words("link_lost")
                self._otherwise(connection, row["staff_id"], row["notify_mail"], row["text"], row["problem"] or why)
                count += 1
        return count

    def shown(self, staff_id: int) -> Sequence[Shown]:
        """What an officer has to read in the console, the newest first."""
        query = (
            select(notices.c.id, notices.c.text, notices.c.created_at, notices.c.why)
            .where(notices.c.staff_id == staff_id, notices.c.state == "shown")
            .order_by(notices.c.id.desc()).limit(20)
        )  # fmt: skip
        with reading(self._engine) as connection:
            return [Shown(*row) for row in connection.execute(query)]

    def seen(self, staff_id: int) -> None:
        """The officer has read what was shown."""
        with writing(self._engine) as connection:
            connection.execute(delete(notices).where(notices.c.staff_id == staff_id, notices.c.state == "shown"))

    def reach(self, by: str, to: str) -> Reach:
        """Whether a linked chat of channel `by` can be written to now."""
        with reading(self._engine) as connection:
            return self._reach(by, _home(connection, by, to))

    def everybody(self) -> Sequence[Told]:
        """Everybody with an open account who wants to be told, by name."""
        query = (
            select(
                staff.c.name,
                staff.c.notify_by,
                staff.c.notify_mail,
                conversations.c.heard_at,
                conversations.c.reachable,
            )
            .join(
                conversations,
                (conversations.c.channel == staff.c.notify_by) & (conversations.c.key == staff.c.notify_to),
                isouter=True,
            )
            .where(staff.c.active, staff.c.notify_by != "")
            .order_by(staff.c.name, staff.c.id)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(query).mappings())
        found = []
        for row in rows:
            if row["notify_by"] == "email":
                why = "" if self._mails.ready else words("no_mail")
            else:
                why = self._reach(row["notify_by"], row if row["heard_at"] is not None else None).why
            mail = row["notify_mail"] and row["notify_by"] != "email" and self._mails.ready
            found.append(Told(row["name"], row["notify_by"], why, "email" if mail else "console"))
        return found

    def _reach(self, channel: str, home: RowMapping | None) -> Reach:
        can = self._can().get(channel)
        if can is None:
            return Reach(words("channel_off"))
        if home is None:
            return Reach(words("link_lost")) if can.free_hours else Reach()
        if not home["reachable"]:
            return Reach(words("stopped"))
        if may_send(Purpose.PUSH, self._clock(), home["heard_at"], can).wait is None:
            return Reach(words("window", hours=round(can.free_hours)))
        return Reach("", window_of(home["heard_at"], can) if can.free_hours else None)

    def _by_chat(self, connection: Connection, officer: Mapping[Any, Any], text: str) -> None:
        channel, chat, now = officer["notify_by"], officer["notify_to"], self._clock()
        reach = self._reach(channel, _home(connection, channel, chat))
        if reach.why:
            self._otherwise(connection, officer["id"], officer["notify_mail"], text, reach.why)
            return
        home = staff_chat(connection, channel, chat, now)
        purpose = Purpose.PUSH if self._can()[channel].free_hours else Purpose.STAFF
        (number,) = self._box.add(connection, home, channel, [Piece(text)], purpose)
        row = {
            "staff_id": officer["id"],
            "text": text,
            "created_at": now,
            "outbox_id": number,
            "state": "queued",
            "why": "",
        }
        connection.execute(insert(notices).values(**row))

    def _otherwise(self, connection: Connection, staff_id: int, mail: str, text: str, why: str) -> None:
        if mail and self._mails.ready:
            self._mails.add(connection, mail, _subject(text), text)
        else:
            self._show(connection, staff_id, text, why)

    def _show(self, connection: Connection, staff_id: int, text: str, why: str) -> None:
        row = {
            "staff_id": staff_id,
            "text": text,
            "created_at": self._clock(),
            "outbox_id": None,
            "state": "shown",
            "why": why,
        }
        connection.execute(insert(notices).values(**row))


def _home(connection: Connection, channel: str, chat: str) -> RowMapping | None:
    query = select(conversations.c.heard_at, conversations.c.reachable)
    return (
        connection.execute(query.where(conversations.c.channel == channel, conversations.c.key == chat))
        .mappings()
        .first()
    )


def _subject(text: str) -> str:
    return text.partition(".")[0]
