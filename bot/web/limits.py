"""How often one session or one address may ask: sliding windows in memory.

One process counts for itself; several processes each allow the limit. That is enough against a flooding user, and costs
no shared storage.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable


class SlidingWindow:
    """At most `limit` events per key in any `seconds`; remembers at most `keys` keys, the least recent forgotten first.

    `clock` gives seconds that never go back (`time.monotonic`).
    """

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float], *, keys: int = 20_000) -> None:
        self.limit = limit
        self._seconds = seconds
        self._clock = clock
        self._keys = keys
        self._events: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Whole seconds until `key` may act again; 0 when it may act now. Counts nothing."""
        events = self._events.get(key)
        if not events:
            return 0
        now = self._clock()
        while events and events[0] <= now - self._seconds:
            events.popleft()
        if len(events) < self.limit:
            return 0
        return max(1, math.ceil(events[0] + self._seconds - now))

    def count(self, key: str) -> None:
        """Note that `key` acted now."""
        self._events.setdefault(key, deque()).append(self._clock())
        self._events.move_to_end(key)
        while len(self._events) > self._keys:
            self._events.popitem(last=False)
