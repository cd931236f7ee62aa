"""A person takes a conversation over: taken by one officer, written to through the outbox, handed back with one sentence.

While `conversations.staff_until` lies ahead the bot is silent, and the sender looks at it again when a message leaves: an answer that was
queued before the take-over is not sent after it. An officer who says nothing for KEEP seconds has handed back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from bot.channels.contract import Capabilities, Piece
from bot.delivery.inbox import DIRECT
from bot.delivery.outbox import Outbox
from bot.delivery.pages import give_up, is_open
from bot.delivery.tables import conversations, outbox
from bot.delivery.windows import Purpose, may_send
from bot.dialogue.texts import say as words
from bot.errors import BotError
from bot.outreach.handover_texts import channel_name, reason_name, text_of
from bot.outreach.staff_chats import staff_chat
from bot.outreach.tables import handoffs
from bot.outreach.transcripts import Line, lines_of
from knowledge.store import reading, writing

KEEP = 2 * 3600.0
_SKEW = 60.0  # by which clocks of machines may differ
"""Seconds after an officer's last word in which the bot stays silent."""
LONGEST = 1_800  # characters of one message of an officer: fits every platform uncut
NOTIFIED = "telegram"  # where staff are told
BY_STAFF = "staff"
"""The reason of a hand-over that an officer opened."""
_TWICE = 20.0  # seconds in which the same words of an officer are one message: a button was pressed twice
_AT_HOME = ("waiting", "taken")
Also = Callable[[Connection], None]
"""Something that is written in the same transaction."""


def nothing(connection: Connection) -> None:
    """Writes nothing beside."""


class BadHandover(BotError):
    """Raised when a conversation cannot be taken, written to or closed; says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A conversation for which a person is wanted, without personal data."""

    number: int
    channel: str
    reason: str
    state: str
    asked_at: float
    taken_by: str


class Handover:
    """Hand-overs in SQL. `can` has the abilities of the channels that are on; `notify` are the Telegram chats of staff, who find the
    console at `address`.
    """

    def __init__(
        self,
        engine: Engine,
        box: Outbox,
        *,
        can: Callable[[], Mapping[str, Capabilities]] = dict,
        notify: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
        address: str = "",
    ) -> None:
        self._engine, self._outbox, self._can, self._notify, self._clock = engine, box, can, tuple(notify), clock
        self._address = address

    def announce(self, connection: Connection, number: int, channel: str, reason: str) -> None:
        """Tells staff that a person is wanted, in the transaction that notes it."""
        key = "wanted_at" if self._address else "wanted"
        text = text_of(key).format(
            number=number, channel=channel_name(channel), reason=reason_name(reason), address=self._address
        )
        for chat in self._notify:
            self.tell(connection, chat, text)

    def tell(self, connection: Connection, chat: str, text: str) -> None:
        """Queues words for a Telegram chat of staff, when that channel is on."""
        if NOTIFIED in self._can() or chat in self._notify:
            home = staff_chat(connection, NOTIFIED, chat, self._clock())
            self._outbox.add(connection, home, NOTIFIED, [Piece(text)], Purpose.STAFF)

    def rows(self, states: Sequence[str] = ("waiting", "taken")) -> list[Wanted]:
        """Conversations in these states, the longest waiting first."""
        query = (
            select(handoffs, conversations.c.channel)
            .join_from(handoffs, conversations)
            .where(handoffs.c.state.in_(states))
            .order_by(handoffs.c.asked_at, handoffs.c.id)
        )
        with reading(self._engine) as connection:
            return [
                Wanted(r["id"], r["channel"], r["reason"], r["state"], r["asked_at"], r["taken_by"])
                for r in connection.execute(query).mappings()
            ]

    def transcript(self, number: int, limit: int = 200) -> list[Line]:
        """The last `limit` messages, oldest first: what the person said, what was said to them and by whom. Raises BadHandover."""
        with reading(self._engine) as connection:
            return lines_of(connection, _found(connection, number)["conversation_id"], limit)

    def take(self, number: int, by: str, also: Also = nothing) -> None:
        """`by` has the conversation from now on; the bot is silent. Raises BadHandover when somebody else has it."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = _found(connection, number)
            _not_of_another(row, by, now)
            _page_is_open(row, now)
            if row["state"] == "closed":
                if (newer := _open_one(connection, row["conversation_id"])) is not None:
                    raise BadHandover(f"Cuộc trò chuyện này đang mở ở số {newer}.", f"Mở số {newer}.")
                self._can_write(row, now)
            connection.execute(
                update(handoffs).where(handoffs.c.id == number)
                .values(state="taken", taken_by=by, taken_at=now, closed_at=None)
            )  # fmt: skip
            _keep(connection, row["conversation_id"], now + KEEP)
            also(connection)

    def begin(self, conversation_id: int, by: str, also: Also = nothing) -> int:
        """`by` takes a conversation in which nobody asked for a person; the number of its hand-over. Raises BadHandover."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = connection.execute(
                select(conversations).where(conversations.c.id == conversation_id).with_for_update()
            ).mappings().first()  # fmt: skip
            if row is None:
                raise BadHandover("Cuộc trò chuyện này không còn.")
            number = _open_one(connection, conversation_id)
            if number is None:
                self._can_write(row, now)
                values = {"conversation_id": conversation_id, "reason": BY_STAFF, "state": "taken", "asked_at": now,
                          "taken_by": by, "taken_at": now, "closed_at": None}  # fmt: skip
                made = connection.execute(insert(handoffs).values(**values).returning(handoffs.c.id)).scalar_one()
                _keep(connection, conversation_id, now + KEEP)
                also(connection)
                return int(made)
        self.take(number, by, also)
        return number

    def say(self, number: int, by: str, text: str, also: Also = nothing) -> None:
        """Queues a message of `by`, who has the conversation. Raises BadHandover, also when the platform would not take it."""
        now = self._clock()
        text = text.strip()
        if not text or len(text) > LONGEST:
            raise BadHandover(f"Lời nhắn phải có chữ và không quá {LONGEST} ký tự.", "Chia thành nhiều tin ngắn.")
        with writing(self._engine) as connection:
            row = _found(connection, number)
            if row["state"] != "taken":
                raise BadHandover("Chưa ai nhận cuộc trò chuyện này.", "Nhận cuộc trò chuyện trước.")
            _not_of_another(row, by, now)
            self._can_write(row, now)
            if _said_just_now(connection, row["conversation_id"], text, now):
                return
            self._outbox.add(connection, row["conversation_id"], row["channel"], [Piece(text)], Purpose.STAFF)
            connection.execute(update(handoffs).where(handoffs.c.id == number).values(taken_by=by))
            _keep(connection, row["conversation_id"], now + KEEP)
            also(connection)

    def close(self, number: int, by: str, also: Also = nothing) -> None:
        """Hands the conversation back to the bot, with one sentence when it had been taken. Raises BadHandover."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = _found(connection, number)
            _not_of_another(row, by, now)
            if row["state"] == "closed":
                raise BadHandover("Cuộc trò chuyện này đã được trả lại trước đó.")
            _close(connection, row["conversation_id"], now)
            if row["state"] == "taken":
                self._back(connection, row)
            also(connection)

    def round(self, now: float) -> int:
        """Hands back conversations whose officer has been silent for too long; how many. Gives up what pages that are gone did not get."""
        with reading(self._engine) as connection:
            waits = connection.execute(
                select(outbox.c.id).where(outbox.c.channel == DIRECT, outbox.c.state == "waiting").limit(1)
            ).first()
        if waits is not None:
            with writing(self._engine) as connection:
                give_up(connection, now)
        # Further ahead than anybody keeps one: the clock was put back since, and from now on it counts anew.
        too_far = conversations.c.staff_until > now + KEEP + _SKEW
        with reading(self._engine) as connection:
            wrong = connection.execute(select(conversations.c.id).where(too_far).limit(1)).first()
        if wrong is not None:
            with writing(self._engine) as connection:
                connection.execute(update(conversations).where(too_far).values(staff_until=now + KEEP))
        silent = (conversations.c.staff_until > 0, conversations.c.staff_until <= now)
        with reading(self._engine) as connection:
            found = list(connection.execute(select(conversations.c.id, conversations.c.staff_until).where(*silent)))
        count = 0
        for home, until in found:
            with writing(self._engine) as connection:
                row = connection.execute(
                    update(conversations)
                    .where(conversations.c.id == home, conversations.c.staff_until == until)  # nobody has spoken since
                    .values(staff_until=0.0)
                    .returning(conversations.c.id.label("conversation_id"), conversations.c.channel,
                               conversations.c.reachable, conversations.c.seen_at)
                ).mappings().first()  # fmt: skip
                if row is None:
                    continue
                _close(connection, home, now, taken_only=True)
                self._back(connection, row)
                count += 1
        return count

    def _can_write(self, row: Mapping[Any, Any], now: float) -> None:
        """Raises BadHandover when nothing that is written now would reach the person."""
        if row["channel"] == DIRECT:
            _page_is_open(row, now)
            return
        if (can := self._can().get(row["channel"])) is None:
            raise BadHandover(f"Kênh {channel_name(row['channel'])} chưa bật.", "Người quản trị đặt mã của kênh.")
        if not row["reachable"]:
            raise BadHandover("Người dân đã chặn hoặc bỏ quan tâm.", "Chờ đến khi họ nhắn lại.")
        decision = may_send(Purpose.STAFF, now, row["heard_at"], can)
        if decision.wait is None:
            raise BadHandover(f"Không nhắn được: {decision.reason}.", "Gọi theo số họ để lại, nếu có.")

    def _back(self, connection: Connection, row: Mapping[Any, Any]) -> None:
        if row["reachable"] and (row["channel"] != DIRECT or is_open(row["seen_at"], self._clock())):
            home, channel = row["conversation_id"], row["channel"]
            self._outbox.add(connection, home, channel, [Piece(words("person_back"))], Purpose.NOTICE)


def _found(connection: Connection, number: int) -> RowMapping:
    row = connection.execute(
        select(handoffs, conversations.c.channel, conversations.c.heard_at, conversations.c.reachable,
               conversations.c.staff_until, conversations.c.seen_at)
        .join_from(handoffs, conversations)
        .where(handoffs.c.id == number)
        .with_for_update()
    ).mappings().first()  # fmt: skip
    if row is None:
        raise BadHandover(f"Không có cuộc trò chuyện số {number}.", "Xem lại danh sách.")
    return row


def _not_of_another(row: RowMapping, by: str, now: float) -> None:
    if row["state"] == "taken" and row["taken_by"] != by and row["staff_until"] > now:
        raise BadHandover(f"{row['taken_by']} đang giữ cuộc trò chuyện này.", "Chờ người ấy trả lại.")


def _page_is_open(row: Mapping[Any, Any], now: float) -> None:
    """Raises BadHandover for a web chat whose page is gone: nothing written there would be read."""
    if row["channel"] == DIRECT and not is_open(row["seen_at"], now):
        raise BadHandover(
            "Người này đã rời trang web, không nhắn lại được.", "Gọi theo số họ để lại, nếu có; gọi xong thì đóng."
        )


def _open_one(connection: Connection, conversation_id: int) -> int | None:
    """The open hand-over of a conversation."""
    query = select(func.max(handoffs.c.id)).where(
        handoffs.c.conversation_id == conversation_id, handoffs.c.state.in_(_AT_HOME)
    )
    found: int | None = connection.execute(query).scalar()
    return found


def _said_just_now(connection: Connection, conversation_id: int, text: str, now: float) -> bool:
    last = connection.execute(
        select(outbox.c.piece, outbox.c.kind, outbox.c.created_at)
        .where(outbox.c.conversation_id == conversation_id).order_by(outbox.c.id.desc()).limit(1)
    ).first()  # fmt: skip
    return (
        last is not None
        and last.kind == Purpose.STAFF
        and last.piece["text"] == text
        and last.created_at > now - _TWICE
    )


def _keep(connection: Connection, conversation_id: int, until: float) -> None:
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(staff_until=until))


def _close(connection: Connection, conversation_id: int, now: float, *, taken_only: bool = False) -> None:
    states = ("taken",) if taken_only else _AT_HOME
    connection.execute(
        update(handoffs)
        .where(handoffs.c.conversation_id == conversation_id, handoffs.c.state.in_(states))
        .values(state="closed", closed_at=now)
    )
    _keep(connection, conversation_id, 0.0)
