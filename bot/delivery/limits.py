"""How fast we may send: never more than a platform allows, in any window it may count in.

A platform counts when a message arrives, we count when it leaves, and the way between takes varying time. So a place in the window
is given back only `seconds` after the platform has answered, not after we asked.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from bot.channels.contract import Rate


class Window:
    """At most `rate.count` messages in any `rate.seconds`. For one event loop."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._under_way = 0
        self._ends: deque[float] = deque()  # when messages were answered
        self._halted_until = 0.0

    def free(self) -> int:
        """How many messages may leave now."""
        now = self._clock()
        if now < self._halted_until:
            return 0
        while self._ends and self._ends[0] <= now - self._rate.seconds:
            self._ends.popleft()
        return max(0, self._rate.count - self._under_way - len(self._ends))

    def begin(self) -> None:
        """A message leaves."""
        self._under_way += 1

    def end(self) -> None:
        """The platform has answered, or will not."""
        self._under_way -= 1
        self._ends.append(self._clock())

    def wait(self) -> float:
        """Seconds until a place may be free; 0 when one is."""
        if self.free():
            return 0.0
        now = self._clock()
        if now < self._halted_until:
            return self._halted_until - now
        return max(0.01, self._ends[0] + self._rate.seconds - now) if self._ends else 0.05

    def wait_halted(self) -> float:
        """Seconds until `halt` ends; 0 when nothing is halted."""
        return max(0.0, self._halted_until - self._clock())

    def halt(self, seconds: float) -> None:
        """Nothing leaves for `seconds`."""
        self._halted_until = max(self._halted_until, self._clock() + seconds)
