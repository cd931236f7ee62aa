"""Bounds for a chat model: time, calls at once, a rest after failures, allowances.

Traps: a call that hangs cannot be ended from outside. Its thread is left behind and keeps its place among the calls under way, so
that hanging calls can never be more than `at_once`; when all places hang, questions are answered without the model at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from queue import Empty, SimpleQueue

from knowledge.model.contract import NOTHING_USED, ChatModel, Meter, ModelFailed, Prompt, Said, Why

FAILURES = 5  # in a row, after which the model rests
REST = 30.0  # seconds

Clock = Callable[[], float]


class Breaker:
    """Counts failures in a row. After FAILURES of them nobody asks for REST seconds, then one call tries. Thread-safe."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._failed, self._until, self._trying = 0, 0.0, False
        self._lock = threading.Lock()

    @property
    def resting(self) -> bool:
        """Whether calls are held back now."""
        with self._lock:
            return self._failed >= FAILURES and (self._trying or self._clock() < self._until)

    def enter(self) -> bool:
        """Whether a call may be made; who was let in tells how it ended."""
        with self._lock:
            if self._failed < FAILURES:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    def ended(self, *, well: bool) -> None:
        """A call that was let in has ended."""
        with self._lock:
            self._trying = False
            self._failed = 0 if well else self._failed + 1
            if self._failed >= FAILURES:
                self._until = self._clock() + REST


class Guarded:
    """A model within its bounds. `at_once`: calls under way at the same time. Thread-safe."""

    def __init__(self, model: ChatModel, meter: Meter, *, at_once: int = 4, clock: Clock = time.monotonic) -> None:
        self._model, self._meter = model, meter
        self._places = threading.BoundedSemaphore(at_once)
        self._breaker = Breaker(clock)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    @property
    def resting(self) -> bool:
        """Whether it rests after failures."""
        return self._breaker.resting

    def say(
        self,
        prompt: Prompt,
        *,
        person: str,
        day: date,
        seconds: float,
        hear: Callable[[str], None] = lambda piece: None,
        check: Callable[[str], object] = lambda text: None,
    ) -> Said:
        """What the model says, in at most `seconds`; each piece of it is given to `hear`, in this thread. Raises ModelFailed.

        `check` raises ModelFailed for words that are not of the form asked for: that counts as a failure too.
        """
        if not self._meter.allows(person, day):
            raise ModelFailed(Why.SPENT)
        if not self._places.acquire(blocking=False):
            raise ModelFailed(Why.BUSY)
        if not self._breaker.enter():
            self._places.release()
            raise ModelFailed(Why.RESTING)
        try:
            said = self._within(prompt, seconds, hear)
            check(said.text)
        except ModelFailed:
            self._breaker.ended(well=False)
            self._meter.used(person, day, NOTHING_USED)
            raise
        self._breaker.ended(well=True)
        self._meter.used(person, day, said.usage)
        return said

    def _within(self, prompt: Prompt, seconds: float, hear: Callable[[str], None]) -> Said:
        pieces: SimpleQueue[str | Said | ModelFailed] = SimpleQueue()
        given_up = threading.Event()

        def ask() -> None:
            def take(piece: str) -> bool:
                pieces.put(piece)
                return not given_up.is_set()

            try:
                pieces.put(self._model.say(prompt, take))
            except ModelFailed as error:
                pieces.put(error)
            except BaseException as error:  # a client's own thread must never end without a word
                pieces.put(ModelFailed(Why.GARBAGE, type(error).__name__))
            finally:
                self._places.release()

        until = time.monotonic() + seconds
        threading.Thread(target=ask, name="chat-model", daemon=True).start()
        while True:
            try:
                heard = pieces.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                given_up.set()
                raise ModelFailed(Why.TIME) from None
            if isinstance(heard, Said):
                return heard
            if isinstance(heard, ModelFailed):
                raise heard
            if time.monotonic() >= until:  # a slow drip is no answer
                given_up.set()
                raise ModelFailed(Why.TIME)
            hear(heard)
