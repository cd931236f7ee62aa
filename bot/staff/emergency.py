"""The emergency way into the console: an administrator at the machine opens it for a while, whatever network and hour.

It is a file in the data folder, which only who runs the machine can write; that it was opened, by whom and why is in the audit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from bot.errors import BotError
from bot.staff.audit import Audit

LONGEST_MINUTES = 480


class BadOpening(BotError):
    """Raised when the console cannot be opened as asked; says why."""


def open_until(folder: Path) -> float:
    """Until when (seconds since 1970) the console of this data folder is open to all; 0 when it is not."""
    try:
        return float(_file(folder).read_text("ascii"))
    except (OSError, ValueError):
        return 0.0


def open_for(
    folder: Path,
    engine: Engine,
    key: bytes,
    minutes: int,
    reason: str,
    *,
    by: str,
    clock: Callable[[], float] = time.time,
) -> float:
    """Opens the console for `minutes`, 0 closes it; until when. Raises BadOpening."""
    reason = " ".join(reason.split())
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise BadOpening(f"Mở nhiều nhất {LONGEST_MINUTES} phút một lần.", "Cần lâu hơn thì đổi TUVAN_STAFF_NETWORKS.")
    if not 5 <= len(reason) <= 200:
        raise BadOpening("Lý do dài 5–200 ký tự.", 'Ví dụ: --reason "mạng cơ quan mất, trực ở nhà".')
    until = clock() + 60 * minutes if minutes else 0.0
    Audit(engine, key, clock).noted(
        "door.opened" if minutes else "door.closed", "console", by=by, minutes=minutes, reason=reason
    )
    path = _file(folder)
    fresh = path.with_name(".door-new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{until:.0f}")
    fresh.replace(path)
    return until


def _file(folder: Path) -> Path:
    return folder / "keys" / "door"
