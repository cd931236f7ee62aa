"""What SQLite writes and syncs, in order: recorded through its own file layer, played back up to any moment with the power gone.

`install` puts itself between SQLite and the operating system in this process, below the driver and the library that the program
uses, so nothing of what is tested is replaced. It stays there until the process ends: record in a process of its own.

A power cut keeps of a file what was synced. Of what was written since, each write may have reached the disk or not, or half of it, in
any order: the disk decides. A file that was deleted may be back until its folder is synced, which SQLite does with the first sync of a
journal or log that it has opened to create it, and when it is told to with a deletion.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.store import sqlite_module

SECTOR = 512  # a disk writes this much or nothing
_CREATES = 0x4  # flags of sqlite3.h
_JOURNALS = 0x800 | 0x4000 | 0x80000  # of a database, of several, the write-ahead log
_POINTER = ctypes.c_void_p
# Names as bare pointers: SQLite keeps the one it gave, and reads behind its end.
_OPEN = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, _POINTER)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)


class _Files(ctypes.Structure):
    """The beginning of `sqlite3_vfs`."""

    _fields_ = (
        ("version", ctypes.c_int), ("size", ctypes.c_int), ("longest", ctypes.c_int), ("next", _POINTER),
        ("name", ctypes.c_char_p), ("data", _POINTER), ("open", _POINTER), ("delete", _POINTER),
    )  # fmt: skip


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, version 3."""

    _fields_ = (
        ("version", ctypes.c_int), ("close", _POINTER), ("read", _POINTER), ("write", _POINTER), ("truncate", _POINTER),
        ("sync", _POINTER), ("rest", _POINTER * 13),
    )  # fmt: skip


class _File(ctypes.Structure):
    """The beginning of `sqlite3_file`."""

    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that was done: "write", "truncate", "sync" or "delete" of the file `name`, "folder" (synced), or the test's "mark"."""

    kind: str
    name: str
    at: int = 0
    data: bytes = b""


def _library() -> ctypes.CDLL:
    """The SQLite library that the program's driver uses."""
    module: Any = sqlite_module()
    if module.__name__.startswith("pysqlite3"):
        import pysqlite3._sqlite3 as inner

        return ctypes.CDLL(inner.__file__)
    return ctypes.CDLL("libsqlite3.so.0")


def _name(pointer: int) -> str:
    return Path(ctypes.string_at(pointer).decode()).name


_kept: list[Any] = []  # callbacks that C holds; ctypes would let them go


def install(record: Callable[[Op], None]) -> None:
    """From now on `record` is told of everything that SQLite does to its files in this process."""
    library = _library()
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Files)
    library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
    files = library.sqlite3_vfs_find(None).contents
    real_open, real_delete = _OPEN(files.open), _DELETE(files.delete)
    names: dict[int, str] = {}
    new: set[int] = set()  # whose first sync includes the folder
    wrapped: dict[int, _Methods] = {}

    def methods_like(real: _Methods) -> _Methods:
        real_write, real_truncate, real_sync = _WRITE(real.write), _TRUNCATE(real.truncate), _SYNC(real.sync)

        def write(file: int, data: int, length: int, at: int) -> int:
            status = real_write(file, data, length, at)
            if not status and file in names:
                record(Op("write", names[file], at, ctypes.string_at(data, length)))
            return status

        def truncate(file: int, size: int) -> int:
            status = real_truncate(file, size)
            if not status and file in names:
                record(Op("truncate", names[file], size))
            return status

        def sync(file: int, how: int) -> int:
            status = real_sync(file, how)
            if not status and file in names:
                record(Op("sync", names[file]))
                if file in new:
                    new.discard(file)
                    record(Op("folder", ""))
            return status

        made = _Methods()
        ctypes.pointer(made)[0] = real  # copies
        calls = (_WRITE(write), _TRUNCATE(truncate), _SYNC(sync))
        _kept.extend(calls)
        made.write, made.truncate, made.sync = (ctypes.cast(call, _POINTER) for call in calls)
        return made

    def opened(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        status = real_open(vfs, name, file, flags, out)
        names.pop(file, None)
        new.discard(file)
        if not status and name:
            if flags & _CREATES and flags & _JOURNALS:
                new.add(file)
            names[file] = _name(name)
            inside = _File.from_address(file)
            address = ctypes.addressof(inside.methods.contents)
            if address not in wrapped:
                wrapped[address] = methods_like(inside.methods.contents)
            inside.methods = ctypes.pointer(wrapped[address])
        return status

    def deleted(vfs: int, name: int, sync_folder: int) -> int:
        status = real_delete(vfs, name, sync_folder)
        if not status:
            record(Op("delete", _name(name), sync_folder))
        return status

    calls = (_OPEN(opened), _DELETE(deleted))
    _kept.extend((calls, wrapped))
    files.open, files.delete = (ctypes.cast(call, _POINTER) for call in calls)


@dataclass
class Disk:
    """What of the files is safe, and what was done since and may be lost. Ops are played in the order they were done."""

    safe: dict[str, bytearray] = field(default_factory=dict)
    since: dict[str, list[Op]] = field(default_factory=dict)

    def play(self, op: Op) -> None:
        """Does one thing more."""
        if op.kind == "sync":
            for done in self.since.pop(op.name, []):
                _apply(self.safe, done)
        elif op.kind == "delete" and op.at:  # with its folder synced
            self.since.pop(op.name, None)
            self.safe.pop(op.name, None)
        elif op.kind == "folder":
            self._gone_for_good()
        elif op.kind != "mark":
            self.since.setdefault(op.name, []).append(op)

    def _gone_for_good(self) -> None:
        for name, ops in list(self.since.items()):
            if deletions := [n for n, op in enumerate(ops) if op.kind == "delete"]:
                self.safe.pop(name, None)
                self.since[name] = ops[deletions[-1] + 1 :]

    def cut(self, folder: Path, chance: random.Random, kept: float) -> None:
        """Writes to `folder` what is there when the power comes back; each unsynced op is kept with the probability `kept`."""
        files = {name: bytearray(data) for name, data in self.safe.items()}
        for ops in self.since.values():
            for op in ops:
                if chance.random() >= kept:
                    continue
                if op.kind == "write" and len(op.data) > SECTOR and chance.random() < 0.3:
                    torn = chance.randrange(SECTOR, len(op.data), SECTOR)
                    op = Op("write", op.name, op.at, op.data[:torn])
                _apply(files, op)
        for name, data in files.items():
            (folder / name).write_bytes(data)


def _apply(files: dict[str, bytearray], op: Op) -> None:
    if op.kind == "delete":
        files.pop(op.name, None)
        return
    data = files.setdefault(op.name, bytearray())
    if op.kind == "truncate":
        del data[op.at :]
    elif op.kind == "write":
        data.extend(bytes(max(0, op.at - len(data))))
        data[op.at : op.at + len(op.data)] = op.data


def moments(ops: list[Op], count: int, chance: random.Random) -> Iterator[tuple[int, Disk]]:
    """`count` moments after the first mark, in order: (how many ops were done, the disk then). Every second one is right after a mark,
    when what was just acknowledged is at its freshest.
    """
    marks = [n + 1 for n, op in enumerate(ops) if op.kind == "mark"]
    anywhere = range(marks[0], len(ops) + 1)
    wanted = sorted(chance.choice(marks[1:] if number % 2 else anywhere) for number in range(count))
    disk, done = Disk(), 0
    for moment in wanted:
        while done < moment:
            disk.play(ops[done])
            done += 1
        yield done, disk
