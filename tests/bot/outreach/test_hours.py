"""Working hours: open, closed, and the day by which somebody is called."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.outreach.hours import BadHours, Hours
from bot.time_zone import TIME_ZONE

HOURS = Hours.parse("1-5 07:30-11:30,13:30-17:00")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=TIME_ZONE).timestamp()


@pytest.mark.parametrize(
    ("moment", "is_open", "by"),
    [
        ("2026-11-27T08:00", True, "thứ Hai ngày 30/11/2026"),  # a Friday
        ("2026-11-27T11:30", False, "thứ Hai ngày 30/11/2026"),
        ("2026-11-27T17:00", False, "thứ Ba ngày 1/12/2026"),
        ("2026-11-28T10:00", False, "thứ Ba ngày 1/12/2026"),
        ("2026-11-30T06:00", False, "thứ Ba ngày 1/12/2026"),
    ],
)
def test_open_and_promised(moment: str, is_open: bool, by: str) -> None:
    assert HOURS.open_at(at(moment)) is is_open
    assert HOURS.promise(at(moment)).endswith(by)


def test_in_words() -> None:
    assert HOURS.in_words() == "thứ Hai đến thứ Sáu, 07:30–11:30 và 13:30–17:00"
    assert Hours.parse("6 08:00-11:00").in_words() == "thứ Bảy, 08:00–11:00"


@pytest.mark.parametrize(
    "text", ["", "1-5", "5-1 07:30-11:30", "1-5 11:30-07:30", "0-9 07:30-11:30", "1-5 25:00-26:00"]
)
def test_hours_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BadHours):
        Hours.parse(text)
