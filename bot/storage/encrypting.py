"""Seals the personal data of a whole database, seals it with another key, or opens it again: all of it or nothing.

One transaction, alone with the database: what ends it before its commit leaves the database as it was. Afterwards the database's files
are written anew, so that no page keeps what stood there before. Backups and archives of the write-ahead log made before do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DDL, Column, Connection, Engine, Integer, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from bot.errors import BotError
from bot.storage.key_table import data_keys
from bot.storage.keys import Keyring, use_keys
from bot.storage.migrate import TABLES, migrate
from bot.storage.opening import key_in
from bot.storage.presence import alone_with
from bot.storage.sealed import sealed_columns
from knowledge.store import writing

Progress = Callable[[str, int, int], None]
"""(table, rows done, rows in all)"""

_ROWS = 500


class CannotSeal(BotError):
    """Raised when the database cannot be sealed or opened; it is as it was before."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What was done: the key before and now (None: not sealed), and rows of each table."""

    before: str | None
    now: str | None
    rows: dict[str, int]
    left: str  # why the files could not be written anew: pages may hold what stood there before; empty when they were


def seal(
    engine: Engine, keys: Keyring, *, off: bool = False, progress: Progress = lambda table, done, total: None
) -> Sealing:
    """Seals all personal data by the first of `keys`, or with `off` opens it. `engine` then uses what holds.

    Raises CannotSeal, CannotOpen, DatabaseInUse, DatabaseTrouble.
    """
    migrate(engine)
    after = None if off else keys
    with alone_with(engine, "này"):
        try:
            with writing(engine) as connection:
                before = key_in(connection)
                _refuse(before, keys)
                rows = {
                    table.name: _all(engine, connection, table, columns, keys if before else None, after, progress)
                    for table, columns in sealed_columns(TABLES)
                }
                connection.execute(delete(data_keys))
                if after is not None:
                    connection.execute(insert(data_keys).values(id=1, key=after.id, since=time.time()))
        except DBAPIError as error:
            reason = next(iter(str(error.orig or error).splitlines()), type(error).__name__)[:200]
            raise CannotSeal(
                f"Không ghi được cơ sở dữ liệu: {reason}.", "Dữ liệu vẫn như cũ; xem lý do rồi chạy lại."
            ) from None
        left = ""
        try:
            _write_anew(engine)
        except Exception as error:
            left = next(iter(str(getattr(error, "orig", error)).splitlines()), type(error).__name__)[:200]
    use_keys(engine, after)
    return Sealing(before, after.id if after else None, rows, left)


def _refuse(before: str | None, keys: Keyring) -> None:
    if before is not None and not keys.knows(before):
        raise CannotSeal(
            f"Dữ liệu đang được mã hóa bằng khóa {before}, không có trong tệp khóa.",
            "Để khóa cũ ở dòng dưới khóa mới trong tệp khóa.",
        )


def _all(
    engine: Engine,
    connection: Connection,
    table: Table,
    columns: list[Column[Any]],
    before: Keyring | None,
    after: Keyring | None,
    progress: Progress,
) -> int:
    own = list(table.primary_key)
    total = connection.execute(select(func.count()).select_from(table)).scalar_one()
    change = update(table).where(*(c == bindparam(f"own_{c.name}") for c in own))
    change = change.values({c.name: bindparam(f"new_{c.name}", type_=c.type) for c in columns})
    done = 0
    progress(table.name, 0, total)
    try:
        use_keys(engine, before)
        for part in _parts(connection, table, own, columns):
            use_keys(engine, after)
            connection.execute(change, part)
            use_keys(engine, before)
            done += len(part)
            progress(table.name, done, total)
    finally:
        use_keys(engine, before)
    return done


def _parts(
    connection: Connection, table: Table, own: list[Column[Any]], columns: list[Column[Any]]
) -> Iterator[list[dict[str, Any]]]:
    """Rows by key in parts; tables with another kind of key are small."""
    query = select(*own, *columns).order_by(*own)
    numbered = len(own) == 1 and isinstance(own[0].type, Integer)
    last = None
    while True:
        part = query if last is None else query.where(own[0] > last)
        found = connection.execute(part.limit(_ROWS) if numbered else part).mappings().all()
        if found:
            last = found[-1][own[0].name]
            yield [
                {f"own_{c.name}": row[c.name] for c in own} | {f"new_{c.name}": row[c.name] for c in columns}
                for row in found
            ]
        if not numbered or len(found) < _ROWS:
            return


def _write_anew(engine: Engine) -> None:
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table, _ in sealed_columns(TABLES):
                anew = DDL("VACUUM FULL %(fullname)s")  # type: ignore[no-untyped-call]
                connection.execute(anew.against(table))
        return
    with closing(engine.raw_connection()) as raw:  # outside a transaction, which ours would begin by themselves
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
