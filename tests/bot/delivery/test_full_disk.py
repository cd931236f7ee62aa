"""The disk is full, or may only be read, under a running installation: nothing is acknowledged that is not stored, and it recovers."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from bot.delivery.tables import inbox, outbox
from knowledge.store import open_engine, reading
from tests.bot.channels.drivers import until
from tests.bot.delivery.plain import body

ROOT = Path(__file__).parents[3]
EARLY, LATE = 20, 100


class House:
    """The process, with what a test does to its disk."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-m", "tests.bot.delivery.disk_house", str(path)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.address = self._line()

    def fill(self) -> None:
        """No file can grow beyond its first page: to SQLite that is a disk without room."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (4_096, hard))

    def empty(self) -> None:
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def only_read(self) -> None:
        self._tell("readonly")

    def writable(self) -> None:
        self._tell("writable")

    def _tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        assert self._line() == "ok"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def living(path: Path) -> Iterator[House]:
    house = House(path)
    try:
        yield house
    finally:
        assert house.process.stdin is not None
        house.process.stdin.close()
        try:
            house.process.wait(40)
        finally:
            house.process.kill()


TROUBLES: dict[str, tuple[Callable[[House], None], Callable[[House], None]]] = {
    "full": (House.fill, House.empty),
    "read-only": (House.only_read, House.writable),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_acknowledged_that_is_not_stored_and_it_recovers(tmp_path: Path, trouble: str) -> None:
    begin, end = TROUBLES[trouble]
    path = tmp_path / "k.sqlite3"
    bodies = [body(f"e{n}", f"c{n % 30}", f"câu {n}", order=n) for n in range(EARLY + LATE)]
    with (
        living(path) as house,
        httpx.Client(base_url=house.address, headers={"x-proof": "yes"}, timeout=40) as client,
        ThreadPoolExecutor(8) as pool,
    ):

        def post(content: bytes) -> int:
            return client.post("/webhooks/telegram", content=content).status_code

        def accepted(contents: list[bytes]) -> None:
            """As a platform does: what was not taken is delivered again."""
            left = contents
            for _ in range(60):
                answers = dict(zip(left, pool.map(post, left), strict=True))
                assert set(answers.values()) <= {200, 503}
                if not (left := [content for content, status in answers.items() if status == 503]):
                    return
            pytest.fail(f"{len(left)} were never taken")

        accepted(bodies[:EARLY])
        engine = open_engine(f"sqlite:///{path}")

        def count(table: object, state: str) -> int:
            with reading(engine) as connection:
                query = select(func.count()).select_from(table).where(table.c.state == state)  # type: ignore[attr-defined,arg-type]
                return int(connection.execute(query).scalar_one())

        # what a worker has in its hands then waits for its lease to end: twenty seconds that a test need not wait
        until(lambda: count(outbox, "sent") == EARLY, 60, "the early ones were not sent")
        begin(house)
        refused = set(pool.map(post, bodies[EARLY:]))
        health = client.get("/healthz").status_code
        ready = client.get("/readyz").status_code
        end(house)
        assert refused == {503}
        assert house.process.poll() is None and (health, ready) == (200, 503)
        until(lambda: client.get("/readyz").status_code == 200, 40, "it stays red")
        accepted(bodies[EARLY:])
        until(lambda: count(inbox, "done") == EARLY + LATE, 60, "not all were answered")
        until(lambda: count(outbox, "sent") == EARLY + LATE, 60, "not all were sent")
        with reading(engine) as connection:
            assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == EARLY + LATE
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        engine.dispose()
