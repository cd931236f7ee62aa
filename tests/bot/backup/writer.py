"""A process that stores messages as the web does, and notes each that was acknowledged.

python -m tests.bot.backup.writer ADDRESS NOTES
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from bot.channels.contract import Inbound, Kind
from bot.delivery.inbox import Inbox
from bot.delivery.tables import inbox
from knowledge.store import open_engine, reading


def event(name: str, conversation: str) -> Inbound:
    return Inbound("plain", name, conversation, "p" + conversation, Kind.TEXT, text="đóng bao nhiêu ạ?" * 20)


def acknowledged(notes: Path) -> set[str]:
    """What whole lines of `notes` name."""
    return set(notes.read_text().split("\n")[:-1]) if notes.exists() else set()


def stored(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(inbox.c.event_id)).scalars())


@contextmanager
def writing_process(engine: Engine, notes: Path) -> Iterator[None]:
    """Runs the process; returns when it has written, ends it at the end."""
    address = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-m", "tests.bot.backup.writer", address, str(notes)])
    try:
        while not acknowledged(notes):
            assert process.poll() is None
            time.sleep(0.05)
        yield
        assert process.poll() is None, "the writer fell over"
    finally:
        process.kill()
        process.wait()


def main() -> None:
    box, run = Inbox(open_engine(sys.argv[1])), uuid.uuid4().hex[:8]
    with Path(sys.argv[2]).open("a") as notes:
        for number in itertools.count():
            name = f"{run}-{number}"
            assert box.store([event(name, str(number % 50))]) == [True]
            notes.write(f"{name}\n")
            notes.flush()


if __name__ == "__main__":
    main()
