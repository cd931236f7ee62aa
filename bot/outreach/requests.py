"""The register of what people asked of their own data, with the days by which it must be answered and done (Decree 356/2025/NĐ-CP)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from bot.outreach.tables import requests
from bot.time_zone import TIME_ZONE

ANSWER_WORKING_DAYS = 2
FINISH_DAYS = 15


def new_receipt(now: float) -> str:
    """A number to be told to the person: the day and some letters, e.g. "281126-7K3QD"."""
    letters = "".join(secrets.choice("ABCDEFGHJKMNPQRSTVWXYZ23456789") for _ in range(5))
    return f"{datetime.fromtimestamp(now, TIME_ZONE):%d%m%y}-{letters}"


def working_days_after(now: float, count: int) -> float:
    """The end of the `count`-th working day after the day of `now` (Monday to Friday; holidays are not known)."""
    day = datetime.fromtimestamp(now, TIME_ZONE)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day.replace(hour=17, minute=0, second=0, microsecond=0).timestamp()


def register(connection: Connection, kind: str, channel: str, receipt: str, now: float, *, result: str = "") -> None:
    """A request that was carried out at once, by the bot itself."""
    connection.execute(
        insert(requests).values(
            receipt=receipt, kind=kind, channel=channel, received_at=now, done_at=now, result=result,
            answer_by=working_days_after(now, ANSWER_WORKING_DAYS), finish_by=now + FINISH_DAYS * 86_400.0,
        )
    )  # fmt: skip
