"""A person takes a conversation over: taken by one officer, written to through the outbox, handed back with one sentence.

While `conversations.staff_until` lies ahead the bot is silent, and the sender looks at it again when a message leaves: an answer that was
queued before the take-over is not sent after it. An officer who says nothing for KEEP seconds has handed back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from bot.channels.contract import Capabilities, Kind, Piece
from bot.delivery.inbox import DIRECT
from bot.delivery.outbox import Outbox
from bot.delivery.tables import conversations, inbox, outbox
from bot.delivery.windows import Purpose, may_send
from bot.dialogue.texts import say as words
from bot.errors import BotError
from bot.outreach.tables import handoffs
from knowledge.store import reading, writing
from knowledge.yaml_files import load_yaml

KEEP = 2 * 3600.0
"""Seconds after an officer's last word in which the bot stays silent."""
LONGEST = 1_800  # characters of one message of an officer: fits every platform uncut
NOTIFIED = "telegram"  # where staff are told


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


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a transcript. `who` is "citizen", "bot" or "staff"; `state` that of a message of ours in the outbox."""

    at: float
    who: str
    text: str
    state: str = ""


class Handover:
    """Hand-overs in SQL. `can` has the abilities of the channels that are on; `notify` are the Telegram chats of staff."""

    def __init__(
        self,
        engine: Engine,
        box: Outbox,
        *,
        can: Callable[[], Mapping[str, Capabilities]] = dict,
        notify: Sequence[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._outbox, self._can, self._notify, self._clock = engine, box, can, tuple(notify), clock

    def announce(self, connection: Connection, number: int, channel: str, reason: str) -> None:
        """Tells staff that a person is wanted, in the transaction that notes it."""
        text = text_of("wanted").format(number=number, channel=channel_name(channel), reason=reason_name(reason))
        for chat in self._notify:
            self.tell(connection, chat, text)

    def tell(self, connection: Connection, chat: str, text: str) -> None:
        """Queues words for a Telegram chat of staff, when that channel is on."""
        if NOTIFIED in self._can() or chat in self._notify:
            self._outbox.add(connection, self._staff_chat(connection, chat), NOTIFIED, [Piece(text)], Purpose.STAFF)

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
            home = _found(connection, number)["conversation_id"]
            state = connection.execute(select(conversations.c.state).where(conversations.c.id == home)).scalar_one()
            heard = connection.execute(
                select(inbox.c.received_at, inbox.c.event).where(inbox.c.conversation_id == home)
                .order_by(inbox.c.id.desc()).limit(limit)
            ).mappings()  # fmt: skip
            lines = [_heard(row, state.get("choices", {})) for row in heard]
            told = connection.execute(
                select(outbox.c.created_at, outbox.c.piece, outbox.c.kind, outbox.c.state)
                .where(outbox.c.conversation_id == home).order_by(outbox.c.id.desc()).limit(limit)
            ).mappings()  # fmt: skip
            lines += [
                Line(
                    row["created_at"],
                    "staff" if row["kind"] == Purpose.STAFF else "bot",
                    row["piece"]["text"],
                    row["state"],
                )
                for row in told
            ]
        return sorted((line for line in lines if line.text), key=lambda line: line.at)[-limit:]

    def take(self, number: int, by: str) -> None:
        """`by` has the conversation from now on; the bot is silent. Raises BadHandover when somebody else has it."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = _found(connection, number)
            _not_of_another(row, by, now)
            if row["channel"] == DIRECT:
                raise BadHandover(
                    "Người này hỏi trên trang web, không nhắn lại được.",
                    "Gọi theo số họ để lại, nếu có (tuvan leads export).",
                )
            connection.execute(
                update(handoffs).where(handoffs.c.id == number)
                .values(state="taken", taken_by=by, taken_at=now, closed_at=None)
            )  # fmt: skip
            _keep(connection, row["conversation_id"], now + KEEP)

    def say(self, number: int, by: str, text: str) -> None:
        """Queues a message of `by`, who has the conversation. Raises BadHandover, also when the platform would not take it."""
        now = self._clock()
        text = text.strip()
        if not text or len(text) > LONGEST:
            raise BadHandover(f"Lời nhắn phải có chữ và không quá {LONGEST} ký tự.", "Chia thành nhiều tin ngắn.")
        with writing(self._engine) as connection:
            row = _found(connection, number)
            if row["state"] != "taken":
                raise BadHandover("Chưa ai nhận cuộc trò chuyện này.", f"Nhận trước: tuvan handoff take {number}.")
            _not_of_another(row, by, now)
            can = self._can().get(row["channel"])
            if can is None:
                raise BadHandover(f"Kênh {row['channel']} chưa bật.", "Đặt mã của kênh trong .env.")
            if not row["reachable"]:
                raise BadHandover("Người dân đã chặn hoặc bỏ quan tâm.", "Chờ đến khi họ nhắn lại.")
            decision = may_send(Purpose.STAFF, now, row["heard_at"], can)
            if decision.wait is None:
                raise BadHandover(f"Không nhắn được: {decision.reason}.", "Gọi theo số họ để lại, nếu có.")
            self._outbox.add(connection, row["conversation_id"], row["channel"], [Piece(text)], Purpose.STAFF)
            _keep(connection, row["conversation_id"], now + KEEP)

    def close(self, number: int, by: str) -> None:
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

    def round(self, now: float) -> int:
        """Hands back conversations whose officer has been silent for too long; how many."""
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
                               conversations.c.reachable)
                ).mappings().first()  # fmt: skip
                if row is None:
                    continue
                _close(connection, home, now, taken_only=True)
                self._back(connection, row)
                count += 1
        return count

    def _back(self, connection: Connection, row: Mapping[Any, Any]) -> None:
        if row["reachable"] and row["channel"] != DIRECT:
            home, channel = row["conversation_id"], row["channel"]
            self._outbox.add(connection, home, channel, [Piece(words("person_back"))], Purpose.NOTICE)

    def _staff_chat(self, connection: Connection, chat: str) -> int:
        """The conversation row of a chat of staff: messages to it wait in the outbox like all others. It names no person."""
        found = connection.execute(
            select(conversations.c.id).where(conversations.c.channel == NOTIFIED, conversations.c.key == chat)
        ).scalar()
        if found is not None:
            return int(found)
        now = self._clock()
        row = {
            "channel": NOTIFIED, "key": chat, "person": "", "name": "", "state": {}, "created_at": now, "heard_at": now,
            "reachable": True, "staff_until": 0.0, "notified_until": 0.0, "worker": "", "worker_until": 0.0,
            "inbox_due": None, "outbox_due": None,
        }  # fmt: skip
        return int(connection.execute(insert(conversations).values(**row).returning(conversations.c.id)).scalar_one())


def _found(connection: Connection, number: int) -> RowMapping:
    row = connection.execute(
        select(handoffs, conversations.c.channel, conversations.c.heard_at, conversations.c.reachable,
               conversations.c.staff_until)
        .join_from(handoffs, conversations)
        .where(handoffs.c.id == number)
        .with_for_update()
    ).mappings().first()  # fmt: skip
    if row is None:
        raise BadHandover(f"Không có cuộc trò chuyện số {number}.", "Xem các số bằng tuvan handoff list.")
    return row


def _not_of_another(row: RowMapping, by: str, now: float) -> None:
    if row["state"] == "taken" and row["taken_by"] != by and row["staff_until"] > now:
        raise BadHandover(f"{row['taken_by']} đang giữ cuộc trò chuyện này.", "Chờ người ấy trả lại.")


def _keep(connection: Connection, conversation_id: int, until: float) -> None:
    connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(staff_until=until))


def _close(connection: Connection, conversation_id: int, now: float, *, taken_only: bool = False) -> None:
    states = ("taken",) if taken_only else ("waiting", "taken")
    connection.execute(
        update(handoffs)
        .where(handoffs.c.conversation_id == conversation_id, handoffs.c.state.in_(states))
        .values(state="closed", closed_at=now)
    )
    _keep(connection, conversation_id, 0.0)


def _heard(row: RowMapping, choices: Mapping[str, str]) -> Line:
    event = row["event"]
    kind, text = event.get("kind", ""), event.get("text", "")
    if kind == Kind.BUTTON:
        text = choices.get(text, "") or text
        text = "(bấm nút)" if text.startswith(("@", "#")) else text
    elif kind == Kind.CONTACT:
        text = "(gửi danh thiếp)"
    elif kind == Kind.OTHER:
        text = text or "(gửi ảnh hoặc tệp)"
    elif kind == Kind.STAFF:
        return Line(row["received_at"], "staff", text or "(cán bộ nhắn bằng công cụ của nền tảng)")
    return Line(row["received_at"], "citizen", text)


def text_of(key: str) -> str:
    """A text for staff."""
    return str(_loaded()[key]).strip()


def channel_name(channel: str) -> str:
    """A channel as staff call it."""
    return str(_loaded()["channels"].get(channel, channel))


def reason_name(reason: str) -> str:
    """Why a person is wanted, in words."""
    return str(_loaded()["reasons"].get(reason, reason))


def state_name(state: str) -> str:
    """The state of a hand-over, in words."""
    return str(_loaded()["states"].get(state, state))


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = load_yaml(files("bot.outreach").joinpath("handover.yaml").read_text("utf-8"))
    return loaded
