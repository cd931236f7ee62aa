"""Questions to an installation of several processes: rate, delays, errors, and what was lost, doubled or out of order.

python -m tests.bench.load [--layouts postgresql:2:2] [--channel web|telegram|both] [--rate 10] [--people 8] [--minutes 4]
                           [--kill] [--burst 1000]

A layout is DATABASE:SERVE:WORKERS; without workers each server is a `tuvan run` when Telegram is asked. With `--rate` questions come
at that rate whatever becomes of them (open loop; `both`: half on the web chat, half on Telegram); without it `--people` people ask on
the web chat as fast as they are answered (closed loop), which shows the highest rate. `--kill` kills a worker each minute
(SIGKILL) and starts it again; `--burst` adds so many messages on Telegram at once behind the rest. One line of JSON a layout,
the machine's load average in it; the status is 1 when something was lost, doubled or out of order. Thirty minutes: `--minutes
30`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from sqlalchemy import Engine, func, select, text

from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.delivery.tables import conversations, inbox, outbox
from bot.messages import CANNOT_REACH_SOURCES
from knowledge.store import open_engine
from tests.bench.latency import questions
from tests.emulators import TelegramEmulator, serving
from tests.knowledge.store.databases import empty_database
from tests.processes import SECRET, Processes
from tests.tally import tally

_EACH = 10  # questions of one web session; fifteen a minute are allowed
_SETTLE = 300.0  # seconds for what waits when the questions have ended


@dataclass(slots=True)
class Asked:
    """What came of questions on the web chat."""

    seconds: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)

    def failed(self, why: str) -> None:
        """Counts a question without an answer."""
        self.errors[why] = self.errors.get(why, 0) + 1


class Load:
    """Puts questions to the servers `addresses` and, as people on Telegram, to `emulator`."""

    def __init__(self, addresses: Sequence[str], emulator: TelegramEmulator) -> None:
        self.addresses, self.emulator, self.web = addresses, emulator, Asked()
        self.asked = questions(100_000)  # none twice: a question asked again costs less
        self.told = 0  # messages on Telegram
        self._mark = f"{time.time_ns():x}"

    async def _ask(self, client: httpx.AsyncClient, number: int, session: str) -> None:
        self.web.sessions.add(session)
        begun = time.perf_counter()
        body = {"session": session, "text": self.asked[number % len(self.asked)]}
        try:
            answer = await client.post(f"{self.addresses[number % len(self.addresses)]}/api/chat", json=body)
        except httpx.HTTPError as error:
            self.web.failed(type(error).__name__)
            return
        if answer.status_code != 200 or answer.json()["reason"] == CANNOT_REACH_SOURCES:
            self.web.failed(f"{answer.status_code}")
            return
        self.web.seconds.append(time.perf_counter() - begun)

    async def closed(self, people: int, seconds: float) -> None:
        """Each of `people` asks again as soon as they are answered."""
        ends = time.monotonic() + seconds

        async def person(who: int) -> None:
            number = 0
            while time.monotonic() < ends:
                await self._ask(client, who + number * people, f"p{self._mark}-{who}-{number // _EACH}")
                number += 1

        async with httpx.AsyncClient(timeout=40, trust_env=False) as client:
            await asyncio.gather(*(person(who) for who in range(people)))

    async def open(self, rate: float, seconds: float, channel: str) -> None:
        """`rate` questions a second; on the web chat each in a session of its own, on Telegram of 300 people."""
        begun, tasks, loop = time.monotonic(), [], asyncio.get_running_loop()
        with ThreadPoolExecutor(32) as pool:
            async with httpx.AsyncClient(
                timeout=40, trust_env=False, limits=httpx.Limits(max_connections=500)
            ) as client:
                for number in range(int(rate * seconds)):
                    await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
                    if channel == "web" or (channel == "both" and number % 2):
                        tasks.append(asyncio.ensure_future(self._ask(client, number // 2, f"o{self._mark}-{number}")))
                    else:
                        tasks.append(loop.run_in_executor(pool, self._tell, number))
                await asyncio.gather(*tasks)

    def burst(self, count: int) -> float:
        """`count` messages at once; seconds until the last was acknowledged."""
        begun = time.monotonic()
        with ThreadPoolExecutor(32) as pool:
            list(pool.map(self._tell, range(1_000_000, 1_000_000 + count)))
        return time.monotonic() - begun

    def _tell(self, number: int) -> None:
        self.told += 1
        self.emulator.user_says(100_000 + number % 300, self.asked[number % len(self.asked)])


class Killer:
    """Kills a worker each minute and starts it again."""

    def __init__(self, running: Processes, names: Sequence[str]) -> None:
        self._running, self._names, self.kills = running, names, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Killer:
        if self._names:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(60):
            name = self._names[self.kills % len(self._names)]
            self._running.signal(name, signal.SIGKILL)
            self.kills += 1
            self._running.start(name, "worker")


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the longest, in milliseconds."""
    if not seconds:
        return {}
    found = {f"p{p}_ms": round(float(np.percentile(seconds, p)) * 1000) for p in (50, 95, 99)}
    return found | {"longest_ms": round(max(seconds) * 1000)}


def measure(engine: Engine, running: Processes, emulator: TelegramEmulator, layout: str, told: Any) -> dict[str, Any]:
    """Starts the processes of `layout`, asks, stops them; the figures."""
    _, serve, workers = layout.split(":")
    servers, helpers = [f"serve{n}" for n in range(int(serve))], [f"worker{n}" for n in range(int(workers))]
    on_telegram = told.channel != "web" and told.rate > 0
    for name in servers:
        running.start(name, "run" if on_telegram and not helpers else "serve")
        running.ready(name)
    for name in helpers:
        running.start(name, "worker")
    for name in helpers:
        running.ready(name)
    emulator.set_webhook(f"{running.address(servers[0])}/webhooks/telegram", SECRET, False, None, 40)
    load, before, since = Load([running.address(name) for name in servers], emulator), os.getloadavg(), time.time()
    seconds, burst = told.minutes * 60, {}
    try:
        with Killer(running, helpers if told.kill else []) as killer:
            begun = time.monotonic()
            asyncio.run(load.open(told.rate, seconds, told.channel) if told.rate else load.closed(told.people, seconds))
            took = time.monotonic() - begun
        ended = _settled(engine)
        found = tally(engine, emulator.sent(), since=since)
        answered = len(load.web.seconds) + len(found.delays)
        steady = percentiles(found.delays)  # without the burst, which comes behind
        if told.burst and on_telegram:
            acknowledged = load.burst(told.burst)
            drained = _settled(engine)
            found = tally(engine, emulator.sent(), since=since)
            burst = {
                "burst": told.burst,
                "burst_acknowledged_s": round(acknowledged, 1),
                "burst_drained_s": round(drained, 1),
            }
        web = load.web
        return {
            "layout": layout, "minutes": told.minutes, "loop": f"open {told.rate}/s" if told.rate else f"closed {told.people}",
            "answered_per_second": round(answered / (took + ended), 1),
            "web": {"answered": len(web.seconds), "errors": web.errors, "doubled": _doubled(engine, web)} | percentiles(web.seconds),
            "telegram": {"asked": load.told, "unstored": load.told - found.stored, "lost": found.lost,
                         "doubled": found.answered_twice + found.sent_twice, "repeated_after_kill": found.repeated,
                         "out_of_order": found.out_of_order, "limits_broken": len(emulator.violations)}
            | steady,
            "kills": killer.kills, "settled_s": round(ended, 1), **burst, "bytes_per_question": _bytes(engine),
            "load_average": [round(before[0], 1), round(os.getloadavg()[0], 1)], "cores": os.cpu_count(),
        }  # fmt: skip
    finally:
        running.stop()


def _settled(engine: Engine) -> float:
    """Waits until nothing is to be answered or sent; how long that took."""
    begun, box, out = time.monotonic(), Inbox(engine), Outbox(engine)
    while time.monotonic() < begun + _SETTLE:
        if not (box.waiting() or out.count("waiting") or out.count("sending")):
            break
        time.sleep(0.2)
    return time.monotonic() - begun


def _doubled(engine: Engine, web: Asked) -> int:
    """Turns on the web chat beyond the questions that were put."""
    query = select(func.count()).select_from(inbox.join(conversations)).where(conversations.c.key.in_(web.sessions))
    with engine.connect() as connection:
        stored = (
            connection.execute(query.where(inbox.c.state == "done")).scalar_one() if len(web.sessions) < 30_000 else 0
        )
    return max(0, stored - len(web.seconds) - sum(web.errors.values()))


def _bytes(engine: Engine) -> int:
    """What one question and its answer take in PostgreSQL, indexes included; 0 elsewhere."""
    if engine.dialect.name != "postgresql":
        return 0
    size = "SELECT " + " + ".join(f"pg_total_relation_size('{t.name}')" for t in (conversations, inbox, outbox))
    with engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
        return round(connection.execute(text(size)).scalar_one() / max(1, rows))


def main() -> int:
    """Prints one line of JSON for each layout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layouts", nargs="+", default=["postgresql:2:2"])
    parser.add_argument("--channel", choices=("web", "telegram", "both"), default="both")
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--burst", type=int, default=0)
    told = parser.parse_args()
    bad = False
    with tempfile.TemporaryDirectory() as name, ExitStack() as open_now:
        folder, engines = Path(name), dict[str, Engine]()
        for layout in told.layouts:
            emulator = TelegramEmulator()
            backend = layout.partition(":")[0]
            fresh = backend not in engines
            if fresh and backend == "postgresql":
                engines[backend] = open_now.enter_context(empty_database(backend, folder))
            elif fresh:
                engines[backend] = open_engine(f"sqlite:///{folder / 'load.sqlite3'}")
            engine = engines[backend]
            with serving(emulator):
                emulator.webhook.start_retries()
                settings = emulator.settings() | {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": SECRET}
                (folder / backend).mkdir(exist_ok=True)
                running = Processes(folder / backend, engine.url.render_as_string(hide_password=False), **settings)
                if fresh:
                    running.run("ingest", "knowledge/starter/documents")
                found = measure(engine, running, emulator, layout, told)
            telegram = found["telegram"]
            bad |= any(telegram[k] for k in ("unstored", "lost", "doubled", "out_of_order")) or bool(
                found["web"]["errors"]
            )
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        for engine in engines.values():
            engine.dispose()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
