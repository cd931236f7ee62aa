"""An index that always answers: Chroma while it is sound and quick, else brute force over the same vectors.

Chroma only proposes passages; the cosines always come from the exact vectors, so an answer does not depend on which
of the two found it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from knowledge.errors import IndexBroken
from knowledge.index.contract import Hit, Vector, VectorIndex
from knowledge.index.exact import BruteForceIndex

log = logging.getLogger("knowledge.index")

DEADLINE_SECONDS = 1.0
LOOK_EVERY_SECONDS = 2.0
_MISSES_IN_A_ROW = 3
_WORKERS = 4
_MOST_FROM_CHROMA = 400  # as wide as its search is; for more it walks half the graph, and brute force is quicker
_SPARE = 16  # so that equals at the end of what is asked for are told apart here and not by Chroma

T = TypeVar("T")


class Impatience:
    """Runs calls in threads of its own and waits no longer than asked; a hung call never keeps the process from
    ending.
    """

    def __init__(self, workers: int = _WORKERS) -> None:
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._workers = workers
        for number in range(workers):
            threading.Thread(target=self._work, name=f"nearest-{number}", daemon=True).start()

    def call(self, function: Callable[[], T], seconds: float) -> T:
        """The result of `function`. Raises `TimeoutError` after `seconds`, and whatever `function` raises."""
        future: Future[T] = Future()

        def task() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function())
                except BaseException as error:
                    future.set_exception(error)

        self._tasks.put(task)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    def close(self) -> None:
        """Ends the threads when their calls end."""
        for _ in range(self._workers):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()


class ResilientIndex:
    """`exact` answers from the start; `promote` lets a nearest-neighbour index propose.

    `from_sql` makes the exact vectors anew when their file is damaged. `on_failure(why)` is called once each time
    Chroma or the exact file is given up; it must return at once. Up to `exact_up_to` vectors brute force is the quicker of
    the two and answers alone; Chroma's files are looked at all the same.
    """

    def __init__(
        self,
        exact: BruteForceIndex,
        from_sql: Callable[[], BruteForceIndex],
        on_failure: Callable[[str], None] = lambda why: None,
        *,
        deadline: float = DEADLINE_SECONDS,
        look_every: float = LOOK_EVERY_SECONDS,
        exact_up_to: int = 0,
    ) -> None:
        self._exact_up_to = exact_up_to
        self._exact = exact
        self._from_sql = from_sql
        self._on_failure = on_failure
        self._deadline = deadline
        self._look_every = look_every
        self._nearest: VectorIndex | None = None
        self._unchanged: Callable[[], bool] = lambda: True
        self._looked = 0.0
        self._misses = 0
        self._patience: Impatience | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def uses_chroma(self) -> bool:
        """True while Chroma proposes."""
        return self._nearest is not None

    def promote(
        self, nearest: VectorIndex, unchanged: Callable[[], bool] = lambda: True, exact: BruteForceIndex | None = None
    ) -> bool:
        """From now on `nearest` proposes, as long as `unchanged()`; `exact` takes the place of the exact vectors.

        False, with everything left as it is, when this index is already closed.
        """
        with self._lock:
            if self._closed:
                return False
            self._patience = self._patience or Impatience()
            self._exact = exact or self._exact
            self._unchanged, self._looked, self._misses = unchanged, time.monotonic(), 0
            self._nearest = nearest
            return True

    def replace_exact(self, exact: BruteForceIndex) -> bool:
        """Puts `exact` in the place of the exact vectors; False when this index is already closed."""
        with self._lock:
            if not self._closed:
                self._exact = exact
            return not self._closed

    def search(self, vector: Vector, k: int) -> list[Hit]:
        """As `VectorIndex.search`; never waits for Chroma longer than the deadline, and never fails because of it."""
        proposed = self._proposed(vector, k)
        if proposed is None:
            return self._exactly(lambda exact: exact.search(vector, k))
        return self._exactly(lambda exact: exact.best_of(vector, proposed, k))

    def similarities(self, vector: Vector, ids: Sequence[str]) -> Vector:
        """As `VectorIndex.similarities`."""
        return self._exactly(lambda exact: exact.similarities(vector, ids))

    def count(self) -> int:
        """As `VectorIndex.count`."""
        return self._exact.count()

    def close(self) -> None:
        """As `VectorIndex.close`."""
        with self._lock:
            self._closed = True
            nearest, self._nearest = self._nearest, None
            patience, self._patience = self._patience, None
        if patience is not None:
            patience.close()
        if nearest is not None:
            nearest.close()
        self._exact.close()

    def _proposed(self, vector: Vector, k: int) -> list[str] | None:
        """Ids from Chroma; None when brute force must answer."""
        nearest, patience = self._nearest, self._patience
        if nearest is None or patience is None or not 1 <= k <= _MOST_FROM_CHROMA:
            return None
        now = time.monotonic()
        if now - self._looked >= self._look_every:
            self._looked = now
            if not self._unchanged():
                self._give_up(nearest, "tệp của Chroma đã bị thay đổi khi đang dùng")
                return None
        if self._exact.count() <= self._exact_up_to:
            return None
        wanted = min(k + _SPARE, self._exact.count())
        try:
            hits = patience.call(lambda: nearest.search(vector, wanted), self._deadline)
        except TimeoutError:
            self._missed(nearest, f"Chroma không trả lời trong {self._deadline:g} giây")
            return None
        except Exception as error:
            self._give_up(nearest, str(error) or type(error).__name__)
            return None
        if len(hits) < wanted:
            # There are more: the graph has holes.
            self._missed(nearest, f"Chroma chỉ trả {len(hits)} đoạn khi hỏi {wanted}")
            return None
        self._misses = 0
        return [hit.passage_id for hit in hits]

    def _exactly(self, ask: Callable[[BruteForceIndex], T]) -> T:
        exact = self._exact
        try:
            return ask(exact)
        except (IndexBroken, OSError) as error:
            log.error("exact vectors cannot be read, taking them from SQL: %s", error)
            with self._lock:
                renewed = self._exact is exact and not self._closed
                if renewed:
                    self._exact = self._from_sql()
            if renewed:
                self._on_failure(str(error))
            return ask(self._exact)

    def _missed(self, nearest: VectorIndex, why: str) -> None:
        self._misses += 1
        log.warning("brute force answers this time: %s", why)
        if self._misses >= _MISSES_IN_A_ROW:
            self._give_up(nearest, why)

    def _give_up(self, nearest: VectorIndex, why: str) -> None:
        with self._lock:
            if self._nearest is not nearest:
                return
            self._nearest = None
        log.error("Chroma is given up, brute force answers: %s", why)
        # Not closed here: another thread may be inside it, and closing a damaged index may hang.
        self._on_failure(why)
