"""Working hours of the office (giờ làm việc): when a person answers, and when somebody who left a number is called. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.time_zone import TIME_ZONE

_DAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_FORM = re.compile(r"([1-7])(?:-([1-7]))?\s+(.+)")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


class BadHours(ValueError):
    """Raised when hours cannot be read; says how they are written."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Days of the week (0 is Monday) and the spans of each of them."""

    days: frozenset[int]
    spans: tuple[tuple[time, time], ...]

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Hours as "1-5 07:30-11:30,13:30-17:00" (1 is Monday). Raises BadHours."""
        found = _FORM.fullmatch(text.strip())
        spans = [_SPAN.fullmatch(part.strip()) for part in found[3].split(",")] if found else []
        if not found or not spans or not all(spans):
            raise BadHours("viết dạng 1-5 07:30-11:30,13:30-17:00 (1 là thứ Hai)")
        first, last = int(found[1]), int(found[2] or found[1])
        try:
            read = tuple((time(int(s[1]), int(s[2])), time(int(s[3]), int(s[4]))) for s in spans if s)
        except ValueError:
            raise BadHours("giờ từ 00:00 đến 23:59") from None
        if first > last or any(a >= b for a, b in read):
            raise BadHours("ngày và giờ viết từ sớm đến muộn")
        return cls(frozenset(range(first - 1, last)), read)

    def open_at(self, now: float) -> bool:
        """Whether somebody is at work at `now` (seconds since 1970)."""
        here = datetime.fromtimestamp(now, TIME_ZONE)
        return here.weekday() in self.days and any(a <= here.time() < b for a, b in self.spans)

    def next_open(self, now: float) -> datetime:
        """The beginning of the next span after `now`, or `now` itself during one."""
        here = datetime.fromtimestamp(now, TIME_ZONE)
        if self.open_at(now):
            return here
        for ahead in range(8):
            day = here + timedelta(days=ahead)
            for begins, _ in self.spans:
                start = day.replace(hour=begins.hour, minute=begins.minute, second=0, microsecond=0)
                if day.weekday() in self.days and start > here:
                    return start
        raise AssertionError("a week without a working day cannot be made")

    def promise(self, now: float) -> str:
        """When a call can be expected, in words: the working day after the one on which the office next reads it."""
        day = self.next_open(now) + timedelta(days=1)
        while day.weekday() not in self.days:
            day += timedelta(days=1)
        return f"giờ làm việc, muộn nhất {_DAYS[day.weekday()]} ngày {day.day}/{day.month}/{day.year}"

    def in_words(self) -> str:
        """The hours as people read them: "thứ Hai đến thứ Sáu, 07:30–11:30 và 13:30–17:00"."""
        days = f"{_DAYS[min(self.days)]} đến {_DAYS[max(self.days)]}" if len(self.days) > 1 else _DAYS[min(self.days)]
        return f"{days}, {' và '.join(f'{a:%H:%M}–{b:%H:%M}' for a, b in self.spans)}"
