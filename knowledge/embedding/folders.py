"""Folders that are finished or absent, whoever is killed while making them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def make_once(folder: Path, is_ready: Callable[[Path], bool], fill: Callable[[Path], object]) -> bool:
    """Unless `is_ready(folder)`, let `fill` write into an empty folder aside and put that in its place.

    Of several processes one works and the others wait for it. Whatever `fill` raises goes through and leaves things as
    they were. True when this call made it. Raised when the disk refuses: `OSError`.
    """
    if is_ready(folder):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_name(f".{folder.name}.lock")):
        if is_ready(folder):
            return False
        prefix = f".{folder.name}-"
        for leftover in folder.parent.glob(f"{prefix}*"):  # of a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.parent))
        try:
            new = work / "new"
            new.mkdir()
            fill(new)
            if folder.exists():
                folder.rename(work / "old")
            new.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Lets one process at a time in; all of them where the system has no file locks, and then the last folder stays."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
