"""Sliding windows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.web.limits import SlidingWindow


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
def test_no_window_of_a_minute_ever_holds_more_than_the_limit(pauses: list[float], limit: int) -> None:
    now = [0.0]
    window = SlidingWindow(limit, 60, lambda: now[0])
    taken: list[float] = []
    for pause in pauses:
        now[0] += pause
        wait = window.wait("a")
        recent = [t for t in taken if t > now[0] - 60]
        assert (wait == 0) == (len(recent) < limit)
        if wait == 0:
            window.count("a")
            taken.append(now[0])


def test_the_wait_it_names_is_enough() -> None:
    now = [5.5]
    window = SlidingWindow(1, 60, lambda: now[0])
    window.count("a")
    now[0] += 10.7
    now[0] += window.wait("a")
    assert window.wait("a") == 0


def test_the_least_recent_key_is_forgotten_first() -> None:
    window = SlidingWindow(1, 60, lambda: 0.0, keys=2)
    for key in ("a", "b", "a", "c"):
        window.count(key)
    assert [bool(window.wait(key)) for key in ("a", "b", "c")] == [True, False, True]
