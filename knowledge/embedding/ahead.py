"""Embeds questions while the caller still does something else: the encoder works beside Python code, on another core."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from knowledge.embedding.contract import Embedder, Vectors

_MOST = 32  # questions begun that nobody has asked for yet; the oldest are forgotten


class Ahead:
    """Vectors of questions by `embedder`, begun before they are needed. Thread-safe."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="ahead")
        self._coming: OrderedDict[str, Future[Vectors]] = OrderedDict()
        self._lock = Lock()

    def begin(self, text: str) -> None:
        """Begins to embed `text`; returns at once."""
        with self._lock:
            if text and text not in self._coming:
                self._coming[text] = self._pool.submit(self._embedder.embed_query, text)
                while len(self._coming) > _MOST:
                    self._coming.popitem(last=False)

    def vector(self, text: str) -> Vectors:
        """As `Embedder.embed_query`: waits for what was begun, else embeds now."""
        with self._lock:
            coming = self._coming.pop(text, None)
        return coming.result() if coming is not None else self._embedder.embed_query(text)
