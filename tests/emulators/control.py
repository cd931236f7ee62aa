"""What the emulators share: a movable clock, a plan of faults, the record of calls, and rate windows."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

FAULT_KINDS = ("rate_limit", "status", "error", "reset", "delay", "garbage", "expire_token", "duplicate", "reorder")


class Clock:
    """Seconds since 1970 that run with the machine's clock and can be moved forward or back; safe between threads."""

    def __init__(self, start: float | None = None) -> None:
        self._offset = 0.0 if start is None else start - time.time()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock; negative goes back."""
        self._offset += seconds

    def set(self, epoch: float) -> None:
        """Makes it `epoch` now."""
        self._offset = epoch - time.time()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one call.

    `kind`: `rate_limit` (the platform's own "too many", obeyed for `retry_after` seconds), `status` (HTTP `status` with `body`),
    `error` (the platform's error envelope with code `status` and `description`), `reset` (connection cut without an answer), `delay`
    (answer after `seconds`), `garbage` (200 that is no JSON, or `body`), `expire_token` (the access token dies just before the call),
    `duplicate` and `reorder` (polled updates twice, or shuffled). `applied`: the call takes effect first, and only its answer is lost.
    """

    kind: str
    status: int = 500
    description: str = "Internal Server Error"
    body: str = ""
    retry_after: float = 1
    seconds: float = 1.0
    applied: bool = False

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(FAULT_KINDS)}")


@dataclass(slots=True)
class _Chance:
    probability: float
    faults: tuple[Fault, ...]
    randomness: random.Random
    left: int | None


class FaultPlan:
    """Faults to come, per method (`*`: any): a queue that is used up call by call, then chances drawn with a seed."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._chances: dict[str, _Chance] = {}
        self._lock = threading.Lock()

    def add(self, method: str, *faults: Fault | None, times: int = 1) -> None:
        """The next calls of `method` meet `faults`, in order, the list `times` over; None lets one call pass."""
        with self._lock:
            self._queues[method.lower()].extend(faults * times)

    def chance(
        self, method: str, probability: float, *faults: Fault, seed: int = 0, at_most: int | None = None
    ) -> None:
        """Each call of `method` meets one of `faults` with `probability` (0-1), `at_most` so many in all."""
        with self._lock:
            self._chances[method.lower()] = _Chance(probability, faults, random.Random(seed), at_most)

    def clear(self) -> None:
        """No more faults."""
        with self._lock:
            self._queues.clear()
            self._chances.clear()

    def next(self, method: str) -> Fault | None:
        """The fault of this call, if it has one; it is used up."""
        with self._lock:
            for name in (method.lower(), "*"):
                if self._queues[name]:
                    return self._queues[name].popleft()
            for name in (method.lower(), "*"):
                chance = self._chances.get(name)
                if chance and chance.left != 0 and chance.randomness.random() < chance.probability:
                    if chance.left is not None:
                        chance.left -= 1
                    return chance.randomness.choice(chance.faults)
        return None


@dataclass(slots=True)
class Call:
    """One request that came in. `answered` and `at` are seconds of the clock; `status` is 0 when the connection was cut."""

    number: int
    method: str
    key: str
    at: float
    payload: dict[str, Any]
    status: int | None = None
    applied: bool = False
    fault: str = ""
    early: bool = False
    answered: float | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that took effect: `payload` as it was received, `text` as the person reads it."""

    user_id: str
    at: float
    method: str
    payload: dict[str, Any]
    message_id: str
    text: str = ""


@dataclass(slots=True)
class _Penalty:
    since: float
    until: float
    culprit: str  # whose call was told to wait


@dataclass(frozen=True, slots=True)
class Violation:
    """More than `count` sends in `seconds`; `key` is the chat, or `*` for all together."""

    key: str
    at: float
    count: int
    seconds: float


class RateWindows:
    """Counts sends in sliding windows. A client that keeps exactly to the limit is forgiven `slack` of jitter (0.05 = 5 %)."""

    def __init__(self, slack: float = 0.05) -> None:
        self.slack = slack
        self._sends: dict[str, deque[float]] = defaultdict(deque)

    def exceeded(self, key: str, count: int, seconds: float, now: float) -> float:
        """Seconds until one more send of `key` fits into `count` per `seconds`; 0 when it fits now."""
        sends, width = self._sends[key], seconds * (1 - self.slack)
        while sends and sends[0] <= now - width:
            sends.popleft()
        return sends[-count] + seconds - now if len(sends) >= count else 0.0

    def left(self, key: str, count: int) -> int:
        """How many of `count` are unused, as of the last look."""
        return max(0, count - len(self._sends[key]))

    def note(self, key: str, now: float) -> None:
        """One send of `key`."""
        self._sends[key].append(now)


@dataclass(slots=True)
class Record:
    """What happened: calls, sent messages, early retries, broken rates. All reads give copies."""

    clock: Clock
    overall: Callable[[str], bool] = lambda method: True  # does a penalty for all ("*") hit this method?
    grace: float = 0.5  # after "too many" for all: calls of others already on their way are no early retries
    _calls: list[Call] = field(default_factory=list)
    _sent: list[Sent] = field(default_factory=list)
    _violations: list[Violation] = field(default_factory=list)
    _penalties: dict[str, _Penalty] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def begin(self, method: str, key: str, payload: dict[str, Any]) -> Call:
        """Notes a call that has just come in."""
        with self._lock:
            call = Call(len(self._calls) + 1, method, key, self.clock.now(), payload)
            self._calls.append(call)
            return call

    def sent_now(self, user_id: str, method: str, payload: dict[str, Any], message_id: str, text: str = "") -> None:
        """Notes a message that took effect."""
        with self._lock:
            self._sent.append(Sent(user_id, self.clock.now(), method, payload, message_id, text))

    def violated(self, key: str, count: int, seconds: float) -> None:
        """Notes that a rate was broken."""
        with self._lock:
            self._violations.append(Violation(key, self.clock.now(), count, seconds))

    def penalise(self, key: str, seconds: float, culprit: str = "") -> None:
        """From now calls of `key` (`*`: all) are too early for `seconds`; for `culprit`, who was told, from the first moment."""
        with self._lock:
            now = self.clock.now()
            self._penalties[key] = _Penalty(now, now + seconds, culprit or key)

    def penalty(self, call: Call) -> float:
        """Seconds this call came too early after "too many" (0: not); marks it as an early retry."""
        with self._lock:
            left = 0.0
            for key in (call.key, "*"):
                found = self._penalties.get(key) if key != "*" or self.overall(call.method) else None
                if found and call.at < found.until:
                    left = max(left, found.until - call.at)
                    told = key != "*" or call.key == found.culprit
                    call.early = call.early or told or call.at > found.since + self.grace
            return left

    def sent(self, user_id: str | int | None = None) -> list[Sent]:
        """Messages that took effect, in order; of one user or all."""
        with self._lock:
            return [s for s in self._sent if user_id is None or s.user_id == str(user_id)]

    def calls(self, method: str | None = None) -> list[Call]:
        """Calls in order of arrival; of one method (any case) or all."""
        with self._lock:
            return [c for c in self._calls if method is None or c.method.lower() == method.lower()]

    def early(self) -> list[Call]:
        """Calls made before the wait they were told had passed."""
        with self._lock:
            return [c for c in self._calls if c.early]

    def violations(self) -> list[Violation]:
        """Broken rates, in order."""
        with self._lock:
            return list(self._violations)

    def clear(self) -> None:
        """Forgets calls, messages and counts; penalties stay."""
        with self._lock:
            self._calls.clear()
            self._sent.clear()
            self._violations.clear()


def plain(items: Sequence[Any]) -> list[dict[str, Any]]:
    """Data classes as JSON objects."""
    return [asdict(item) for item in items]
