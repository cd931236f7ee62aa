"""Delivery through one channel against the emulator of Telegram: order, losses, limits and delays.

python -m tests.bench.delivery [order|failures|steady|deliveries] [--minutes 5] [--channel telegram]

order: 500 conversations of 20 messages, 4 workers, answers that take 0 to 20 ms · failures: 1,000 answers through 20 % failures (429, 5xx,
connections cut before anything was taken, answers lost after the message was taken) · steady: 10 questions a second for some minutes, then
1,000 at once, answered by the real knowledge · deliveries: 1,000 events delivered ten times each, shuffled, 8 at a time, on each channel.
Each prints one line of JSON; the status is 1 when something was lost, doubled or out of order.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select

from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import inbox, outbox
from bot.messages import Answerer, ChatReply, Reply
from bot.storage.migrate import migrate
from knowledge.store import open_engine
from tests.bot.channels.drivers import person_on, until
from tests.bot.delivery.plain import PlainChannel
from tests.bot.delivery.test_workers import deliver
from tests.emulators import Fault


class Noted:
    """Answers with the question after a random while; notes who was asked what in which order, and overlaps."""

    def __init__(self, longest: float = 0.0) -> None:
        self.order: dict[str, list[str]] = defaultdict(list)
        self.overlaps = 0
        self._inside: set[str] = set()
        self._lock = threading.Lock()
        self._longest = longest

    def answer(self, text: str, *, session: str) -> ChatReply:
        with self._lock:
            self.overlaps += session in self._inside
            self._inside.add(session)
            self.order[session].append(text)
        time.sleep(random.uniform(0, self._longest))
        with self._lock:
            self._inside.discard(session)
        return ChatReply("answered", (Reply(f"đáp: {text}"),), "card")


def order(folder: Path) -> dict[str, Any]:
    """500 conversations, 20 messages each, delivered shuffled between conversations."""
    from tests.bot.delivery.plain import body

    engine = open_engine(f"sqlite:///{folder / 'order.sqlite3'}")
    migrate(engine)
    channel, noted = PlainChannel(), Noted(0.02)
    runtime = Runtime(engine, {"plain": channel}, noted, per_minute=10_000, workers=4)
    waiting = {c: list(range(20)) for c in range(500)}
    bodies = []
    chance = random.Random(2)
    while waiting:
        c = chance.choice(list(waiting))
        n = waiting[c].pop(0)
        bodies.append(body(f"{c}-{n}", f"c{c}", f"câu {n}", order=n))
        if not waiting[c]:
            del waiting[c]
    begun = time.perf_counter()
    runtime.start()
    for at in range(0, len(bodies), 200):
        deliver(runtime, channel, *bodies[at : at + 200])
    until(lambda: runtime.inbox.waiting() == 0, 600)
    until(lambda: len(channel.delivered) >= 10_000, 600)
    took = time.perf_counter() - begun
    runtime.stop()
    wrong = sum(texts != [f"câu {n}" for n in range(20)] for texts in noted.order.values())
    heard = defaultdict(list)
    for conversation, text in channel.delivered:
        heard[conversation].append(text.rsplit(" ", 1)[-1])
    late = sum(texts != [str(n) for n in range(20)] for texts in heard.values())
    return {"messages": 10_000, "seconds": round(took, 1), "per_second": round(10_000 / took), "overlaps": noted.overlaps,
            "answered_out_of_order": wrong, "sent_out_of_order": late, "conversations": len(heard)}  # fmt: skip


def failures(folder: Path, channel: str) -> dict[str, Any]:
    """1,000 answers through 20 % failures."""
    noted = Noted()
    with person_on(f"{channel} webhook", folder, noted) as person:
        method = "message/cs" if channel == "zalo_oa" else "sendMessage"
        person.emulator.faults.chance(
            method, 0.2, Fault("rate_limit", retry_after=2), Fault("status", status=500), Fault("status", status=502),
            Fault("reset"), Fault("reset", applied=True), seed=3,
        )  # fmt: skip
        begun = time.perf_counter()
        for n in range(1000):
            person.say(f"p{n}", f"câu {n}")
        until(lambda: person.runtime.inbox.waiting() == 0, 600)
        until(lambda: person.runtime.outbox.count("waiting") + person.runtime.outbox.count("sending") == 0, 1200)
        took = time.perf_counter() - begun
        copies = Counter(m.text.rsplit("đáp: ", 1)[-1] for m in person.emulator.sent() if m.text)
        return {"channel": channel, "sends": 1000, "calls": len(person.emulator.calls(method)), "seconds": round(took, 1),
                "delivered": len(copies), "twice": sum(c == 2 for c in copies.values()),
                "more": sum(c > 2 for c in copies.values()), "early_retries": len(person.emulator.early_retries),
                "limits_broken": len(person.emulator.violations),
                "dead": person.runtime.outbox.count("dead"), "maybe": person.runtime.outbox.count("maybe")}  # fmt: skip


def steady(folder: Path, minutes: float, channel: str, answerer: Answerer) -> dict[str, Any]:
    """10 questions a second, then 1,000 at once."""
    from tests.bench.latency import questions

    asked = questions(500)
    with person_on(f"{channel} webhook", folder, answerer) as person:
        sent: dict[str, float] = {}

        def say(n: int) -> None:
            sent[f"p{n}"] = time.time()
            person.say(f"p{n}", asked[n % len(asked)])

        total = int(minutes * 600)
        begun = time.perf_counter()
        for n in range(total):
            time.sleep(max(0.0, begun + n / 10 - time.perf_counter()))
            say(n)
        until(lambda: person.runtime.inbox.waiting() == 0 and not person.runtime.outbox.count("waiting"), 300)
        calm = _delays(person, sent)
        burst_begun = time.perf_counter()
        before = dict(sent)
        for n in range(total, total + 1000):
            say(n)
        taken = time.perf_counter() - burst_begun
        until(lambda: person.runtime.inbox.waiting() == 0 and not person.runtime.outbox.count("waiting"), 900)
        until(lambda: person.runtime.outbox.count("sending") == 0, 60)
        burst = _delays(person, {k: v for k, v in sent.items() if k not in before})
        return {"channel": channel, "steady": calm, "burst": burst | {"accepted_in_s": round(taken, 1)},
                "limits_broken": len(person.emulator.violations)}  # fmt: skip


def _delays(person: Any, sent: dict[str, float]) -> dict[str, Any]:
    first = {p: min((m.at for m in person.emulator.sent(person.id(p))), default=None) for p in sent}
    delays = [at - sent[p] for p, at in first.items() if at is not None]
    return {"questions": len(sent), "lost": len(sent) - len(delays), "p50_s": round(float(np.percentile(delays, 50)), 2),
            "p95_s": round(float(np.percentile(delays, 95)), 2), "longest_s": round(max(delays), 2)}  # fmt: skip


def deliveries(folder: Path, channel: str) -> dict[str, Any]:
    """1,000 events, ten deliveries each, shuffled, 8 at a time."""
    noted = Noted()
    with person_on(f"{channel} webhook", folder, noted, parts=Parts(send=False)) as person:
        hook = person.emulator.webhook
        hook.retries = False
        hook.hold()
        for n in range(1000):
            person.say(f"p{n % 200}", f"câu {n}")
        begun = time.perf_counter()
        hook.release(copies=10, seed=4, parallel=8)
        took = time.perf_counter() - begun
        until(lambda: person.runtime.inbox.waiting() == 0, 300)
        with person.house.engine.connect() as connection:
            stored = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
            said = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
        seconds = [d.seconds for d in hook.deliveries]
        asked = Counter(text for texts in noted.order.values() for text in texts)
        return {"channel": channel, "deliveries": len(hook.deliveries), "not_200": sum(d.status != 200 for d in hook.deliveries),
                "events": 1000, "stored": stored, "answers": said, "doubled": sum(c > 1 for c in asked.values()),
                "lost": 1000 - len(asked), "seconds": round(took, 1), "p99_ms": round(float(np.percentile(seconds, 99)) * 1000, 1),
                "longest_ms": round(max(seconds) * 1000, 1)}  # fmt: skip


def main() -> int:
    """Prints one line of JSON for each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["order", "failures", "deliveries", "steady"])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--channel", default="telegram")
    arguments = parser.parse_args()
    bad = False
    for part in arguments.parts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if part == "order":
                found = [order(folder)]
                bad |= bool(found[0]["answered_out_of_order"] or found[0]["sent_out_of_order"] or found[0]["overlaps"])
            elif part == "failures":
                found = [failures(folder, arguments.channel)]
                bad |= found[0]["delivered"] != 1000 or found[0]["early_retries"] > 0 or found[0]["limits_broken"] > 0
            elif part == "deliveries":
                ways = ("telegram", "zalo_oa", "zalo_bot")
                found = [deliveries(folder / way, way) for way in ways if not (folder / way).mkdir()]  # type: ignore[func-returns-value]
                bad |= any(f["lost"] or f["doubled"] or f["not_200"] for f in found)
            else:
                from tests.quality.gate import starter_system

                (folder / "knowledge").mkdir()
                system = starter_system(folder / "knowledge")
                system.prepare()
                found = [steady(folder, arguments.minutes, arguments.channel, system.answerer)]
                bad |= found[0]["steady"]["lost"] > 0 or found[0]["burst"]["lost"] > 0
                system.close()
            for line in found:
                sys.stdout.write(json.dumps({"part": part} | line, ensure_ascii=False) + "\n")
                sys.stdout.flush()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
