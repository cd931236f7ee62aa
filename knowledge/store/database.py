"""Opening the database: SQLite by default, PostgreSQL by address.

Traps: SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that several processes use, so those libraries get the
rollback journal; a commit outlives a power cut only with synchronous=FULL, and with the rollback journal only with
EXTRA, for the journal whose deletion was not synced comes back and undoes it; a transaction that reads first and writes
later fails at once with "database is locked" when another one wrote in between, so transactions start as writers
(BEGIN IMMEDIATE) unless they say that they only read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from knowledge.errors import BadInput
from knowledge.store.turns import Turns

BUSY_TIMEOUT_MS = 15_000
_READ_ONLY = "tuvan_read_only"
_WAL_BROKEN_FROM = (3, 7, 0)
_WAL_SOUND_FROM = (3, 51, 3)


def sqlite_module() -> ModuleType:
    """The SQLite driver with the newer library: `pysqlite3` when it is installed, else Python's own."""
    try:
        import pysqlite3.dbapi2 as newer
    except ImportError:
        return sqlite3
    module: ModuleType = newer
    return module


def journal_mode_for(version: tuple[int, ...]) -> str:
    """The journal that is safe with several processes on this SQLite library: `"wal"` or `"delete"`."""
    return "wal" if version >= _WAL_SOUND_FROM else "delete"


def open_engine(url: str, *, module: ModuleType | None = None) -> Engine:
    """Engine for `url`, e.g. `sqlite:///data/tuvan.db` or `postgresql://user@host/name`.

    The folder of an SQLite file is created when missing. `module` is the SQLite driver, by default the newest
    installed. Raises `BadInput` when the address cannot be read, names another kind of database, or a folder that
    cannot be made. Values of statements stay out of its errors and logs: they are what people wrote.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput("DATABASE_URL không đọc được.", "Dùng dạng sqlite:///đường/dẫn/tuvan.db.") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed, module or sqlite_module())
    if backend in ("postgresql", "postgres"):
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    raise BadInput(f"DATABASE_URL: không hỗ trợ cơ sở dữ liệu “{backend}”.", "Dùng sqlite hoặc postgresql.")


def _open_sqlite(url: URL, module: ModuleType) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"DATABASE_URL: không tạo được thư mục {folder} ({error.strerror}).",
                "Chọn thư mục khác hoặc cấp quyền ghi.",
            ) from error
    engine = create_engine(url.set(drivername="sqlite"), module=module, hide_parameters=True)
    wanted = journal_mode_for(module.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN would come too late and is always deferred: transactions are ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in (wanted, "memory"):
            cursor.execute(f"PRAGMA journal_mode={wanted}").fetchone()
        cursor.execute(f"PRAGMA synchronous={'FULL' if wanted == 'wal' else 'EXTRA'}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what a person had erased is overwritten, not only unlinked
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One connection that sees one moment of the database and takes no write lock; for reads only."""
    with engine.connect().execution_options(**{_READ_ONLY: True}) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, urgent: bool = False) -> Iterator[Connection]:
    """One transaction that holds the write lock from its start; committed at the end, undone by an exception.

    With `urgent` it goes before the other threads of this process that wait to write.
    """
    with _turn_of(engine, urgent), engine.begin() as connection:
        yield connection


# SQLite lets one write at a time and makes the others sleep and look again, up to a tenth of a second each time. Threads of one
# process queue here instead, and only processes wait for each other that way.
_turns: WeakKeyDictionary[Engine, Turns] = WeakKeyDictionary()
_turns_lock = threading.Lock()


def _turn_of(engine: Engine, urgent: bool) -> AbstractContextManager[None]:
    if engine.dialect.name != "sqlite":
        return nullcontext()
    with _turns_lock:
        return _turns.setdefault(engine, Turns()).turn(urgent=urgent)
