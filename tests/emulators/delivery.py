"""Webhooks out of an emulator: POST an event, note the answer and its time, try again on the platform's schedule.

An event is posted at once in the thread that caused it. While held (`hold`), events gather and go out together: several copies
of each, shuffled, by several workers. Retries are due by the emulator's clock: `retry_due()` posts those whose time has come, and
`start_retries()` does so in the background.
"""

from __future__ import annotations

import queue
import random
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.emulators.control import Clock


@dataclass(frozen=True, slots=True)
class Envelope:
    """One signed event, ready to post. Events of one `key` keep their order when the platform does so."""

    event: str
    key: str
    body: bytes
    headers: dict[str, str]
    id: int = 0  # the platform's own number of the event, where it has one


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST. `status` is None when no answer came (`error` says why); `seconds` is the time to the answer."""

    event: str
    key: str
    attempt: int
    status: int | None
    seconds: float
    error: str = ""
    at: float = 0.0

    @property
    def accepted(self) -> bool:
        """Answered with 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Happening:
    """What a person's act became: the event as the platform words it, and its deliveries (none: polled, held or no webhook)."""

    event: dict[str, Any]
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def status(self) -> int | None:
        """HTTP status of the first delivery; None when there was none or no answer."""
        return self.deliveries[0].status if self.deliveries else None


@dataclass(slots=True)
class _Waiting:
    envelope: Envelope
    attempt: int
    due: float


class WebhookSender:
    """Posts to `url` (empty: nothing is posted).

    `intervals`: seconds before each retry, multiplied by `scale`. `gave_up` is called after the last one, `accepted` after a
    2xx. `ordered`: a failed event holds back later ones of its key. `counts`: which failures are tried again. `retry_header`:
    header with the retry number.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        intervals: Sequence[float],
        ordered: bool = False,
        retry_header: str = "",
        counts: Callable[[Delivery], bool] = lambda delivery: not delivery.accepted,
        accepted: Callable[[Envelope], None] = lambda envelope: None,
        gave_up: Callable[[Envelope], None] = lambda envelope: None,
        timeout: float = 10.0,
    ) -> None:
        self.url = ""
        self.retries = True
        self.scale = 1.0
        self.timeout = timeout
        self.intervals = tuple(intervals)
        self._clock, self._ordered, self._retry_header = clock, ordered, retry_header
        self._counts, self._accepted, self._gave_up = counts, accepted, gave_up
        # without certificates, whose loading would slow every start: receivers are local, unless `trust` says whom to believe
        self._client = _client(False)
        self._lock = threading.RLock()
        self._held: list[Envelope] | None = None
        self._waiting: list[_Waiting] = []
        self._deliveries: list[Delivery] = []
        self._later: queue.Queue[Envelope | None] = queue.Queue()
        self._background: threading.Thread | None = None
        self._retrying: threading.Thread | None = None
        self._stopped = threading.Event()
        self._key_locks: dict[str, threading.RLock] = defaultdict(threading.RLock)

    def trust(self, authority: Path) -> None:
        """From now on https receivers must show a certificate of this authority (a PEM file), for the name they are called by."""
        self._client = _client(ssl.create_default_context(cafile=authority))

    @property
    def deliveries(self) -> list[Delivery]:
        """Every POST so far, in the order of their answers."""
        with self._lock:
            return list(self._deliveries)

    @property
    def pending(self) -> int:
        """Events held or waiting for a retry."""
        with self._lock:
            return len(self._held or ()) + len(self._waiting)

    def send(self, envelope: Envelope) -> list[Delivery]:
        """Posts one event now; [] when it was held, queued behind a failed one, or there is no webhook."""
        with self._lock:
            if self._held is not None:
                self._held.append(envelope)
                return []
            if not self.url:
                return []
        with self._turn(envelope.key):
            with self._lock:
                behind = self._ordered and any(w.envelope.key == envelope.key for w in self._waiting)
                if behind:
                    self._waiting.append(_Waiting(envelope, 0, 0.0))
            return [] if behind else [self._attempt(envelope, 0)]

    def send_later(self, envelope: Envelope) -> None:
        """Posts one event from a background thread, as the platform does for what a call of ours caused."""
        with self._lock:
            if self._background is None:
                self._background = threading.Thread(target=self._drain, daemon=True)
                self._background.start()
        self._later.put(envelope)

    def wait(self) -> None:
        """Until everything of `send_later` has been posted."""
        self._later.join()

    def hold(self) -> None:
        """From now events gather instead of being posted."""
        with self._lock:
            self._held = self._held if self._held is not None else []

    def release(
        self, *, copies: int | tuple[int, int] = 1, seed: int | None = None, parallel: int = 1
    ) -> list[Delivery]:
        """Posts what was held: each event `copies` times (or a number drawn between two), shuffled if a `seed` is given."""
        with self._lock:
            held, self._held = self._held or [], None
        randomness = random.Random(seed or 0)
        low, high = (copies, copies) if isinstance(copies, int) else copies
        posts = [envelope for envelope in held for _ in range(randomness.randint(low, high))]
        if seed is not None:
            randomness.shuffle(posts)
        if not self.url:
            return []
        with ThreadPoolExecutor(max_workers=parallel) as pool:
            return list(pool.map(lambda envelope: self._attempt(envelope, 0), posts))

    def retry_due(self) -> list[Delivery]:
        """Posts again what is due by the clock, oldest first."""
        done: list[Delivery] = []
        while True:
            with self._lock:
                now, blocked, found = self._clock.now(), set[str](), None
                for waiting in self._waiting:
                    key = waiting.envelope.key
                    if waiting.due <= now and not (self._ordered and key in blocked):
                        found = waiting
                        break
                    blocked.add(key)
                if found is None or not self.url:
                    return done
            with self._turn(found.envelope.key):  # nothing of the same key may overtake it
                with self._lock:
                    if found not in self._waiting:
                        continue  # another thread took it
                    self._waiting.remove(found)
                done.append(self._attempt(found.envelope, found.attempt))

    def start_retries(self, every: float = 0.05) -> None:
        """Looks for due retries every so many seconds, in the background."""

        def run() -> None:
            while not self._stopped.wait(every):
                self.retry_due()

        if self._retrying is None:
            self._retrying = threading.Thread(target=run, daemon=True)
            self._retrying.start()

    def forget(self) -> None:
        """Drops what is held or waiting for a retry."""
        with self._lock:
            self._waiting.clear()
            self._held = [] if self._held is not None else None

    def close(self) -> None:
        """Ends the background threads."""
        self._stopped.set()
        self._later.put(None)

    def _turn(self, key: str) -> threading.RLock:
        with self._lock:
            return self._key_locks[key]

    def _drain(self) -> None:
        while (envelope := self._later.get()) is not None:
            try:
                self.send(envelope)
            finally:
                self._later.task_done()
        self._later.task_done()

    def _attempt(self, envelope: Envelope, attempt: int) -> Delivery:
        headers = {"Content-Type": "application/json", **envelope.headers}
        if attempt and self._retry_header:
            headers[self._retry_header] = str(attempt)
        start, status, error = time.monotonic(), None, ""
        try:
            answer = self._client.post(self.url, content=envelope.body, headers=headers, timeout=self.timeout)
            status = answer.status_code
        except httpx.HTTPError as problem:
            error = type(problem).__name__
        delivery = Delivery(
            envelope.event, envelope.key, attempt, status, time.monotonic() - start, error, self._clock.now()
        )
        with self._lock:
            self._deliveries.append(delivery)
            if self.retries and self._counts(delivery):
                if attempt < len(self.intervals):
                    due = self._clock.now() + self.intervals[attempt] * self.scale
                    again = _Waiting(envelope, attempt + 1, due)
                    self._waiting.insert(0, again) if self._ordered else self._waiting.append(again)
                else:
                    self._gave_up(envelope)
        if delivery.accepted:
            self._accepted(envelope)
        return delivery


def _client(verify: ssl.SSLContext | bool) -> httpx.Client:
    return httpx.Client(trust_env=False, verify=verify, limits=httpx.Limits(max_connections=64))
