"""The rates as one table, asked by key and day. Pure: nothing is read from disk here."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from knowledge.rates.model import NoRate, Rate, RatesError

_Where = tuple[tuple[str, str], ...]


class Rates:
    """All rates. Raises RatesError when two rows of one key hold on the same day."""

    def __init__(self, rows: Iterable[Rate]) -> None:
        self._rows: dict[tuple[str, _Where], tuple[Rate, ...]] = {}
        grouped: dict[tuple[str, _Where], list[Rate]] = {}
        for row in rows:
            grouped.setdefault((row.key, _frozen(row.where)), []).append(row)
        for name, held in grouped.items():
            self._rows[name] = _in_order(held)
        self._keys = {key for key, _ in self._rows}

    def at(self, key: str, on: date, **where: str) -> Rate:
        """The row of `key` that holds on `on`. Raises NoRate when none does."""
        found = self.find(key, on, **where)
        if found is None:
            raise NoRate(key, on, where)
        return found

    def find(self, key: str, on: date, **where: str) -> Rate | None:
        """The row of `key` that holds on `on`, or None. Raises KeyError for a key no row has."""
        if key not in self._keys:
            raise KeyError(key)
        return next((row for row in self._rows.get((key, _frozen(where)), ()) if on in row), None)

    def next_change(self, key: str, after: date, **where: str) -> Rate | None:
        """The first row of `key` that begins after `after`, or None."""
        return next((row for row in self._rows.get((key, _frozen(where)), ()) if row.since > after), None)

    def rows(self, key: str | None = None) -> list[Rate]:
        """All rows, or those of `key`, in order of key, place and day."""
        return [row for (name, _), held in sorted(self._rows.items()) if key in (None, name) for row in held]

    def gaps(self) -> list[tuple[Rate, Rate]]:
        """Neighbouring rows of one key with days between them on which nothing holds."""
        return [
            (a, b)
            for held in self._rows.values()
            for a, b in itertools.pairwise(held)
            if a.until is not None and a.until + timedelta(days=1) < b.since
        ]


def _frozen(where: Mapping[str, str]) -> _Where:
    return tuple(sorted((k, str(v)) for k, v in where.items()))


def _in_order(rows: list[Rate]) -> tuple[Rate, ...]:
    """`rows` by day; an open row ends the day before the next begins."""
    rows = sorted(rows, key=lambda r: r.since)
    closed: list[Rate] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if after is not None and after.since <= row.since:
            raise RatesError(
                f"Tham số {row.key}: hai dòng cùng bắt đầu ngày {row.since.isoformat()}.", "Giữ lại một dòng."
            )
        if after is not None and row.until is not None and row.until >= after.since:
            raise RatesError(
                f"Tham số {row.key}: dòng từ {row.since.isoformat()} chồng lên dòng từ {after.since.isoformat()}.",
                "Sửa ngày hết hiệu lực của dòng trước.",
            )
        if after is not None and row.until is None:
            row = replace(row, until=after.since - timedelta(days=1))
        closed.append(row)
    return tuple(closed)
