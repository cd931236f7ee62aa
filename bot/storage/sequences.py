"""The numbers a database would give next: carried along when data moves, so that no number is ever given twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Table, func, select, text


def marks_of(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """The highest number each table has given, also to rows that are gone where the database knows it."""
    found = {}
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = connection.execute(select(func.max(column))).scalar() or 0
        found[table.name] = max(highest, _remembered(connection, table.name, column.name))
    return found


def carry_marks(connection: Connection, marks: Mapping[str, int]) -> None:
    """Makes the next number of each table the one behind its mark."""
    for name, mark in marks.items():
        if mark < 1:
            continue
        if connection.dialect.name == "postgresql":
            if (sequence := _sequence(connection, name, "id")) is not None:
                connection.execute(
                    text("SELECT setval(CAST(:name AS regclass), :mark)"), {"name": sequence, "mark": mark}
                )
        elif _counts(connection, name):
            values = {"name": name, "mark": mark}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :mark)"), values)


def _remembered(connection: Connection, name: str, column: str) -> int:
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, name, column)
        if sequence is None:
            return 0
        query = text("SELECT pg_sequence_last_value(CAST(:name AS regclass))")  # NULL: it has given none yet
        return int(connection.execute(query, {"name": sequence}).scalar() or 0)
    if not _counts(connection, name):
        return 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(query, {"name": name}).scalar() or 0)


def _sequence(connection: Connection, name: str, column: str) -> str | None:
    query = text("SELECT pg_get_serial_sequence(:name, :column)")
    found: str | None = connection.execute(query, {"name": name, "column": column}).scalar()
    return found


def _counts(connection: Connection, name: str) -> bool:
    """Whether this table of SQLite never gives a number twice (AUTOINCREMENT)."""
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in str(connection.execute(query, {"name": name}).scalar() or "").upper()
