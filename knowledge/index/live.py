"""Opening the live generation: brute force at once, Chroma when a child process has vouched for it, repair when it
has not.

At most one process on a machine opens Chroma's files of a generation; the others search the same vectors one by one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.errors import IndexBroken
from knowledge.index.building import rebuild_live
from knowledge.index.children import PROBE, run_child
from knowledge.index.chroma import ChromaIndex
from knowledge.index.exact import BruteForceIndex
from knowledge.index.folder import chroma_path, folders_of, read_manifest, signature
from knowledge.index.locks import FileLock
from knowledge.index.resilient import DEADLINE_SECONDS, LOOK_EVERY_SECONDS, ResilientIndex
from knowledge.store import KnowledgeStore
from knowledge.store.generations import Generation
from knowledge.store.vectors import model_changed

log = logging.getLogger("knowledge.index")

SAMPLES = 1_000  # self-queries at start; 1 % of the vectors lost stays unseen once in 23,000 starts
_PROBE_SECONDS = 60.0
_MOST_REPAIRS = 3


class LiveIndex(ResilientIndex):
    """The vectors of one live generation, with somebody who looks after them in the background.

    `trouble` is a Vietnamese line that says why Chroma does not propose; "" while it does and before it was tried.
    """

    def __init__(
        self,
        exact: BruteForceIndex,
        from_sql: Callable[[], BruteForceIndex],
        keeper: Keeper | None,
        deadline: float = DEADLINE_SECONDS,
        look_every: float = LOOK_EVERY_SECONDS,
        exact_up_to: int = 0,
    ) -> None:
        on_failure = keeper.on_failure if keeper else lambda why: None
        super().__init__(exact, from_sql, on_failure, deadline=deadline, look_every=look_every, exact_up_to=exact_up_to)
        self._keeper = keeper
        self.trouble = ""

    def settled(self, timeout: float | None = None) -> bool:
        """Waits until nothing is being probed or repaired; False when that takes longer than `timeout` seconds."""
        return self._keeper is None or self._keeper.idle.wait(timeout)

    def close(self) -> None:
        """As `VectorIndex.close`; Chroma's folder is free for another process."""
        super().close()
        if self._keeper is not None:
            self._keeper.close()


def open_live(
    store: KnowledgeStore,
    indexes_folder: Path,
    fingerprint: str,
    dimension: int | None = None,
    *,
    repair: bool = True,
    chroma: bool = True,
    deadline: float = DEADLINE_SECONDS,
    look_every: float = LOOK_EVERY_SECONDS,
    exact_up_to: int = 0,
) -> LiveIndex | None:
    """The vectors to search now; returns as soon as brute force can answer, Chroma joins when it is proved.

    None when there is no generation and no vector yet. `repair` makes a damaged folder again in the background; without
    `chroma` brute force alone answers and nothing runs in the background, as in a short command beside a server.
    Chroma's files are looked at every `look_every` seconds, and Chroma is given `deadline` seconds to answer; up to
    `exact_up_to` vectors brute force answers alone.
    Raises `ModelChanged` when the stored vectors are of another model (`fingerprint`) or `dimension`.
    """
    generation = store.live_generation()
    if generation is None:
        return _without_generation(store, fingerprint, dimension)
    if generation.fingerprint != fingerprint:
        raise model_changed("chỉ mục được lập bằng mô hình khác")
    if dimension is not None and generation.dimension != dimension:
        raise model_changed(f"chỉ mục có {generation.dimension} chiều, mô hình cho {dimension} chiều")

    def from_sql() -> BruteForceIndex:
        return BruteForceIndex(*store.vectors_for(generation.fingerprint, generation.dimension))

    folder, why = _newest(indexes_folder, generation)
    try:
        exact = BruteForceIndex.open(folder) if folder is not None else from_sql()
    except IndexBroken as error:
        folder, why = None, str(error)
        exact = from_sql()
    if why:
        log.error("generation %s is damaged, vectors come from SQL: %s", generation.folder, why)
    keeper = Keeper(store, indexes_folder, generation, repair=repair) if chroma else None
    index = LiveIndex(exact, from_sql, keeper, deadline, look_every, exact_up_to)
    if keeper is not None:
        keeper.look_after(index, folder, why)
    return index


def _without_generation(store: KnowledgeStore, fingerprint: str, dimension: int | None) -> LiveIndex | None:
    """Vectors that no generation holds yet: the first build has not ended."""
    stored = store.vector_models()
    if not stored:
        return None
    size = stored.get(fingerprint)
    if size is None or size != (dimension or size):
        raise model_changed("vector đã lưu là của mô hình khác")

    def from_sql() -> BruteForceIndex:
        return BruteForceIndex(*store.vectors_for(fingerprint, size))

    return LiveIndex(from_sql(), from_sql, None)


def _newest(indexes_folder: Path, generation: Generation) -> tuple[Path | None, str]:
    """The newest folder of `generation` here, or None and why."""
    found = folders_of(indexes_folder, generation.folder)
    return (found[0], "") if found else (None, f"Chỉ mục {generation.folder}: không có thư mục trên máy này.")


class Keeper:
    """The work behind a `LiveIndex`: probe, open, repair; one thing at a time, in a daemon thread."""

    def __init__(self, store: KnowledgeStore, indexes_folder: Path, generation: Generation, *, repair: bool) -> None:
        self._store = store
        self._indexes = indexes_folder
        self._generation = generation
        self._repairs_left = _MOST_REPAIRS if repair else 0
        self._index: LiveIndex | None = None
        self._folder: Path | None = None  # the one that was opened or tried last
        self._owner: FileLock | None = None
        self._lock = threading.Lock()
        self._failure: str | None = None  # to be dealt with when the work at hand is done
        self._working = False
        self._closed = False
        self.idle = threading.Event()
        self.idle.set()

    def look_after(self, index: LiveIndex, folder: Path | None, why: str) -> None:
        """Begins to prove Chroma of `folder`, or to make the folder again when there is none (`why`)."""
        self._index = index
        if folder is not None:
            self._start(lambda: self._verify(folder))
        else:
            self.on_failure(why)

    def on_failure(self, why: str) -> None:
        """Notes the damage and begins to repair it, unless enough was tried; returns at once."""
        with self._lock:
            self._failure = why
            if self._working or self._closed:
                return
        self._start(lambda: None)

    def close(self) -> None:
        """Nothing is begun any more; what is running ends by itself."""
        with self._lock:
            self._closed = True
            owner, self._owner = self._owner, None
        if owner is not None:
            owner.release()

    def _start(self, work: Callable[[], None]) -> None:
        with self._lock:
            self._working = True
            self.idle.clear()
        threading.Thread(target=self._run, args=(work,), name="index-keeper", daemon=True).start()

    def _run(self, work: Callable[[], None]) -> None:
        todo: Callable[[], None] | None = work
        while todo is not None:
            try:
                todo()
            except Exception as error:
                self._tell(str(error))
                log.exception("the index could not be looked after; brute force goes on")
            with self._lock:
                why, self._failure = self._failure, None
                todo = None if why is None or self._closed else partial(self._repair, why)
                if todo is None:
                    self._working = False
                    self.idle.set()

    def _verify(self, folder: Path) -> None:
        """Opens Chroma of `folder` once a child has vouched for it."""
        self._folder = folder
        manifest = read_manifest(folder)
        if not manifest.passages:
            return
        owner = FileLock(folder / "owner.lock")
        if not owner.take():
            self._tell("Tiến trình khác đang dùng Chroma; tiến trình này tìm từng vector.")
            return
        try:
            if not manifest.graph_hash:
                raise IndexBroken(f"Chỉ mục {folder.name}: chưa có phần Chroma.")
            run_child(PROBE, [str(folder), str(SAMPLES)], seconds=_PROBE_SECONDS + manifest.passages / 500)
            self._open(folder, manifest.dimension)
        except IndexBroken as error:
            owner.release()
            self.on_failure(str(error))
            return
        with self._lock:
            previous, self._owner = self._owner, owner
            if self._closed:
                previous, self._owner = owner, None
        if previous is not None:
            previous.release()

    def _open(self, folder: Path, dimension: int) -> None:
        nearest, exact = ChromaIndex(chroma_path(folder), dimension), BruteForceIndex.open(folder)
        nearest.search(np.ones(dimension, np.float32), 1)  # loads the graph, before anyone waits for it
        before = signature(chroma_path(folder))

        def unchanged() -> bool:
            with suppress(OSError):
                return signature(chroma_path(folder)) == before
            return False

        if self._index is not None and self._index.promote(nearest, unchanged, exact):
            self._tell("")
            log.info("Chroma of %s proposes from now on", folder.name)
        else:
            nearest.close()
            exact.close()

    def _repair(self, why: str) -> None:
        self._tell(why)
        live = self._store.live_generation()
        if live is None or live.id != self._generation.id:
            return  # whoever follows the pointer opens the new generation
        log.error("generation %s is damaged: %s", live.folder, why)
        self._store.break_generation(live.id, why)
        if self._repairs_left <= 0:
            return
        self._repairs_left -= 1
        folder = rebuild_live(self._store, self._indexes, self._generation, self._folder)
        if folder is None or self._index is None:
            return
        log.warning("generation %s lives on in the folder %s", live.folder, folder.name)
        if read_manifest(folder).graph_hash:
            self._verify(folder)
        else:
            self._index.replace_exact(BruteForceIndex.open(folder))
            self._tell(why)

    def _tell(self, trouble: str) -> None:
        if self._index is not None:
            self._index.trouble = trouble
