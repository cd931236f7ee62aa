"""Makes backups while a process writes without a pause, restores each, and looks for every message that was acknowledged before.

python -m tests.bench.backups [--count 100] [--backend sqlite|postgresql]

Every second backup is sealed. Status 1 when a message is missing, a backup does not restore, or its database is not sound.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bot.backup.making import make
from bot.backup.restoring import restore
from bot.errors import BotError
from knowledge.store import sqlite_module
from tests.bot.backup.places import fill, place
from tests.bot.backup.writer import acknowledged, stored, writing_process

SECRET = b"khoa cua phep do nay"


def main() -> int:
    """Runs the trial and prints one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--backend", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return _trial(Path(folder), asked.backend, asked.count)


def _trial(folder: Path, backend: str, count: int) -> int:
    missing, failed, unsound, size = 0, 0, 0, 0
    made_in, restored_in = [], []
    notes = folder / "notes"
    with place(backend, folder / "here") as here:
        fill(here)
        with writing_process(here.engine, notes):
            for number in range(count):
                before = acknowledged(notes)
                secret = SECRET if number % 2 else None
                archive = folder / f"{number}.backup"
                try:
                    made = make(here.settings, archive, secret=secret)
                    made_in.append(made.seconds)
                    begun = time.monotonic()
                    with place("sqlite", folder / f"there{number}") as there:
                        restore(there.settings, archive, secret=secret)
                        restored_in.append(time.monotonic() - begun)
                        missing += len(before - stored(there.engine))
                        with closing(sqlite_module().connect(there.data / "tuvan.sqlite3")) as found:
                            unsound += found.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
                    size = made.bytes
                except BotError as error:
                    sys.stdout.write(f"{number}: {error}\n")
                    failed += 1
                archive.unlink(missing_ok=True)
    sys.stdout.write(
        f"{backend}: {count - failed}/{count} restored, {missing} acknowledged messages missing of {len(acknowledged(notes))}, "
        f"{unsound} unsound; backup {statistics.median(made_in):.2f} s (worst {max(made_in):.2f}), "
        f"restore {statistics.median(restored_in):.2f} s, last {size / 1e6:.1f} MB\n"
    )
    return 1 if missing or failed or unsound else 0


if __name__ == "__main__":
    sys.exit(main())
