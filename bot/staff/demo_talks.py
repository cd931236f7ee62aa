"""The conversations of the made-up province that staff work on: who waits, who is talked to, lost messages, wrong answers."""

from __future__ import annotations

import random
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.delivery.tables import conversations, inbox, outbox
from bot.outreach.handover import KEEP
from bot.outreach.tables import handoffs, leads, reviews

_WAITING, _TAKEN, _CLOSED = 18, 6, 16
_SAID = (
    ("citizen", "chào ad, em muốn hỏi đóng bhxh tự nguyện cho mẹ"),
    ("bot", "Chào anh/chị! Tôi là trợ lý tự động tư vấn bảo hiểm xã hội tự nguyện, không phải cán bộ.\n"
            "Anh/chị muốn hỏi về mức đóng, hỗ trợ của Nhà nước, lương hưu hay cách đăng ký?"),
    ("citizen", "mẹ em trước có đóng ở công ty 6 năm rồi nghỉ, giờ đóng tiếp được không"),
    ("bot", "Trả lời mẫu: thời gian đóng trước đây được cộng nối với thời gian đóng tự nguyện."),
    ("citizen", "em muốn gặp cán bộ nói cho rõ"),
    ("bot", "Tôi đã báo cán bộ. Cán bộ sẽ trả lời anh/chị ngay trong cuộc trò chuyện này."),
)  # fmt: skip
_ANSWERED = "Chào anh/chị, tôi là cán bộ phụ trách BHXH tự nguyện. Tôi đã đọc câu hỏi, trường hợp này đóng tiếp được."
_LOST = "Anh/chị mang sổ BHXH cũ ra bộ phận một cửa, tôi đối chiếu giúp."
_WRONG = (
    ("Mỗi tháng tôi đóng bao nhiêu?", "muc-dong-thap-nhat", "so-tien-muon-dong", "cach-tinh-muc-dong"),
    ("Đóng 15 năm thì lương hưu bao nhiêu?", "luong-huu-bao-nhieu-tien", "lh-so-sanh-muc", "a-bao-lau-hoan-von"),
    ("Hộ nghèo được hỗ trợ mấy phần trăm?", "ho-tro-theo-nhom", "ho-tro-dia-phuong", "ho-tro-muc-cu"),
    ("Có được rút một lần không?", "rt-ai-duoc-rut", "rt-tin-don-cam-rut", "rt-rut-roi-con-gi"),
)


def fill_talks(connection: Connection, now: float) -> None:
    """Adds them to a province that has its leads."""
    chance = random.Random(159)
    people = connection.execute(
        select(leads.c.id, leads.c.conversation_id, leads.c.channel, leads.c.commune_code)
        .where(leads.c.status.in_(("new", "contacted")))
        .order_by(leads.c.created_at.desc(), leads.c.id).limit(_WAITING + _TAKEN + _CLOSED)
    ).all()  # fmt: skip
    for n, lead in enumerate(people):
        state = "waiting" if n < _WAITING else "taken" if n < _WAITING + _TAKEN else "closed"
        began = now - 900 - n * 1_500
        channel = "telegram" if lead.channel == "web" and state != "waiting" else lead.channel
        _talk(connection, lead.conversation_id, channel, began, state)
        asked, by = began + 240, "" if state == "waiting" else f"cb.{lead.commune_code}"
        connection.execute(
            insert(handoffs).values(
                conversation_id=lead.conversation_id, reason=chance.choice(("asked", "asked", "complaint")), state=state,
                asked_at=asked, taken_by=by, taken_at=asked + 120 if by else None,
                closed_at=asked + 900 if state == "closed" else None,
            )
        )  # fmt: skip
    connection.execute(insert(reviews), [_wrong(chance, now, n) for n in range(30)])


def _talk(connection: Connection, home: int, channel: str, began: float, state: str) -> None:
    until = began + 400 + KEEP if state == "taken" else 0.0
    connection.execute(
        update(conversations).where(conversations.c.id == home)
        .values(channel=channel, heard_at=began + 200, staff_until=until)
    )  # fmt: skip
    for n, (who, text) in enumerate(_SAID):
        at = began + 40 * n
        if who == "citizen":
            connection.execute(
                insert(inbox).values(
                    channel=channel, event_id=f"demo:talk:{home}:{n}", conversation_id=home, order_key=100.0 + n,
                    event={"kind": "text", "text": text}, received_at=at, state="done", attempts=0,
                    outcome="answered:card", topic="chuyen_doi", done_at=at + 1,
                )
            )  # fmt: skip
        else:
            connection.execute(insert(outbox).values(**_told(home, channel, text, at)))
    if state != "waiting":
        connection.execute(insert(outbox).values(**_told(home, channel, _ANSWERED, began + 400, kind="staff")))
    if state == "taken" and channel != "web":
        lost = {
            "kind": "staff",
            "state": "dead",
            "attempts": 8,
            "problem": "nền tảng báo quá hạn mức tin",
            "sent_at": None,
        }
        connection.execute(insert(outbox).values(**_told(home, channel, _LOST, began + 460) | lost))


def _told(home: int, channel: str, text: str, at: float, *, kind: str = "answer") -> dict[str, Any]:
    return {
        "channel": channel, "conversation_id": home, "inbox_id": None, "kind": kind, "created_at": at, "due_at": at,
        "piece": {"text": text, "buttons": [], "ask": "", "picture": "", "strong": []}, "state": "sent", "attempts": 1,
        "unclear": 0, "message_id": "", "problem": "", "sent_at": at + 1,
    }  # fmt: skip


def _wrong(chance: random.Random, now: float, number: int) -> dict[str, Any]:
    question, *cards = _WRONG[number % len(_WRONG)]
    scored = ", ".join(f"{card} {11.2 - 1.7 * n:.2f}/{1.0 - 0.2 * n:.2f}" for n, card in enumerate(cards))
    steps = (("read", "question"), ("conduct", "ordinary"), ("facts", "some"), ("search", "6 passages"), ("cards", scored),
             ("card", cards[0]))  # fmt: skip
    return {
        "conversation_id": None, "inbox_id": None, "kind": "wrong", "question": question, "state": "open",
        "answer": f"Trả lời mẫu cho câu: {question}", "reason": f"answered:card:{cards[0]}",
        "trace": [{"name": n, "result": r, "seconds": round(chance.uniform(0.001, 0.02), 5)} for n, r in steps],
        "at": now - (30 - number) * 90_000.0,
    }  # fmt: skip
