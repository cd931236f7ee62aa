"""Several processes over one PostgreSQL, as on several machines: nothing is lost, doubled or reordered, and all know the same."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from tests.bench.latency import questions
from tests.bot.channels.drivers import until
from tests.emulators import TelegramEmulator, serving
from tests.knowledge.store.databases import empty_database
from tests.processes import SECRET, Processes, processes
from tests.tally import tally

PEOPLE, EACH = 50, 6
NEWS = """---
loai: cẩm nang
tieu_de: Cẩm nang BHXH tự nguyện của xã Ba Tơ
co_quan: UBND xã Ba Tơ
hieu_luc_tu: 2026-07-01
hieu_luc_den: 2026-12-31
cap_nhat: 2026-11-20
---

# Cẩm nang BHXH tự nguyện của xã Ba Tơ

## Ngày hội BHXH tự nguyện của xã Ba Tơ tổ chức ở đâu?

Ngày hội BHXH tự nguyện của xã Ba Tơ tổ chức tại nhà văn hoá thôn Làng Teng vào sáng thứ Bảy. Bà con mang theo thẻ căn cước.

Căn cứ: Luật BHXH 41/2024/QH15, Điều 27 khoản 1.
"""
ASKED = "Ngày hội của xã Ba Tơ tổ chức ở đâu?"
TOLD = "Làng Teng"


class Province:
    """One `serve` and two `worker`, the second on a machine of its own, with the emulator of Telegram."""

    def __init__(self, engine: Engine, emulator: TelegramEmulator, running: Processes) -> None:
        self.engine, self.emulator, self.running = engine, emulator, running
        self.inbox, self.outbox = Inbox(engine), Outbox(engine)

    def said_by(self, person: int) -> list[str]:
        """What the person has read."""
        return [message.text for message in self.emulator.sent(person)]

    def settled(self) -> bool:
        """Nothing waits to be answered or sent."""
        return not (self.inbox.waiting() or self.outbox.count("waiting") or self.outbox.count("sending"))

    def tells(self, person: int, seconds: float = 40.0) -> bool:
        """Asks on Telegram for what was brought in last; whether the answer knows it."""
        before = len(self.said_by(person))
        self.emulator.user_says(person, ASKED)
        until(lambda: len(self.said_by(person)) > before, seconds, "no answer")
        return any(TOLD in text for text in self.said_by(person)[before:])


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    tmp_path, emulator = tmp_path_factory.mktemp("province"), TelegramEmulator()
    with empty_database("postgresql", tmp_path) as engine, serving(emulator):
        address = engine.url.render_as_string(hide_password=False)
        told = emulator.settings() | {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
        with processes(tmp_path, address, **told) as running:
            running.run("ingest", "knowledge/starter/documents")
            running.start("serve", "serve")
            running.start("first", "worker")
            running.start("second", "worker", machine="other")
            for name in ("serve", "first", "second"):
                running.ready(name)
            emulator.set_webhook(f"{running.address('serve')}/webhooks/telegram", SECRET, False, None, 40)
            emulator.webhook.start_retries()
            yield Province(engine, emulator, running)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_killed_worker_costs_nobody_an_answer(province: Province) -> None:
    asked = questions(PEOPLE * EACH)

    def person(number: int) -> None:
        for n in range(EACH):
            province.emulator.user_says(1000 + number, asked[number * EACH + n])
            time.sleep(0.3)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    until(lambda: len(province.emulator.sent()) > PEOPLE, 60, "nothing was answered")
    assert province.inbox.waiting() or province.outbox.count("waiting")  # in the middle of it
    province.running.signal("first", signal.SIGKILL)
    for thread in threads:
        thread.join()
    until(province.settled, 150, "something still waits")
    found = tally(province.engine, province.emulator.sent())
    assert found.stored == PEOPLE * EACH
    assert (found.lost, found.answered_twice, found.sent_twice, found.out_of_order) == (0, 0, 0, 0)
    assert found.repeated <= 30  # what was on its way to Telegram at the kill, which nobody can know about
    assert province.emulator.violations == []
    province.running.start("first", "worker")


@pytest.mark.postgres
@pytest.mark.slow
def test_what_is_brought_in_is_known_by_all_without_a_restart(province: Province, tmp_path: Path) -> None:
    web = f"{province.running.address('serve')}/api/chat"

    def on_the_page() -> bool:
        time.sleep(0.3)
        asked = {"session": f"session-{uuid.uuid4().hex}", "text": ASKED}
        answer = httpx.post(web, json=asked, timeout=30).json()
        return any(TOLD in reply["text"] for reply in answer["replies"])

    assert not on_the_page()
    assert not province.tells(1)
    (tmp_path / "cam-nang.md").write_text(NEWS, encoding="utf-8")
    province.running.run("ingest", str(tmp_path / "cam-nang.md"))
    until(on_the_page, 60, "the web chat does not follow")
    for name, other in (("first", "second"), ("second", "first")):  # each looks once a second while it is asked
        province.running.ready(name)
        province.running.signal(other, signal.SIGSTOP)
        try:
            until(lambda: province.tells(2), 90, f"{name} does not follow")
        finally:
            province.running.signal(other, signal.SIGCONT)
