"""Instants that other processes wrote down, when a machine's clock may have been put back or forward meanwhile.

A lease or a limit that was written by a clock an hour ahead would hold for that hour once the clock is right again. So whatever is
kept for at most some seconds is not believed when it lies further ahead than that.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement


def come(column: ColumnElement[Any], now: float, most: float) -> ColumnElement[bool]:
    """In SQL: the instant has come, or lies more than `most` seconds ahead, where nobody with a right clock puts it."""
    return (column <= now) | (column > now + most)


def ahead(instant: float, now: float, most: float) -> bool:
    """Whether the instant lies ahead, and no further than `most` seconds."""
    return now < instant <= now + most
