"""Messages that can never be sent and messages that break the answer: how often each is tried, and how much is logged.

python -m tests.soak.failures [--count 1000]

A third is refused by the platform, a third goes to people who blocked the bot, a third fails with a server error for ever; as many
questions break what answers them. Status 1 when one is tried more than eight times, is lost without a word to staff, or when the log
grows by more than a megabyte for a thousand.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.channels.contract import Later, Piece, Rejected, Sent, Unreachable
from bot.delivery.leases import ChannelStates
from bot.delivery.outbox import MOST_ATTEMPTS, Outbox
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.sender import Sender
from bot.delivery.tables import inbox, outbox
from bot.logs import DATED, PLAIN
from bot.storage.migrate import migrate
from knowledge.store import open_engine, writing
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_outbox import people, queue
from tests.bot.delivery.test_workers import Echo, deliver

MEGABYTE = 1_000_000


class Failing(PlainChannel):
    """Never takes anything; how it refuses depends on the person."""

    def __init__(self) -> None:
        super().__init__()
        self.tries: Counter[str] = Counter()

    async def send(self, conversation: str, piece: Piece) -> Sent:
        self.tries[conversation] += 1
        number = int(conversation[1:])
        if number % 3 == 0:
            raise Rejected("Bad Request: message text is empty", code="400")
        if number % 3 == 1:
            raise Unreachable("Forbidden: bot was blocked by the user", left=True)
        raise Later("Bad Gateway", after=0.0, code="502")


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Everything that is logged goes to `path`, as the program writes it."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(PLAIN, DATED))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        handler.close()


def trial(folder: Path, count: int, patience: float = 900.0) -> dict[str, Any]:
    """The figures of `count` messages that cannot be sent and as many that break the answer."""
    log = folder / "log"
    with logged(log):
        sends = _sends(folder, count, patience)
        questions = _questions(folder, count)
    size = log.stat().st_size
    return {"count": 2 * count} | sends | questions | {"log_bytes": size, "bytes_each": round(size / (2 * count))}


def _sends(folder: Path, count: int, patience: float) -> dict[str, Any]:
    engine = open_engine(f"sqlite:///{folder / 'sends.sqlite3'}")
    migrate(engine)
    homes = people(engine, count)
    channel, box = Failing(), Outbox(engine)
    for home in homes:
        queue(engine, box, home, "một")

    async def main() -> None:
        stop = asyncio.Event()
        sender = Sender(channel, box, ChannelStates(engine), "soak")
        task = asyncio.create_task(sender.run(stop))
        ends = time.monotonic() + patience
        while time.monotonic() < ends and (box.count("waiting") or box.count("sending")):
            await asyncio.sleep(0.1)
        stop.set()
        sender.wake()
        await task

    asyncio.run(main())
    with engine.connect() as connection:
        states = Counter(connection.execute(select(outbox.c.state)).scalars())
    engine.dispose()
    most = max(channel.tries.values())
    return {"most_tries": most, "dead": states["dead"], "cancelled": states["cancelled"], "left": states["waiting"]}


def _questions(folder: Path, count: int) -> dict[str, Any]:
    engine = open_engine(f"sqlite:///{folder / 'questions.sqlite3'}")
    migrate(engine)
    channel, echo = PlainChannel(), Echo()
    made = Runtime(
        engine, {"plain": channel}, echo, parts=Parts(answer=False, send=False, poll=False), per_minute=10_000
    )
    made.acceptor.start()
    for n in range(count):
        deliver(made, channel, body(f"e{n}", f"c{n}", f"hỏng {n}"))
    made.acceptor.stop()
    while made.inbox.waiting():
        while made._workers.step("w"):
            pass
        with writing(engine) as connection:  # as if the wait before the next try were over
            connection.exec_driver_sql("UPDATE conversations SET inbox_due = 0 WHERE inbox_due IS NOT NULL")
    with engine.connect() as connection:
        states = Counter(connection.execute(select(inbox.c.state)).scalars())
        told = len(connection.execute(select(outbox.c.id)).all())
    engine.dispose()
    return {"most_answered": max(Counter(echo.asked).values()), "failed": states["failed"], "apologies": told}


def broken(found: dict[str, Any]) -> bool:
    """Whether the figures miss their targets."""
    count = found["count"] // 2
    blocked = len([n for n in range(count) if n % 3 == 1])
    return (
        found["most_tries"] > MOST_ATTEMPTS
        or found["left"] > 0
        or (found["dead"], found["cancelled"]) != (count - blocked, blocked)
        or (found["failed"], found["apologies"]) != (count, count)
        or found["log_bytes"] > MEGABYTE * found["count"] / 1000
    )


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.count)
    sys.stdout.write(json.dumps(found | {"target": "at most 8 tries, all told to staff, 1 MB a thousand"}) + "\n")
    return int(broken(found))


if __name__ == "__main__":
    sys.exit(main())
