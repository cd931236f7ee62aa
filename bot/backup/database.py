"""One moment of the database as an SQLite file, whatever it runs on, and back.

SQLite is copied by its own online backup; PostgreSQL row by row inside one transaction that sees one moment. So one kind of archive
serves both, can be checked without a server, and moves an installation from one to the other.

Traps: JSON travels as text, or an SQL NULL would become a JSON null; a moment without zone is UTC; PostgreSQL's sequences do not see
rows that brought their own number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DatabaseError

from bot.errors import BotError
from bot.storage.migrate import TABLES, build, head, known_revisions, migrate, revision_of
from bot.storage.sealed import plain_type
from knowledge.store import open_engine, reading, sqlite_module

_ROWS = 500  # at once
_SIGNED_IN = ("staff_sessions", "staff_link_codes")


class BadDatabase(BotError):
    """Raised when a database cannot be copied, is damaged, or is not one of this program's."""


def all_tables() -> Iterator[Table]:
    """Every table, those that others refer to first."""
    for metadata in TABLES:
        yield from metadata.sorted_tables


def snapshot(engine: Engine, to: Path) -> str:
    """Copies the database as it is now into the new SQLite file `to`; returns its revision. Raises BadDatabase."""
    if engine.dialect.name == "sqlite":
        path = database_file(engine)
        if path is None or not path.exists():
            raise BadDatabase(
                "Chưa có cơ sở dữ liệu để sao lưu.", "Chạy `tuvan run` một lần, hoặc kiểm tra TUVAN_DATA."
            )
        with reading(engine) as connection, closing(sqlite_module().connect(to)) as target:
            connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
    else:
        _copy_out(engine, to)
    _one_file(to)
    with closing(sqlite_module().connect(to)) as copy:
        return _revision(copy)


def database_file(engine: Engine) -> Path | None:
    """The file of an SQLite database; None for one in memory and for servers."""
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


def counts(file: Path) -> dict[str, int]:
    """Rows of each table of an SQLite file."""
    with closing(sqlite_module().connect(file)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return {name: _count(connection, name) for (name,) in names.fetchall()}


def check(file: Path) -> str:
    """Looks through a whole SQLite file; returns its revision. Raises BadDatabase when it is damaged."""
    with closing(sqlite_module().connect(file)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite_module().DatabaseError as error:
            found, orphans = str(error), None
        if found != "ok" or orphans is not None:
            why = " ".join(found.split()) if found != "ok" else f"dòng mồ côi ở bảng {orphans[0]}"
            raise BadDatabase(f"Cơ sở dữ liệu bị hỏng ({why}).", "Khôi phục bản sao lưu gần nhất còn tốt.")
        return _revision(connection)


def bring_up(file: Path) -> None:
    """Brings an SQLite file that is to be put in place to this program's tables; nobody in it stays signed in."""
    engine = open_engine(f"sqlite:///{file}")
    try:
        migrate(engine)
        with engine.begin() as connection:
            for name in _SIGNED_IN:
                connection.execute(sa.delete(sa.table(name)))
    finally:
        engine.dispose()
    _one_file(file)


def known(revision: str) -> bool:
    """Whether this program knows the tables of `revision`."""
    return revision in known_revisions()


def is_empty(engine: Engine) -> bool:
    """Whether a server's database has none of our tables."""
    names = set(sa.inspect(engine).get_table_names())
    return not names & ({table.name for table in all_tables()} | {"alembic_version"})


def fill(engine: Engine, file: Path) -> None:
    """Puts the rows of `file` (of this program's revision) in the place of all rows of a server's database, in one transaction."""
    migrate(engine)
    source = open_engine(f"sqlite:///{file}")
    tables = list(all_tables())
    try:
        with reading(source) as old, engine.begin() as new:
            names = ", ".join(new.dialect.identifier_preparer.format_table(table) for table in tables)
            new.execute(sa.text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
            for table in reversed(tables):
                new.execute(sa.delete(table))
            for table in tables:
                _copy(table, old, new)
            for table in tables:
                _go_on_counting(new, table)
    except DatabaseError as error:
        reason = next(iter(str(error.orig).splitlines()), "")
        raise BadDatabase(
            f"Không ghi được vào cơ sở dữ liệu: {reason}.", "Cơ sở dữ liệu vẫn như cũ; xem lý do rồi làm lại."
        ) from error
    finally:
        source.dispose()


def _copy_out(engine: Engine, to: Path) -> None:
    target = open_engine(f"sqlite:///{to}")
    moment = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with moment as old, old.begin():
            old.execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
            found = revision_of(old)
            if found is None:
                raise BadDatabase(
                    "Cơ sở dữ liệu chưa có bảng nào.", "Chạy `tuvan run` một lần, hoặc kiểm tra DATABASE_URL."
                )
            if not known(found):
                raise BadDatabase(
                    f"Cơ sở dữ liệu do bản chương trình mới hơn tạo ra ({found}, bản này là {head()}).",
                    "Sao lưu bằng bản chương trình đó.",
                )
            build(target, found)
            tables = list(all_tables()) if found == head() else _tables_there(old)
            with target.begin() as new:
                for table in reversed(tables):
                    new.execute(sa.delete(table))
                for table in tables:
                    _copy(table, old, new)
    finally:
        target.dispose()


def _tables_there(connection: Connection) -> list[Table]:
    """The tables of an older program as the server tells them, those that others refer to first."""
    there = sa.MetaData()
    there.reflect(connection)
    tables = [table for table in there.sorted_tables if table.name != "alembic_version"]
    for table in tables:
        for column in table.columns:
            column.type = column.type.as_generic()
    return tables


def _copy(table: Table, old: Connection, new: Connection) -> None:
    columns = list(table.columns)
    query = sa.select(*(_read(c, old) for c in columns))
    insert = sa.insert(table).values({c.name: _value(c, new) for c in columns})
    rows = old.execution_options(stream_results=True, yield_per=_ROWS).execute(query)
    for part in rows.partitions(_ROWS):
        new.execute(insert, [_row(columns, row, new) for row in part])


def _read(column: sa.Column[Any], connection: Connection) -> Any:
    if not isinstance(plain_type(column), sa.JSON):
        return sa.type_coerce(column, plain_type(column)).label(column.name)
    as_text = sa.cast(column, sa.Text) if connection.dialect.name == "postgresql" else sa.type_coerce(column, sa.Text)
    return as_text.label(column.name)


def _value(column: sa.Column[Any], connection: Connection) -> Any:
    if not isinstance(plain_type(column), sa.JSON):
        return sa.bindparam(_bound(column), type_=plain_type(column))
    text = sa.bindparam(_bound(column), type_=sa.Text)
    return sa.cast(text, sa.JSON) if connection.dialect.name == "postgresql" else sa.type_coerce(text, sa.Text)


def _bound(column: sa.Column[Any]) -> str:
    return f"v_{column.name}"


def _row(columns: Sequence[sa.Column[Any]], row: Sequence[Any], new: Connection) -> dict[str, Any]:
    return {_bound(c): _moment(value, new) for c, value in zip(columns, row, strict=True)}


def _moment(value: Any, new: Connection) -> Any:
    if not isinstance(value, datetime):
        return value
    if new.dialect.name == "sqlite":
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _go_on_counting(connection: Connection, table: Table) -> None:
    for column in table.primary_key:
        if len(table.primary_key) == 1 and isinstance(column.type, sa.Integer):
            highest = connection.execute(sa.select(sa.func.max(column))).scalar()
            name = connection.dialect.identifier_preparer.format_table(table)
            connection.execute(
                sa.text("SELECT setval(s, :n, :called) FROM pg_get_serial_sequence(:t, :c) AS s WHERE s IS NOT NULL"),
                {"n": highest or 1, "called": highest is not None, "t": name, "c": column.name},
            )


def _one_file(path: Path) -> None:
    """Nothing of the database stays beside its file."""
    with closing(sqlite_module().connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])  # noqa: S608 - of sqlite_master


def _revision(connection: Any) -> str:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite_module().OperationalError:
        row = None
    if row is None:
        raise BadDatabase("Tệp không phải cơ sở dữ liệu của chương trình này.", "Kiểm tra TUVAN_DATA, DATABASE_URL.")
    return str(row[0])
