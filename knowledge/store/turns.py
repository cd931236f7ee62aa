"""A lock whose turns are handed on in the order of asking.

A plain lock is taken by whoever comes by when it is free: a thread that writes again and again may starve one that waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One turn at a time. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._gates: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._lock:
            return len(self._gates)

    @contextmanager
    def turn(self, *, urgent: bool = False) -> Iterator[None]:
        """Waits for the turn and holds it; with `urgent` before all who wait already."""
        gate: threading.Lock | None = None
        with self._lock:
            if self._taken:
                gate = threading.Lock()
                gate.acquire()
                (self._gates.appendleft if urgent else self._gates.append)(gate)
            self._taken = True
        if gate is not None:
            gate.acquire()  # whoever ends a turn opens it: the turn is never free in between
        try:
            yield
        finally:
            with self._lock:
                if self._gates:
                    self._gates.popleft().release()
                else:
                    self._taken = False
