"""The searcher of the moment: follows the knowledge store while it changes.

Two cheap numbers in SQL say whether anything changed: the version of what may be found, and the live generation of vectors.
A new snapshot is made beside the old one and swapped in whole; until then the old one answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.catalogue import Snapshot, build_snapshot, load_snapshot, save_snapshot
from knowledge.embedding.contract import Embedder
from knowledge.index import VectorIndex
from knowledge.search import Searcher
from knowledge.store import KnowledgeStore, StoreState

log = logging.getLogger("knowledge.live")

OpenIndex = Callable[[StoreState], VectorIndex | None]


class LiveSearch:
    """Gives searchers over `store`; thread-safe.

    `open_index` opens the vectors of a state, or gives None when there are none; it may raise, keywords then answer alone.
    `check_every` seconds pass at least between two looks at the store.
    """

    def __init__(
        self,
        store: KnowledgeStore,
        indexes_folder: Path,
        embedder: Embedder | None,
        open_index: OpenIndex,
        *,
        check_every: float = 1.0,
    ) -> None:
        self._store = store
        self._folder = indexes_folder
        self._embedder = embedder
        self._open_index = open_index
        self._check_every = check_every
        self._checked = float("-inf")
        self._state: StoreState | None = None
        self._searcher: Searcher | None = None
        self._index: VectorIndex | None = None
        self._lock = threading.Lock()
        self._working = False

    def current(self) -> Searcher:
        """The searcher to use now. The first call waits until there is one; later ones never wait for a change."""
        searcher = self._searcher
        if searcher is None:
            with self._lock:
                if self._searcher is None:
                    self._follow(self._store.state())
                    self._checked = time.monotonic()
                assert self._searcher is not None
                return self._searcher
        if time.monotonic() - self._checked >= self._check_every and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._searcher or searcher

    def refresh(self) -> None:
        """Follows the store now, and returns when that is done."""
        with self._lock:
            self._follow(self._store.state())

    def close(self) -> None:
        """Closes the vector index."""
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _look(self) -> None:
        self._checked = time.monotonic()
        if self._working:
            return
        try:
            state = self._store.state()
        except Exception:  # the database is away for a moment: what is loaded still answers
            log.warning("the store cannot be reached; the loaded knowledge answers on", exc_info=True)
            return
        if state != self._state:
            self._working = True
            threading.Thread(target=self._follow_aside, name="follow-store", daemon=True).start()

    def _follow_aside(self) -> None:
        try:
            with self._lock:  # what was seen before may be the past by now, and nobody goes back to it
                self._follow(self._store.state())
        except Exception:
            log.exception("new knowledge could not be loaded; the old one answers on")
        finally:
            self._working = False

    def _follow(self, state: StoreState) -> None:
        if state == self._state:
            return
        old = self._searcher
        snapshot = (
            old.snapshot if old is not None and old.snapshot.version == state.version else self._snapshot(state.version)
        )
        index, previous = self._index, None
        if self._state is None or state.live_generation != self._state.live_generation or index is None:
            previous, index = index, self._opened(state)
        self._searcher = Searcher(snapshot, index, self._embedder if index is not None else None)
        self._index, self._state = index, state
        if previous is not None:
            # A question that began with the old searcher may still be using it.
            threading.Timer(30, previous.close).start()

    def _opened(self, state: StoreState) -> VectorIndex | None:
        if self._embedder is None:
            return None
        try:
            return self._open_index(state)
        except Exception:
            log.exception("the vector index cannot be opened; keywords answer alone")
            return None

    def _snapshot(self, version: int) -> Snapshot:
        found = load_snapshot(version, self._folder)
        if found is not None:
            return found
        # What is read is at least as new as `version`; a change in between is followed at the next look.
        made = build_snapshot(version, self._store.iterate_passages())
        try:
            save_snapshot(made, self._folder)
        except OSError:
            log.warning("the keyword index could not be saved; it is made again at the next start", exc_info=True)
        return made
