"""Names of processes, by which another process of the same machine sees at once that one has died.

A right that was held by a process that was killed is free when its lease ends. On the same machine nobody need wait for that: the kernel
knows. A process that only stands still is alive, however long; one of another machine, or of another container, is not judged.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


def holder_name() -> str:
    """A new name for this process: host, process, machine, and what tells two of one process apart; at most 36 signs."""
    return f"{socket.gethostname()[:12]}:{os.getpid()}:{_machine()}:{secrets.token_hex(3)}"


def is_dead(holder: str) -> bool:
    """Whether `holder` was a process of this machine and has ended; False in doubt."""
    parts = holder.split(":")
    if len(parts) != 4 or not parts[1].isdecimal() or not _machine() or parts[2] != _machine():
        return False
    try:
        stat = (_PROC / parts[1] / "stat").read_text("utf-8", "replace")
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] in (["Z"], ["X"])  # killed, and nobody has asked after it


@cache
def _machine() -> str:
    """This start of this machine and the numbers of processes that we see; empty where that cannot be told."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        space = (_PROC / "self/ns/pid").stat().st_ino
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:8]
