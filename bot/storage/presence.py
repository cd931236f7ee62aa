"""Who uses a database now: processes that serve from it say so, and whoever moves the data wants to be alone.

The sign is a lock that the kernel or the server gives back when its holder dies, so nothing is left over after a kill. On SQLite it is
a file beside the database; on PostgreSQL an advisory lock of a connection that stays open, so it holds for all machines.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError

log = logging.getLogger("bot.storage")

_LOCK = 7_427_103  # any number that nobody else locks in this database
_LOOK_EVERY = 5.0  # seconds between looks whether the connection still lives
_TRY = "SELECT pg_try_advisory_lock{shared}(:lock, hashtext(coalesce(current_schema(), '')))"


class DatabaseInUse(BotError):
    """Raised when a process serves from the database, or its data is being moved."""


@contextmanager
def serving_from(engine: Engine) -> Iterator[None]:
    """This process answers from `engine` inside the block. Raises DatabaseInUse while the data is being moved."""
    with _held(engine, shared=True) as got:
        if not got:
            raise DatabaseInUse(
                "Dữ liệu của cơ sở dữ liệu này đang được chuyển đi nơi khác.",
                "Đợi tuvan migrate-data xong rồi chạy lại.",
            )
        yield


@contextmanager
def alone_with(engine: Engine, name: str) -> Iterator[None]:
    """Nobody serves from `engine` inside the block; `name` is what people call it. Raises DatabaseInUse while somebody does."""
    with _held(engine, shared=False) as got:
        if not got:
            raise DatabaseInUse(
                f"Còn tiến trình đang dùng cơ sở dữ liệu {name}.",
                "Dừng mọi tuvan run, serve, worker, poll và migrate-data khác rồi chạy lại.",
            )
        yield


@contextmanager
def _held(engine: Engine, *, shared: bool) -> Iterator[bool]:
    if engine.dialect.name == "postgresql":
        with _on_server(engine, shared=shared) as got:
            yield got
        return
    name = engine.url.database or ""
    if not name or name == ":memory:" or name.startswith("file:"):
        yield True  # of this process alone
        return
    with _in_file(Path(name).with_name(f"{Path(name).name}.serving"), shared=shared) as got:
        yield got


@contextmanager
def _in_file(path: Path, *, shared: bool) -> Iterator[bool]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise DatabaseInUse(
            f"Không ghi được {path.name} ({error.strerror}).", "Cấp quyền ghi vào thư mục đó."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


@contextmanager
def _on_server(engine: Engine, *, shared: bool) -> Iterator[bool]:
    holder = _ServerLock(engine, shared=shared)
    if not holder.take():
        holder.release()
        yield False
        return
    ended = threading.Event()
    watch = threading.Thread(target=holder.keep, args=(ended,), name="presence", daemon=True)
    watch.start()
    try:
        yield True
    finally:
        ended.set()
        watch.join(timeout=10)
        holder.release()


class _ServerLock:
    """The advisory lock on a connection of its own; taken again when the server went away for a while."""

    def __init__(self, engine: Engine, *, shared: bool) -> None:
        self._engine = engine
        self._query = text(_TRY.format(shared="_shared" if shared else ""))
        self._connection: Connection | None = None

    def take(self) -> bool:
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return bool(self._connection.execute(self._query, {"lock": _LOCK}).scalar_one())

    def keep(self, ended: threading.Event) -> None:
        while not ended.wait(_LOOK_EVERY):
            try:
                if self._connection is None:
                    self.take()
                else:
                    self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError as error:
                log.warning("presence in the database: %s", type(error).__name__)
                self.release()

    def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()  # closed, not pooled: the lock goes with the session
            with suppress(SQLAlchemyError):
                connection.close()
