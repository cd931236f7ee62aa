"""The copy that is kept before an update changes the tables of a database: the way back to the program before.

It is made inside the lock under which tables are changed, so it holds all that was there at that moment, and of several processes that
start at once one makes it. Its archive is an ordinary backup of the older revision, which the program before restores.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from bot.backup.files import UPDATES
from bot.errors import BotError
from bot.settings import Settings
from bot.storage.migrate import head, migrate, outdated

log = logging.getLogger("bot.backup")

KEPT = 2
"""Updates whose copies stay."""
_PATIENCE, _AGAIN = 60.0, 0.05  # seconds for those who are writing
DAYS = 30
"""Days after which a copy goes in any case: what people had erased since is still in it."""
_OURS = re.compile(r"before-(?P<revision>\w+)-\d{8}-\d{6}\.zip")


class NotUpdated(BotError):
    """Raised when no copy could be kept, so the tables were left as they are."""


def up_to_date(
    settings: Settings,
    engine: Engine,
    report: Callable[[str], None] | None = None,
    now: Callable[[], float] = time.time,
) -> bool:
    """Brings the database of `settings` to the tables of this program, as `migrate` does; of one that holds something a copy is kept.

    `report` is told where. Raises NotUpdated, DatabaseTrouble.
    """

    def keep(connection: Connection, revision: str) -> None:
        if not _holds_something(connection):
            return
        path = _kept(settings, connection, now())
        line = f"Đã giữ bản sao trước khi nâng cấp dữ liệu từ {revision} lên {head()}: {path}"
        (report or log.warning)(line)

    if not settings.copy_before_update or not outdated(engine):
        return migrate(engine)
    with _turn(settings.tuvan_data / UPDATES):
        return migrate(engine, keep)


def forget_old(data: Path, now: float) -> None:
    """Removes copies that are older than `DAYS`."""
    for path in (data / UPDATES).glob("before-*.zip"):
        with suppress(OSError):  # another process was faster
            if _OURS.fullmatch(path.name) and now - path.stat().st_mtime > DAYS * 86_400:
                path.unlink()


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One process of this machine after the other: SQLite would not wait as long as a large copy takes."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _not_updated(
            f"Không ghi được vào {folder}: {error.strerror}.", "Kiểm tra dung lượng đĩa và quyền ghi."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _kept(settings: Settings, connection: Connection, moment: float) -> Path:
    # Libraries that a start without an update need not load.
    from bot.backup.database import BadDatabase
    from bot.backup.making import BackupFailed, told, write

    folder = settings.tuvan_data / UPDATES
    path = folder / f"before-{head()}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(moment))}.zip"
    try:
        with told():
            for left in folder.glob(".before-*.part"):  # by a kill: nobody else writes here now
                left.unlink()
            _hold_still(connection)
            write(settings, path, None, moment)
            _rotate(folder, path)
    except (BackupFailed, BadDatabase) as error:
        raise _not_updated(str(error), error.remedy) from error
    forget_old(settings.tuvan_data, moment)
    return path


def _not_updated(reason: str, remedy: str) -> NotUpdated:
    return NotUpdated(
        f"Chưa nâng cấp dữ liệu vì không giữ được bản sao trước khi nâng cấp. {reason}",
        f"{remedy} Dữ liệu vẫn như cũ; đã tự sao lưu nơi khác thì có thể đặt TUVAN_COPY_BEFORE_UPDATE=false.",
    )


def _holds_something(connection: Connection) -> bool:
    """Whether there is a row that somebody brought; the tables of a fresh installation hold one of their own."""
    there = sa.MetaData()
    there.reflect(connection)
    for table in there.tables.values():
        query = sa.select(sa.literal(1)).select_from(table).limit(1)
        if table.name == "knowledge_state":
            query = query.where(table.c.version != 0)
        if table.name != "alembic_version" and connection.execute(query).first() is not None:
            return True
    return False


def _hold_still(connection: Connection) -> None:
    """Nobody writes between the copy and the change of the tables; on SQLite the lock has seen to that."""
    if connection.dialect.name != "postgresql":
        return
    tables = [sa.Table(name, sa.MetaData()) for name in sa.inspect(connection).get_table_names()]
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            with connection.begin_nested():
                for table in tables:
                    lock = sa.DDL("LOCK TABLE %(fullname)s IN SHARE MODE NOWAIT")  # type: ignore[no-untyped-call]
                    connection.execute(lock.against(table))
            return
        except (
            OperationalError
        ):  # somebody writes: all locks are let go, as whoever waits with some of them ends in a deadlock
            if time.monotonic() > ends:
                raise
            time.sleep(_AGAIN)


def _rotate(folder: Path, newest: Path) -> None:
    """Leaves the newest copy of each of the last updates: an update that fails and is tried again takes no place of others."""
    ours = [path for path in folder.iterdir() if _OURS.fullmatch(path.name) and path != newest]
    seen = [_revision(newest)]
    for path in sorted(ours, key=lambda path: path.name[-19:], reverse=True):
        if _revision(path) in seen or len(seen) >= KEPT:
            path.unlink(missing_ok=True)
        else:
            seen.append(_revision(path))


def _revision(path: Path) -> str:
    found = _OURS.fullmatch(path.name)
    return found["revision"] if found else ""
