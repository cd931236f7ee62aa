"""Locks between processes: a file that at most one process holds, given back by the kernel when that process dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import KnowledgeError


class IndexBusy(KnowledgeError):
    """Raised when another process keeps on building the index."""


class FileLock:
    """The lock at `path`; the file stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """True when this object holds the lock now; False when any other one, here or in another process, does."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Gives the lock back; nothing when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def building(indexes: Path, wait: float) -> Iterator[None]:
    """The right to build in the folder `indexes`. Raises `IndexBusy` when another keeps it for `wait` seconds."""
    indexes.mkdir(parents=True, exist_ok=True)
    lock, end = FileLock(indexes / "build.lock"), time.monotonic() + wait
    while not lock.take():
        if time.monotonic() >= end:
            raise IndexBusy(
                "Một tiến trình khác đang lập chỉ mục.", "Đợi việc đó xong rồi chạy lại; tra cứu vẫn dùng chỉ mục cũ."
            )
        time.sleep(0.1)
    try:
        yield
    finally:
        lock.release()
