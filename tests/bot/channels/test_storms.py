"""Platforms deliver many times, late and out of order; the network and the platform fail. Nothing is lost, nothing is doubled."""

from __future__ import annotations

import collections
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.delivery.runtime import Parts
from bot.delivery.tables import inbox, outbox
from bot.messages import ChatReply, Reply
from tests.bot.channels.drivers import person_on, until
from tests.emulators import Fault

WEBHOOKS = ["telegram webhook", "zalo_oa webhook", "zalo_bot webhook"]


class Echo:
    """Answers with the question; `asked` counts."""

    def __init__(self) -> None:
        self.asked: collections.Counter[str] = collections.Counter()

    def answer(self, text: str, *, session: str) -> ChatReply:
        self.asked[text] += 1
        return ChatReply("answered", (Reply(f"đáp: {text}"),), "card")


@pytest.mark.parametrize("way", WEBHOOKS)
def test_deliveries_repeated_and_shuffled_have_one_effect_each(way: str, tmp_path: Path) -> None:
    echo = Echo()
    with person_on(way, tmp_path, echo, parts=Parts(send=False)) as person:
        hook = person.emulator.webhook
        hook.scale = 0.0
        hook.hold()
        for n in range(300):
            person.say(f"p{n % 40}", f"câu {n}")
        hook.release(copies=10, seed=4, parallel=8)
        until(lambda: not hook.retry_due() and hook.pending == 0, 60)  # a busy machine may have refused some: 503
        posted = [d for d in hook.deliveries if d.status is not None]
        until(lambda: person.runtime.inbox.waiting() == 0, 90)
        with person.house.engine.connect() as connection:
            stored = connection.execute(
                select(func.count()).select_from(inbox).where(inbox.c.state == "done")
            ).scalar_one()
            said = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
    assert sum(d.status == 200 for d in posted) == 3000
    assert {d.status for d in posted} <= {200, 503}
    assert (stored, said) == (300, 300)
    assert set(echo.asked.values()) == {1} and len(echo.asked) == 300


@pytest.mark.parametrize("way", ["telegram webhook", "zalo_oa webhook", "zalo_bot polling"])
def test_answers_arrive_through_a_fifth_of_failures(way: str, tmp_path: Path) -> None:
    echo = Echo()
    with person_on(way, tmp_path, echo) as person:
        method = "message/cs" if "oa" in way else "sendMessage"
        person.emulator.faults.chance(
            method,
            0.2,
            Fault("rate_limit", retry_after=1),
            Fault("status", status=502),
            Fault("status", status=500),
            seed=7,
        )
        for n in range(60):
            person.say(f"p{n}", f"câu {n}")
        until(lambda: all(person.heard(f"p{n}") for n in range(60)), 150, "not all were answered")
        person.emulator.faults.clear()
        heard = {n: person.heard(f"p{n}") for n in range(60)}
        assert all(len(texts) == 1 and texts[0].endswith(f"đáp: câu {n}") for n, texts in heard.items())
        assert person.emulator.early_retries == []
        assert person.emulator.violations == []


@pytest.mark.parametrize("way", WEBHOOKS)
def test_forged_webhooks_are_refused_and_leave_no_row(way: str, tmp_path: Path) -> None:
    with person_on(way, tmp_path, Echo(), parts=Parts(answer=False, send=False)) as person:
        person.say("lan", "thật")
        with person.house.engine.connect() as connection:
            real: Any = connection.execute(select(inbox)).mappings().all()
        assert len(real) == 1
        body = b'{"update_id": 999999, "message": {"message_id": 5, "chat": {"id": 7}, "from": {"id": 7}, "text": "x"}}'
        header = {
            "telegram": "X-Telegram-Bot-Api-Secret-Token",
            "zalo_bot": "X-Bot-Api-Secret-Token",
            "zalo_oa": "X-ZEvent-Signature",
        }[person.name]
        wrong = [
            "",
            "mac=",
            "x" * 64,
            "mac=" + "0" * 64,
            "a-webhook-secret-for-test",
            "A-WEBHOOK-SECRET-FOR-TESTS",
            "ă",
        ]
        with httpx.Client() as client:
            answers = {client.post(person.address, content=body).status_code}
            for n in range(200):
                value = wrong[n % len(wrong)] + ("" if n < 10 else str(n))
                sent = client.post(person.address, content=body, headers={header: value.encode()})
                answers.add(sent.status_code)
        assert answers <= {401, 403}
        with person.house.engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 1


@pytest.mark.parametrize("way", ["telegram polling", "zalo_oa webhook"])
def test_a_person_who_left_gets_nothing_more_until_they_come_back(way: str, tmp_path: Path) -> None:
    with person_on(way, tmp_path, Echo()) as person:
        person.say("lan", "một")
        person.wait("lan", 1)
        leave, back = ("block", "unblock") if person.name == "telegram" else ("unfollow", "follow")
        getattr(person.emulator, leave)(person.id("lan"))
        until(lambda: person.runtime.inbox.waiting() == 0)
        calls = len(person.emulator.calls("sendMessage")) + len(person.emulator.calls("message/cs"))
        getattr(person.emulator, back)(person.id("lan"))
        person.say("lan", "hai")
        texts = person.wait("lan", 2)
        assert texts[-1].endswith("đáp: hai")
        assert calls <= 2
