"""Faults at every boundary: a database that is locked, full or breaks at any statement, answers that take for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, func, select

from bot.delivery.accepting import CannotStore
from bot.delivery.runtime import Parts, Runtime
from bot.delivery.tables import inbox, outbox
from bot.messages import ChatReply
from bot.storage.migrate import migrate
from knowledge.store import open_engine, sqlite_module
from tests.bot.channels.drivers import web
from tests.bot.delivery.plain import PlainChannel, body
from tests.bot.delivery.test_workers import Echo, deliver, runtime, until

QUIET = Parts(answer=False, send=False, poll=False)


class Broken(Exception):
    """Raised by `breaking` in place of a statement's result."""


@contextmanager
def breaking(engine: Engine, at: int, moment: str) -> Iterator[list[str]]:
    """The `at`-th statement from now fails, before or after it was run; gives the statements so far."""
    seen: list[str] = []

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)
        if len(seen) == at:
            raise Broken(statement)

    event.listen(engine, f"{moment}_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(engine, f"{moment}_cursor_execute", count)


def rows(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_failure_at_any_statement_of_storing_is_mended_by_the_next_delivery(engine: Engine, moment: str) -> None:
    channel = PlainChannel()
    made = runtime(engine, channel, Echo(), parts=QUIET)
    made.start()
    refused = 0
    try:
        for at in range(1, 40):
            with breaking(engine, at, moment) as seen:
                try:
                    asyncio.run(made.acceptor.accept(channel, body(f"e{at}", f"c{at}", "câu")))
                except CannotStore:
                    refused += 1
            deliver(made, channel, body(f"e{at}", f"c{at}", "câu"))
            assert rows(engine, inbox) == at
            if len(seen) < at:
                break
        else:
            pytest.fail("storing takes more statements than the test tries")
    finally:
        made.stop()
    assert refused >= 4


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_failure_at_any_statement_of_a_turn_leaves_one_answer(engine: Engine, moment: str) -> None:
    channel = PlainChannel()
    made = runtime(engine, channel, Echo(), parts=QUIET)
    made.start()
    broken = 0
    try:
        for at in range(1, 60):
            deliver(made, channel, body(f"e{at}", f"c{at}", "câu"))
            with breaking(engine, at, moment) as seen:
                try:
                    made._workers.step("w")
                except Broken:
                    broken += 1
            until(lambda: not made._workers.step("w") and made.inbox.waiting() == 0, 80)
            assert rows(engine, outbox) == at
            if len(seen) < at:
                break
        else:
            pytest.fail("a turn takes more statements than the test tries")
    finally:
        made.stop()
    assert at > 8 and rows(engine, inbox) == at


def test_a_locked_database_means_503_and_nothing_is_lost(tmp_path: Path) -> None:
    """SQLite's fault: PostgreSQL locks rows, never the whole database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'locked.sqlite3'}")
    migrate(engine)
    channel = PlainChannel("telegram")
    made = Runtime(engine, {"telegram": channel}, Echo(), parts=QUIET)
    made.start()
    other = sqlite_module().connect(
        str(engine.url.database), isolation_level=None
    )  # locks of a second library would not count
    bodies = [body(f"e{n}", f"c{n}", "câu") for n in range(50)]
    try:
        with web(Echo(), made) as address, httpx.Client(base_url=address, headers={"x-proof": "yes"}) as client:

            def post(content: bytes) -> int:
                return client.post("/webhooks/telegram", content=content, timeout=30).status_code

            with ThreadPoolExecutor(20) as pool:
                other.execute("BEGIN EXCLUSIVE")
                refused = list(pool.map(post, bodies))
                other.execute("ROLLBACK")
                assert client.get("/healthz").status_code == 200
                left = bodies
                for _ in range(30):  # as a platform does: what was not taken is delivered again
                    answers = dict(zip(left, pool.map(post, left), strict=True))
                    assert set(answers.values()) <= {200, 503}
                    if not (left := [content for content, status in answers.items() if status == 503]):
                        break
    finally:
        other.close()
        made.stop()
    assert set(refused) == {503} and not left
    assert rows(engine, inbox) == 50


def test_deliveries_are_taken_while_every_worker_waits_for_an_answer(engine: Engine) -> None:
    free = threading.Event()

    class Stuck(Echo):
        def answer(self, text: str, *, session: str) -> ChatReply:
            free.wait(60)
            return super().answer(text, session=session)

    channel, stuck = PlainChannel("telegram"), Stuck()
    made = Runtime(engine, {"telegram": channel}, stuck, parts=Parts(poll=False), workers=4)
    made.start()
    try:
        with web(stuck, made) as address:

            async def post(numbers: list[int]) -> list[int]:
                """Delivers these; the numbers that were not taken, which a platform delivers again."""
                async with httpx.AsyncClient(base_url=address, headers={"x-proof": "yes"}, timeout=30) as client:
                    posts = (client.post("/webhooks/telegram", content=body(f"e{n}", f"c{n}", "câu")) for n in numbers)
                    statuses = [answer.status_code for answer in await asyncio.gather(*posts)]
                assert set(statuses) <= {200, 503}
                return [n for n, status in zip(numbers, statuses, strict=True) if status == 503]

            left = list(range(200))
            for _ in range(20):  # a busy machine may take more than the patience of one delivery
                if not (left := asyncio.run(post(left))):
                    break
            assert not left and stuck.asked == [], "nothing was answered, and nobody waited for it"
            free.set()
            until(lambda: len(channel.delivered) == 200, 90)
    finally:
        free.set()
        made.stop()
