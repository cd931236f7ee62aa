"""Columns whose values are sealed when the engine has keys, and stand as they are when it has none.

Trap: SQL cannot look into them. Equality works where a column says `equal`; `LIKE`, JSON paths and sorting do not: whoever needs these
reads the values first. The empty text and empty JSON are never sealed, so `column != ""` goes on to work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Dialect, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from bot.storage.keys import is_sealed, keys_of


class SealedText(TypeDecorator[str]):
    """Text; `place` binds its values to where they stand, columns that are compared or copied share one."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str, *, equal: bool = False) -> None:
        super().__init__()
        self.place, self.equal = place, equal

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        keys = keys_of(dialect)
        return value if keys is None or not value else keys.seal(value, self.place, equal=self.equal)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        keys = keys_of(dialect)
        return keys.open(value, self.place) if keys is not None and value is not None and is_sealed(value) else value


class SealedJSON(TypeDecorator[Any]):
    """JSON; sealed it is a JSON string."""

    impl = JSON
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        keys = keys_of(dialect)
        return value if keys is None or not value else keys.seal(json.dumps(value), self.place)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        keys = keys_of(dialect)
        return json.loads(keys.open(value, self.place)) if keys is not None and is_sealed(value) else value


def plain_type(column: Column[Any]) -> TypeEngine[Any]:
    """The type in which a column's values are stored."""
    found: TypeEngine[Any] = column.type
    return found.impl_instance if isinstance(found, TypeDecorator) else found


def sealed_columns(tables: Sequence[MetaData]) -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Each table that has sealed columns, with them."""
    for metadata in tables:
        for table in metadata.sorted_tables:
            if found := [column for column in table.columns if isinstance(column.type, SealedText | SealedJSON)]:
                yield table, found
