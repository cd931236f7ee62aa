"""What `tuvan demo` makes of campaigns: who came by which code, who agreed to news, messages to many, requests for data."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.delivery.tables import conversations, outbox
from bot.delivery.windows import Purpose
from bot.outreach.broadcasts import worded
from bot.outreach.campaign_tables import broadcast_targets, broadcasts, campaign_visits
from bot.outreach.consent import VERSION
from bot.outreach.requests import ANSWER_WORKING_DAYS, FINISH_DAYS, working_days_after
from bot.outreach.tables import consents, leads, requests

_DAY = 86_400.0
_SENT = "Từ 1/1/2027 mức đóng bảo hiểm xã hội tự nguyện thay đổi. Anh/chị hỏi ngay tại đây để biết mức của mình."
_DRAFT = (
    "Xã tổ chức tư vấn bảo hiểm xã hội tự nguyện tại nhà văn hoá, 8 giờ sáng thứ Bảy. Mời anh/chị đến hỏi trực tiếp."
)


def fill_campaigns(connection: Connection, chance: random.Random, now: float, codes: Sequence[str]) -> None:
    """Fills the tables of campaigns of a made-up province whose conversations and leads are there already."""
    _visits(connection, chance, codes)
    agreed = _consents(connection, chance, now)
    _broadcasts(connection, chance, now, agreed)
    rows = [
        {"receipt": f"DEMO-{number}", "kind": kind, "channel": channel, "received_at": now - age * _DAY,
         "answer_by": working_days_after(now - age * _DAY, ANSWER_WORKING_DAYS),
         "finish_by": now + (FINISH_DAYS - age) * _DAY, "done_at": done and now - age * _DAY, "result": ""}
        for number, (kind, channel, age, done) in enumerate(
            (("correct", "office", 6, None), ("erase", "office", 1, None), ("erase", "telegram", 3, True),
             ("see", "zalo_oa", 9, True), ("withdraw", "telegram", 20, True)), 1)
    ]  # fmt: skip
    connection.execute(insert(requests), rows)


def _visits(connection: Connection, chance: random.Random, codes: Sequence[str]) -> None:
    came: dict[tuple[str, int], float] = {}
    known = select(leads.c.campaign, leads.c.conversation_id, leads.c.created_at).where(leads.c.campaign != "")
    for campaign, home, created_at in connection.execute(known):
        came[campaign.lower(), home] = created_at
    homes = connection.execute(select(conversations.c.id, conversations.c.created_at)).all()
    for row in chance.sample(homes, len(homes) // 12):
        came.setdefault((chance.choice(codes).lower(), row.id), row.created_at)
    rows = [{"campaign_key": key, "conversation_id": number, "at": at} for (key, number), at in came.items()]
    for at in range(0, len(rows), 2_000):
        connection.execute(insert(campaign_visits), rows[at : at + 2_000])


def _consents(connection: Connection, chance: random.Random, now: float) -> list[Any]:
    query = select(conversations.c.id, conversations.c.channel, conversations.c.heard_at, conversations.c.person)
    homes = connection.execute(query.where(conversations.c.channel != "web")).all()
    agreed = chance.sample(homes, len(homes) // 20)
    rows = [
        {"conversation_id": row.id, "channel": row.channel, "person": row.person, "purpose": "bulletin", "version": VERSION,
         "text_hash": "0" * 64, "event_id": f"demo:bulletin:{row.id}", "given_at": row.heard_at,
         "withdrawn_at": now - _DAY if chance.random() < 0.04 else None}
        for row in agreed
    ]  # fmt: skip
    for at in range(0, len(rows), 2_000):
        connection.execute(insert(consents), rows[at : at + 2_000])
    return agreed


def _broadcasts(connection: Connection, chance: random.Random, now: float, agreed: Sequence[Any]) -> None:
    blank = {"commune_code": "", "channel": "", "campaign": "", "created_by": "demo.tinh", "ended_by": ""}
    sent = connection.execute(
        insert(broadcasts)
        .values(**blank, text=_SENT, state="done", created_at=now - 9 * _DAY, approved_at=now - 8.9 * _DAY,
                approved_by="demo.quantri", ended_at=now - 8.5 * _DAY)
        .returning(broadcasts.c.id)
    ).scalar_one()  # fmt: skip
    connection.execute(
        insert(broadcasts).values(
            **blank, text=_DRAFT, state="draft", created_at=now - 3_600, approved_at=None, approved_by="", ended_at=None
        )
    )
    letters, targets = [], []
    for row in agreed[: len(agreed) // 2]:
        at = now - 8.8 * _DAY
        target = {"broadcast_id": sent, "conversation_id": row.id, "reason": "", "due_at": at, "outbox_id": None}
        if row.channel == "zalo_oa" and chance.random() < 0.8:
            targets.append(target | {"state": "skipped", "reason": "window"})
            continue
        targets.append(target | {"state": "queued"})
        letters.append(
            {"channel": row.channel, "conversation_id": row.id, "inbox_id": None,
             "piece": {"text": worded(_SENT), "buttons": []}, "kind": Purpose.PUSH.value, "created_at": at, "due_at": at,
             "state": "dead" if chance.random() < 0.01 else "sent", "attempts": 1, "unclear": 0, "message_id": "",
             "problem": "", "sent_at": at + 2}
        )  # fmt: skip
    numbered = insert(outbox).returning(outbox.c.id, outbox.c.conversation_id)
    numbers = {row.conversation_id: row.id for row in connection.execute(numbered, letters)} if letters else {}
    for target in targets:
        target["outbox_id"] = numbers.get(target["conversation_id"])
    if targets:
        connection.execute(insert(broadcast_targets), targets)
