"""What staff do in conversations: take over, answer, hand back, send again what was lost. Each deed is in the audit of its own transaction.

The rules of a hand-over are those of `bot.outreach.handover`; here only the scope of the officer and the trace are added.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from bot.channels.contract import Capabilities
from bot.delivery.inbox import DIRECT
from bot.delivery.outbox import Outbox
from bot.delivery.pages import is_open
from bot.delivery.windows import Purpose, may_send, window_of
from bot.outreach.handover import Also, BadHandover, Handover
from bot.outreach.handover_texts import channel_name
from bot.staff.accounts import Person
from bot.staff.audit import Audit
from bot.staff.talks import Talk, Talks

Abilities = Callable[[], Mapping[str, Capabilities]]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether the person can be written to now; `refusal` says why not. `closes_in` and `free_in` are seconds, None: without end."""

    refusal: str = ""
    closes_at: float | None = None
    closes_in: float | None = None
    free_in: float | None = None


class TalkDesk:
    """Deeds of staff. `handover` and `box` are those of the installation; `can` has the abilities of the channels that are on."""

    def __init__(
        self,
        engine: Engine,
        audit: Audit,
        handover: Handover,
        box: Outbox,
        can: Abilities,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._talks, self._audit, self._clock = Talks(engine, clock), audit, clock
        self._handover, self._outbox, self._can = handover, box, can

    def reach(self, talk: Talk) -> Reach:
        """Whether and how long what an officer writes would be delivered."""
        now = self._clock()
        if talk.channel == DIRECT:
            return Reach() if is_open(talk.seen_at, now) else Reach("Người này đã rời trang web, không nhắn lại được.")
        if (can := self._can().get(talk.channel)) is None:
            return Reach(f"Kênh {channel_name(talk.channel)} chưa bật.")
        if not talk.reachable:
            return Reach("Người dân đã chặn hoặc bỏ quan tâm; chờ đến khi họ nhắn lại.")
        decision = may_send(Purpose.STAFF, now, talk.heard_at, can)
        if decision.wait is None:
            return Reach(f"Không nhắn được: {decision.reason}.")
        window = window_of(talk.heard_at, can)
        left, free = (at - now if at is not None else None for at in (window.closes_at, window.free_until))
        return Reach("", window.closes_at, left, free)

    def take(self, person: Person, number: int) -> None:
        """Takes over. Raises NotThere, BadHandover."""
        talk = self._talks.one(person.scope, number)
        if talk.state == "closed":
            _wants_contact(talk)
        self._handover.take(number, person.login, self._note(person, "conversation.take", f"handoff:{number}"))

    def say(self, person: Person, number: int, text: str) -> None:
        """Answers in the person's channel. Raises NotThere, BadHandover."""
        self._talks.conversation_of(person.scope, number)
        note = self._note(person, "conversation.say", f"handoff:{number}", characters=len(text.strip()))
        self._handover.say(number, person.login, text, note)

    def close(self, person: Person, number: int) -> None:
        """Hands back. Raises NotThere, BadHandover."""
        self._talks.conversation_of(person.scope, number)
        self._handover.close(number, person.login, self._note(person, "conversation.close", f"handoff:{number}"))

    def begin(self, person: Person, lead_id: int, conversation_id: int) -> int:
        """Takes the conversation that a lead came out of, though nobody asked for a person. Raises NotThere, BadHandover."""
        talk = self._talks.of_conversation(person.scope, conversation_id)
        _wants_contact(talk)
        note = self._note(person, "conversation.take", f"lead:{lead_id}")
        return self._handover.begin(conversation_id, person.login, note)

    def resend(self, person: Person, message_id: int) -> None:
        """Sends a message again that could not be delivered. Raises NotThere, BadHandover."""
        row = self._talks.message(person.scope, message_id)
        now = self._clock()
        if row["channel"] == DIRECT:
            raise BadHandover("Người này đã rời trang web, không gửi lại được.", "Gọi theo số họ để lại, nếu có.")
        if (can := self._can().get(row["channel"])) is None:
            raise BadHandover(f"Kênh {channel_name(row['channel'])} chưa bật.", "Người quản trị đặt mã của kênh.")
        if not row["reachable"]:
            raise BadHandover("Người dân đã chặn hoặc bỏ quan tâm.", "Chờ đến khi họ nhắn lại.")
        decision = may_send(Purpose(row["kind"]), now, row["heard_at"], can)
        if decision.wait is None:
            raise BadHandover(f"Không gửi lại được: {decision.reason}.", "Gọi theo số họ để lại, nếu có.")
        if row["kind"] == Purpose.ANSWER and row["staff_until"] > now:
            raise BadHandover("Cán bộ đang giữ cuộc trò chuyện; câu của máy không gửi lúc này.", "Tự trả lời thay máy.")
        sent = self._outbox.resend([message_id], self._note(person, "message.resend", f"message:{message_id}"))
        if not sent:
            raise BadHandover("Tin này vừa được gửi lại.")

    def _note(self, person: Person, action: str, subject: str, **data: Any) -> Also:
        def note(connection: Connection) -> None:
            self._audit.note(connection, action, subject, by=person.login, staff_id=person.id, **data)

        return note


def _wants_contact(talk: Talk) -> None:
    if talk.withdrawn:
        raise BadHandover(
            "Người này đã rút lại sự đồng ý được liên hệ.", "Chỉ trả lời khi chính họ nhắn xin gặp cán bộ."
        )
