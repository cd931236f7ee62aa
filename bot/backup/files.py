"""Which files of the data folder belong into a backup, and folders for work in progress that a kill may leave behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

REBUILT = frozenset({"indexes", "models", "evaluation"})
"""Folders that are made again when needed."""
KEYS = "keys"
"""Kept apart from the database: who has both could write the audit anew."""
UPDATES = "backups"
"""Copies kept before updates (`bot.backup.before`): no backup holds older backups, and a restore leaves them where they are."""
LAST = "last-backup.json"
"""What the last backup was; tells monitoring, and nothing else."""
_WORK = ".backup-"
BEFORE, DATABASE_BEFORE = "before", "database-before"
"""In a folder for work in progress: what a restore took out of the way. A kill leaves it there, and nobody removes it."""
_BESIDE = ("", "-wal", "-shm", "-journal")


def kept(data: Path, database: Path | None, without: Iterable[Path] = ()) -> list[Path]:
    """Files below `data` that a backup takes in, relative to it. `without` names files and folders that are left out."""
    out = {path.resolve() for path in without} | set(beside(database))
    found = []
    for here, folders, names in os.walk(data):
        folder = Path(here)
        top = folder == data
        folders[:] = sorted(
            name
            for name in folders
            if not (folder / name).is_symlink()
            and not name.startswith(_WORK)
            and not (top and name in REBUILT | {KEYS, UPDATES})
            and (folder / name).resolve() not in out
        )
        for name in sorted(names):
            path = folder / name
            if path.is_file() and not path.is_symlink() and not (top and name == LAST) and path.resolve() not in out:
                found.append(path.relative_to(data))
    return found


def beside(database: Path | None) -> list[Path]:
    """The files of an SQLite database."""
    return [database.resolve().with_name(database.name + end) for end in _BESIDE] if database is not None else []


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A folder for work in progress, gone at the end; removes those that killed processes left in `parent`."""
    parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # nobody takes a new folder for one that was left
        for old in parent.glob(f"{_WORK}*"):
            _remove_when_left(old)
        folder = Path(tempfile.mkdtemp(prefix=_WORK, dir=parent))
        mine = os.open(folder, os.O_RDONLY)
        fcntl.flock(mine, fcntl.LOCK_EX)
    finally:
        os.close(handle)
    try:
        yield folder
    finally:
        os.close(mine)
        shutil.rmtree(folder, ignore_errors=True)


def put(source: Path, target: Path) -> None:
    """Moves a file into place, there at once or not at all, also from another file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    near = target.with_name(f".{target.name}.new")
    try:
        with suppress(OSError):
            source.replace(target)
            return
        shutil.copyfile(source, near)
        with near.open("rb+") as file:
            os.fsync(file.fileno())
        near.chmod(0o600)
        near.replace(target)
        source.unlink()  # a write-ahead log that stayed would be taken for the new database's
    finally:
        near.unlink(missing_ok=True)
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed in `folder` outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # file systems that cannot
            os.fsync(handle)
    finally:
        os.close(handle)


def _remove_when_left(folder: Path) -> None:
    if (folder / BEFORE).exists() or (folder / DATABASE_BEFORE).exists():
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
