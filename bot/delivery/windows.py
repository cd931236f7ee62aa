"""When a platform lets us write to a person: a pure decision with its reason.

Zalo Official Account: answers are free within 48 hours of the person's last word, paid or from a quota up to seven days, refused
afterwards; messages that nobody asked for are forbidden from 22:00 to 06:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.channels.contract import Capabilities
from bot.time_zone import TIME_ZONE

NIGHT_FROM, NIGHT_UNTIL = 22, 6  # o'clock in Việt Nam


class Purpose(StrEnum):
    """Why a message goes out."""

    ANSWER = "answer"  # of the bot, to what the person said
    NOTICE = "notice"  # of the bot, about itself: too fast, switched off
    STAFF = "staff"  # an officer wrote it
    PUSH = "push"  # nobody asked: reminders


@dataclass(frozen=True, slots=True)
class Decision:
    """Send now (`wait` 0), not before `wait` seconds from now, or never (`wait` None); `reason` for staff."""

    wait: float | None
    reason: str = ""


def may_send(purpose: Purpose, now: float, heard_at: float, can: Capabilities) -> Decision:
    """Whether a message may go out at `now` (seconds since 1970) to a person last heard at `heard_at`."""
    silent_hours = (now - heard_at) / 3600
    if can.reach_hours and silent_hours > can.reach_hours:
        return Decision(
            None, f"quá {can.reach_hours / 24:.0f} ngày kể từ tin cuối của người dân; nền tảng không nhận nữa"
        )
    if purpose is Purpose.PUSH:
        if can.free_hours and silent_hours > can.free_hours:
            return Decision(None, f"quá {can.free_hours:.0f} giờ miễn phí; tin tự gửi không dùng hạn mức trả tiền")
        if wait := until_morning(now):
            return Decision(wait, "không gửi tin tự động từ 22 giờ đến 6 giờ")
    return Decision(0.0)


@dataclass(frozen=True, slots=True)
class Window:
    """How long a person can still be written to: until `closes_at`, for nothing until `free_until`; None: without end."""

    closes_at: float | None
    free_until: float | None


def window_of(heard_at: float, can: Capabilities) -> Window:
    """The window that a person last heard at `heard_at` has opened."""
    closes, free = (heard_at + hours * 3600 if hours else None for hours in (can.reach_hours, can.free_hours))
    return Window(closes, free)


def until_morning(now: float) -> float:
    """Seconds until 06:00 when `now` is in the night hours, else 0."""
    here = datetime.fromtimestamp(now, TIME_ZONE)
    if NIGHT_UNTIL <= here.hour < NIGHT_FROM:
        return 0.0
    morning = here.replace(hour=NIGHT_UNTIL, minute=0, second=0, microsecond=0)
    if here.hour >= NIGHT_FROM:
        morning += timedelta(days=1)
    return (morning - here).total_seconds()
