"""Rows for every table of a database of any revision: what the database itself says of its tables is all that is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, MetaData, Table

ROWS = 3
NUMBERED = 1000
"""Numbers begin here: a key is told from a count."""
NOT_FREE: Mapping[str, list[Any]] = {
    "conversations.state": [{"campaign": "PN-BaTo"}, {}, {"form": None}],  # a step reads it
    "conversations.channel": ["telegram", "zalo_oa", "web"],
    "conversations.person": ["p1", "p2", "p3"],
    "documents.kind": ["luật", "nghị định", "thông tư"],
    "documents.status": ["accepted"] * 3,
    "documents.replaces": [[], [], []],
    "documents.warnings": [[], [], []],
    "generations.state": ["failed"] * 3,
    "inbox.event": [{"text": "Tôi muốn hỏi"}, {"text": "\u0000".strip("\u0000") + "é"}, {}],
    "leads.channel": ["telegram", "zalo_oa", "web"],
    "leads.citations": [[], [{"number": "41/2024/QH15"}], []],
    "leads.phone": ["+84900000001", "+84900000002", "+84900000003"],
    "leads.status": ["new", "contacted", "closed"],
    "leads.commune_code": ["", "", ""],
    "staff.role": ["admin", "commune", "leader"],
}
"""Columns whose values the program or a step understands, by `table.column`."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables that are there, those that others refer to first."""
    there = MetaData()
    there.reflect(connection)
    return [table for table in there.sorted_tables if table.name != "alembic_version"]


def fill(connection: Connection) -> None:
    """`ROWS` rows in every table; tables that have rows already get none."""
    for table in tables_of(connection):
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None:
            connection.execute(table.insert(), [_row(table, n) for n in range(ROWS)])
        elif table.name == "knowledge_state":
            connection.execute(table.update().values(version=7))


def contents(connection: Connection, only: Mapping[str, list[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables by column, as plain values in a fixed order; with `only` of those tables and columns."""
    found = {}
    for table in tables_of(connection):
        if only is not None and table.name not in only:
            continue
        names = only[table.name] if only is not None else [column.name for column in table.columns]
        columns = [sa.type_coerce(table.c[name], table.c[name].type).label(name) for name in names if name in table.c]
        rows = [
            {key: _plain(value) for key, value in row.items()}
            for row in connection.execute(sa.select(*columns)).mappings()
        ]
        found[table.name] = sorted(rows, key=repr)
    return found


def _row(table: Table, n: int) -> dict[str, Any]:
    return {column.name: _value(table, column, n) for column in table.columns}


def _value(table: Table, column: Column[Any], n: int) -> Any:
    if known := NOT_FREE.get(f"{table.name}.{column.name}"):
        return known[n]
    if column.foreign_keys:
        if column.nullable and n == ROWS - 1:
            return None
        return _value(next(iter(column.foreign_keys)).column.table, next(iter(column.foreign_keys)).column, n)
    if column.nullable and n == ROWS - 1:
        return None
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return n % 2 == 0
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 11, 22, 10, n, 7, 123456, tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date(2026, 1, 1) + timedelta(days=n)
    if isinstance(kind, sa.Integer):
        return NUMBERED + n
    if isinstance(kind, sa.Float | sa.Numeric):
        return 1.7e9 + n + 0.25
    if isinstance(kind, sa.LargeBinary):
        return bytes([0, 255, n])
    if isinstance(kind, sa.JSON):
        return {"ô": [n, None, True, 1.5]}
    length = getattr(kind, "length", None) or 60
    return f"{n}{column.name} “Đặng”"[:length]


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
