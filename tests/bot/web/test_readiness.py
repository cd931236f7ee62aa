"""`/readyz` is red while the program cannot do its work, and green again when it can."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.delivery.runtime import Parts, Runtime
from bot.storage.migrate import migrate
from bot.web.health import health_router
from bot.web.metrics import Metrics
from bot.web.readiness import Ready
from knowledge.store import KnowledgeStore, open_engine, reading, sqlite_module
from tests.bot.web.answerers import Scripted
from tests.knowledge.store.databases import BACKENDS, empty_database
from tests.knowledge.store.makers import decree


class Hands:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnowledgeStore]:
    with empty_database(request.param, tmp_path) as engine:
        migrate(engine)
        made = KnowledgeStore(engine)
        made.publish(decree())
        yield made


def test_a_whole_installation_is_ready(store: KnowledgeStore) -> None:
    state = Ready(store)()
    assert state.ready and state.parts["database"] == "ok"


def local(tmp_path: Path) -> KnowledgeStore:
    engine = open_engine(f"sqlite:///{tmp_path / 'k.sqlite3'}")
    migrate(engine)
    store = KnowledgeStore(engine)
    store.publish(decree())
    return store


def test_a_database_that_may_only_be_read_is_not_ready_until_it_may_be_written(tmp_path: Path) -> None:
    store, hands = local(tmp_path), Hands()
    ready = Ready(store, clock=hands)
    assert ready().ready
    with reading(store.engine) as connection:  # the one connection of the pool
        connection.exec_driver_sql("PRAGMA query_only=ON")
    hands.now += 6
    state = ready()
    assert not state.ready and state.parts["database"] == "cannot be written"
    assert any("đĩa" in reason for reason in state.reasons)
    with reading(store.engine) as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
    assert ready().ready


FULL = """
import sys
from bot.web.readiness import Ready
from knowledge.store import KnowledgeStore, open_engine
store = KnowledgeStore(open_engine("sqlite:///" + sys.argv[1]))
print(len(store.documents()), Ready(store)().ready)
"""


def test_a_full_disk_is_not_ready_although_everything_can_be_read(tmp_path: Path) -> None:
    store = local(tmp_path)
    assert store.documents()  # keeps the database open, as another process does
    command = [sys.executable, "-c", FULL, str(tmp_path / "k.sqlite3")]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "1 True\n"
    bounded = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", *command]  # no file may grow beyond 4 KB
    assert subprocess.run(bounded, capture_output=True, text=True).stdout == "1 False\n"


def test_a_database_locked_by_somebody_is_not_ready(tmp_path: Path) -> None:
    store = local(tmp_path)
    app = FastAPI()
    app.include_router(health_router(Ready(store), Metrics(), timeout=0.3))
    client = TestClient(app)
    with closing(sqlite_module().connect(tmp_path / "k.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.get("/readyz").status_code == 503
        other.execute("ROLLBACK")
    time.sleep(0.5)
    assert client.get("/readyz").status_code == 200


def test_one_check_tries_at_a_time(store: KnowledgeStore) -> None:
    ready = Ready(store)
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(ready().ready)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


def test_a_server_that_is_away_is_not_ready() -> None:
    store = KnowledgeStore(open_engine("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"))
    assert not Ready(store)().ready


def test_delivery_that_has_stopped_is_not_ready(store: KnowledgeStore) -> None:
    runtime = Runtime(store.engine, {}, Scripted(), parts=Parts(poll=False))
    ready = Ready(store, runtime)
    runtime.start()
    try:
        assert ready().ready
    finally:
        runtime.stop()
    state = ready()
    assert not state.ready and state.parts["delivery"] == "stopped"
