"""Rates for the tests of calculators: those that come along, and rows made up here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from knowledge.law import Coordinate
from knowledge.rates import Certainty, Rate, Rates, load_rates

TODAY = date(2026, 11, 22)
NEW_YEAR = date(2027, 1, 1)


@lru_cache(maxsize=1)
def shipped() -> Rates:
    """The rates that come along."""
    return load_rates()


def made(
    key: str,
    value: int | str,
    *,
    since: date = date(2026, 1, 1),
    until: date | None = None,
    certainty: Certainty = Certainty.CONFIRMED,
    **where: str,
) -> Rate:
    """A row as staff might write it; text is a Decimal."""
    number = Decimal(value) if isinstance(value, str) else value
    basis = (Coordinate("1/2026/NQ-HĐND", "2"),)
    return Rate(key, key, "phần", number, since, until, basis, certainty, "hai cán bộ", TODAY, "", where)


def with_rows(*rows: Rate) -> Rates:
    """The rates that come along and `rows`."""
    return Rates([*shipped().rows(), *rows])


def instead(*rows: Rate) -> Rates:
    """`rows` alone under their keys, everything else as it comes along."""
    keys = {row.key for row in rows}
    return Rates([*(row for row in shipped().rows() if row.key not in keys), *rows])
