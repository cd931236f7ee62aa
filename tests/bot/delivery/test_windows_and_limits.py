"""When a platform lets us write, and how fast."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.channels.contract import Capabilities, Rate
from bot.delivery.limits import Window
from bot.delivery.windows import Purpose, may_send, until_morning
from bot.time_zone import TIME_ZONE

OA = Capabilities(1900, True, free_hours=48, reach_hours=168)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=TIME_ZONE).timestamp()
NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=TIME_ZONE).timestamp()
HOUR = 3600.0


@pytest.mark.parametrize(
    ("purpose", "now", "hours", "wait"),
    [
        (Purpose.ANSWER, NOON, 1, 0.0),
        (Purpose.ANSWER, NOON, 167, 0.0),
        (Purpose.ANSWER, NOON, 169, None),
        (Purpose.STAFF, NIGHT, 100, 0.0),
        (Purpose.PUSH, NOON, 47, 0.0),
        (Purpose.PUSH, NOON, 49, None),
        (Purpose.PUSH, NIGHT, 1, 6.5 * HOUR),
        (Purpose.ANSWER, NIGHT, 1, 0.0),
    ],
)
def test_windows(purpose: Purpose, now: float, hours: float, wait: float | None) -> None:
    decision = may_send(purpose, now, now - hours * HOUR, OA)
    assert decision.wait == wait
    assert bool(decision.reason) is (wait != 0.0)


def test_a_platform_without_windows_is_always_open() -> None:
    assert may_send(Purpose.ANSWER, NOON, NOON - 9000 * HOUR, Capabilities(4096, True)).wait == 0.0


def test_the_night_ends_at_six() -> None:
    early = datetime(2026, 11, 23, 5, 59, tzinfo=TIME_ZONE).timestamp()
    assert until_morning(early) == 60.0
    assert until_morning(early + 60) == 0.0


def test_a_place_is_free_again_only_after_the_whole_window() -> None:
    now = 100.0
    window = Window(Rate(2, 1.0), lambda: now)
    window.begin()
    window.begin()
    assert window.free() == 0
    now = 100.8
    window.end()
    window.end()
    now = 101.7
    assert window.free() == 0 and window.wait() > 0
    now = 101.81
    assert window.free() == 2 and window.wait() == 0
    window.halt(5)
    assert window.free() == 0
    assert window.wait_halted() == pytest.approx(5)
    now = 107.0
    assert window.free() == 2
