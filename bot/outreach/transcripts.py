"""What was said in a conversation, by the person, by the bot and by staff: one list for all three."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from bot.channels.contract import Kind
from bot.delivery.tables import conversations, inbox, outbox
from bot.delivery.windows import Purpose


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `who` is "citizen", "bot" or "staff"; of a message of ours `state` is that in the outbox, `problem` why it did not
    go out, and `id` the one by which it is sent again.
    """

    at: float
    who: str
    text: str
    state: str = ""
    problem: str = ""
    id: int = 0

    @property
    def undelivered(self) -> bool:
        """Whether somebody must decide what becomes of it."""
        return self.state in ("dead", "maybe") or (self.state == "cancelled" and self.who == "staff")


def lines_of(connection: Connection, conversation_id: int, limit: int = 200) -> list[Line]:
    """The last `limit` messages, oldest first; none when they were erased."""
    state = connection.execute(select(conversations.c.state).where(conversations.c.id == conversation_id)).scalar()
    choices = state.get("choices", {}) if isinstance(state, dict) else {}
    heard = connection.execute(
        select(inbox.c.received_at, inbox.c.event).where(inbox.c.conversation_id == conversation_id)
        .order_by(inbox.c.id.desc()).limit(limit)
    ).mappings()  # fmt: skip
    lines = [_heard(row, choices) for row in heard]
    told = connection.execute(
        select(outbox.c.id, outbox.c.created_at, outbox.c.piece, outbox.c.kind, outbox.c.state, outbox.c.problem)
        .where(outbox.c.conversation_id == conversation_id).order_by(outbox.c.id.desc()).limit(limit)
    ).mappings()  # fmt: skip
    lines += [_told(row) for row in told]
    return sorted((line for line in lines if line.text), key=lambda line: (line.at, line.id))[-limit:]


def _told(row: RowMapping) -> Line:
    who = "staff" if row["kind"] == Purpose.STAFF else "bot"
    return Line(row["created_at"], who, row["piece"]["text"], row["state"], row["problem"], row["id"])


def _heard(row: RowMapping, choices: Mapping[str, Any]) -> Line:
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
