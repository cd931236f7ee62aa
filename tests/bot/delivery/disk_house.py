"""An installation in a process of its own, whose disk a test may fill: `python -m tests.bot.delivery.disk_house DATABASE`.

Prints its address, then obeys its standard input: `readonly`, `writable`, and the end, which stops it.
"""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import event

from bot.delivery.runtime import Parts, Runtime
from bot.storage.migrate import migrate
from bot.web import create_app
from bot.web.readiness import Ready
from knowledge.store import KnowledgeStore, open_engine
from tests.bot.channels.drivers import serve_app
from tests.bot.delivery.plain import PlainChannel
from tests.bot.delivery.test_workers import Echo
from tests.knowledge.store.makers import decree


def main(path: str) -> None:
    """Serves until its input ends."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    only_read = [False]

    @event.listens_for(engine, "checkout")
    def _as_told(connection: Any, *_: Any) -> None:
        # What SQLite refuses then, and how, is what it does on a file that may not be written.
        connection.execute(f"PRAGMA query_only={int(only_read[0])}").close()

    channel, store = PlainChannel("telegram"), KnowledgeStore(engine)
    store.publish(decree())
    made = Runtime(engine, {"telegram": channel}, Echo(), parts=Parts(poll=False), per_minute=10_000)
    made.start()
    ready = Ready(store, made)
    app = create_app(Echo(), ready=ready, channels=made.channels, acceptor=made.acceptor)
    with serve_app(app) as address:
        print(address, flush=True)
        for line in sys.stdin:
            only_read[0] = line.strip() == "readonly"
            print("ok", flush=True)
    made.stop()


if __name__ == "__main__":
    main(sys.argv[1])
