"""Who has a database file open: to put another one in its place under a running program would lose what it writes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def users_of(file: Path | None) -> list[int]:
    """Processes other than this one that have `file` open, as far as the system (Linux) lets us see."""
    if file is None or not file.exists():
        return []
    wanted, found = str(file.resolve()), []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        with suppress(OSError):  # of somebody else, or gone
            if any(_leads_to(handle, wanted) for handle in (process / "fd").iterdir()):
                found.append(int(process.name))
    return sorted(found)


def _leads_to(handle: Path, wanted: str) -> bool:
    with suppress(OSError):
        return str(handle.readlink()) == wanted
    return False
