"""Several processes write one SQLite database, with checkpoints in between: nothing is lost and the file stays sound.

python -m tests.soak.writers [--processes 4] [--writes 5000]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from knowledge.store import metadata, open_engine, reading, sqlite_module, writing

_CHECKPOINT_EVERY = 100


def count_up(url: str, times: int) -> None:
    """Adds 1 in a transaction of its own, `times` times."""
    engine = open_engine(url)
    for number in range(1, times + 1):
        with writing(engine) as connection:
            version = connection.execute(text("SELECT version FROM knowledge_state")).scalar_one()
            connection.execute(text("UPDATE knowledge_state SET version = :v"), {"v": version + 1})
        if number % _CHECKPOINT_EVERY == 0:
            bare = engine.raw_connection()  # a checkpoint is no part of a transaction, which the engine would begin
            bare.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            bare.close()
    engine.dispose()


def trial(folder: Path, processes: int, writes: int) -> dict[str, Any]:
    """The figures."""
    url = f"sqlite:///{folder / 'k.sqlite3'}"
    engine = open_engine(url)
    metadata.create_all(engine)
    context = multiprocessing.get_context("spawn")
    begun = time.monotonic()
    running = [context.Process(target=count_up, args=(url, writes)) for _ in range(processes)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    with reading(engine) as connection:
        kept = connection.execute(text("SELECT version FROM knowledge_state")).scalar_one()
        sound = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    return {
        "processes": processes, "writes": writes, "failed": sum(p.exitcode != 0 for p in running),
        "lost": processes * writes - kept, "integrity": sound, "journal": journal,
        "sqlite": sqlite_module().sqlite_version, "seconds": round(time.monotonic() - begun, 1),
    }  # fmt: skip


def main() -> int:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--writes", type=int, default=5000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), told.processes, told.writes)
    sys.stdout.write(json.dumps(found | {"target": "0 lost, integrity ok"}) + "\n")
    return int(found["failed"] > 0 or found["lost"] != 0 or found["integrity"] != "ok")


if __name__ == "__main__":
    sys.exit(main())
