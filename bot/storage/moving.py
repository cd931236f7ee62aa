"""Moves everything from one database to another, whole or not at all, and proves that it arrived.

The source is locked against writing, the target is filled in one transaction: whatever ends it before its commit, a kill or a cut
cable too, leaves the target empty. Before the commit each table is read back; number of rows and the sum of the hashes of all rows must
be those of the source. The sum does not depend on the order, which differs between servers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    String,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, StatementError

from bot.errors import BotError
from bot.storage.migrate import TABLES, migrate
from bot.storage.presence import alone_with
from bot.storage.sealed import plain_type
from bot.storage.sequences import carry_marks, marks_of
from knowledge.store import writing

Progress = Callable[[str, int, int], None]
"""(table, rows done, rows in all)"""

_ROWS = 500  # rows in one batch
_FILE_ROWS = 10  # of tables that hold whole files
_WAIT = "10s"  # for whoever is writing to the source
_PG_INTEGER = range(-(2**31), 2**31)


class CannotMove(BotError):
    """Raised when the data cannot be moved; the target is as empty as before."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table that arrived: rows, and the sum of their hashes, equal on both sides."""

    table: str
    rows: int
    sum: str


class Sum:
    """Rows and the sum of their hashes."""

    def __init__(self) -> None:
        self.rows, self._total = 0, 0

    def add(self, row: Sequence[Any]) -> None:
        """Counts one row."""
        self.rows += 1
        digest = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest()
        self._total = (self._total + int.from_bytes(digest, "big")) % (1 << 256)

    @property
    def hex(self) -> str:
        """The sum as 64 digits."""
        return f"{self._total:064x}"


def move(source: Engine, target: Engine, progress: Progress = lambda table, done, total: None) -> list[Moved]:
    """Copies all tables of `source` into the empty `target`; both are brought to the tables of this program before.

    Raises CannotMove, DatabaseInUse, DatabaseTrouble; then the target holds nothing.
    """
    if source.url == target.url:
        raise CannotMove("Nguồn và đích là một cơ sở dữ liệu.", "Ghi địa chỉ của cơ sở dữ liệu mới.")
    _refuse_strangers(target)
    migrate(source)
    migrate(target)
    with alone_with(source, "nguồn"), alone_with(target, "đích"):
        try:
            with writing(source) as reader, writing(target) as writer:
                _lock(reader, "SHARE")
                _lock(writer, "EXCLUSIVE")
                _refuse_filled(writer)
                done = [_copied(table, reader, writer, progress) for table in tables()]
                carry_marks(writer, marks_of(reader, tables()))
                for found in done:
                    _check(found, writer, progress)
                return done
        except (DBAPIError, StatementError) as error:
            reason = next(iter(str(error.orig or error).splitlines()), type(error).__name__)[:200]
            raise CannotMove(
                f"Không chuyển được dữ liệu: {reason}.",
                "Đích vẫn trống; kiểm tra kết nối, dung lượng đĩa và tiến trình đang ghi rồi chạy lại.",
            ) from error


def tables() -> list[Table]:
    """All tables, those that others refer to first."""
    return [table for metadata in TABLES for table in metadata.sorted_tables]


def _refuse_strangers(target: Engine) -> None:
    try:
        found = set(inspect(target).get_table_names())
    except DBAPIError as error:
        reason = next(iter(str(error.orig).splitlines()), "")
        raise CannotMove(f"Không mở được cơ sở dữ liệu đích: {reason}.", "Kiểm tra địa chỉ và quyền.") from error
    if strangers := sorted(found - {table.name for table in tables()} - {"alembic_version"}):
        raise CannotMove(
            f"Cơ sở dữ liệu đích có bảng lạ ({', '.join(strangers[:3])}).", "Tạo một cơ sở dữ liệu trống rồi chạy lại."
        )


def _refuse_filled(writer: Connection) -> None:
    for table in tables():
        query = select(table).limit(1)
        if table.name == "knowledge_state":  # a fresh database has its first row
            query = query.where((table.c.version != 0) | table.c.live_generation_id.is_not(None))
        if writer.execute(query).first() is not None:
            raise CannotMove(
                f"Cơ sở dữ liệu đích đã có dữ liệu (bảng {table.name}).", "Tạo một cơ sở dữ liệu trống rồi chạy lại."
            )


def _lock(connection: Connection, mode: str) -> None:
    """Nobody writes from here to the end of the transaction; on SQLite its start has seen to that."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables())
        connection.execute(text(f"LOCK TABLE {names} IN {mode} MODE"))


def _copied(table: Table, reader: Connection, writer: Connection, progress: Progress) -> Moved:
    total = reader.execute(select(func.count()).select_from(table)).scalar_one()
    checks = _checks(table) if writer.dialect.name == "postgresql" else []
    names, found = [column.name for column in table.columns], Sum()
    if table.name == "knowledge_state":
        writer.execute(table.delete())
    progress(table.name, 0, total)
    with _rows(table, reader) as batches:
        for batch in batches:
            for row in batch:
                found.add(row)
                for at, wrong in checks:
                    if trouble := wrong(row[at]):
                        raise _does_not_fit(table, names[at], row, trouble)
            writer.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in batch])
            progress(table.name, found.rows, total)
    return Moved(table.name, found.rows, found.hex)


def _check(copied: Moved, writer: Connection, progress: Progress) -> None:
    table, arrived = next(t for t in tables() if t.name == copied.table), Sum()
    with _rows(table, writer) as batches:
        for batch in batches:
            for row in batch:
                arrived.add(row)
    progress(f"kiểm tra {table.name}", arrived.rows, copied.rows)
    if (arrived.rows, arrived.hex) != (copied.rows, copied.sum):
        raise CannotMove(
            f"Bảng {table.name} không giống nhau sau khi chuyển ({arrived.rows}/{copied.rows} dòng).",
            "Đích vẫn trống, nguồn còn nguyên; báo người phát triển.",
        )


@contextmanager
def _rows(table: Table, connection: Connection) -> Iterator[Iterator[list[tuple[Any, ...]]]]:
    """Batches of all rows, each value as both kinds of database tell it."""
    files = any(isinstance(column.type, LargeBinary) for column in table.columns) and table.name != "vectors"
    times = [i for i, column in enumerate(table.columns) if isinstance(column.type, DateTime)]
    size = _FILE_ROWS if files else _ROWS
    query = select(table).execution_options(stream_results=True, yield_per=size)
    with connection.execute(query) as result:
        yield ([_plain(row, times) for row in part] for part in result.partitions())


def _plain(row: Sequence[Any], times: Sequence[int]) -> tuple[Any, ...]:
    values: list[Any] = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    for at in times:
        moment: datetime | None = values[at]
        if moment is not None:  # SQLite keeps UTC without saying so
            values[at] = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return tuple(values)


def _checks(table: Table) -> list[tuple[int, Callable[[Any], str]]]:
    """What PostgreSQL refuses and SQLite takes, so that the row can be named."""
    found: list[tuple[int, Callable[[Any], str]]] = []
    for at, column in enumerate(table.columns):
        kind = plain_type(column)
        if isinstance(kind, String):
            found.append((at, _bad_text(kind.length)))
        elif isinstance(kind, Integer):
            found.append((at, lambda value: "" if value is None or value in _PG_INTEGER else "số quá lớn"))
    return found


def _bad_text(longest: int | None) -> Callable[[Any], str]:
    def wrong(value: Any) -> str:
        if not isinstance(value, str):
            return ""
        if "\0" in value:
            return "ký tự NUL"
        return f"dài hơn {longest} ký tự" if longest and len(value) > longest else ""

    return wrong


def _does_not_fit(table: Table, column: str, row: Sequence[Any], trouble: str) -> CannotMove:
    names = [c.name for c in table.columns]
    key = ", ".join(f"{c.name}={row[names.index(c.name)]}" for c in table.primary_key)
    return CannotMove(
        f"PostgreSQL không nhận cột {column} của bảng {table.name}, dòng {key[:80]}: {trouble}.",
        "Đích vẫn trống; sửa hoặc xoá dòng đó ở nguồn rồi chạy lại.",
    )
